// Compares the files of one command before the command begins, so that no file is written over
// another. The files themselves are compared and not their names, because one file can have several
// names.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// The use that a command makes of a file on its command line. `inside` marks a run's folder or a
// config: the command reads files of the run, and the data files that the config names.
enum class FileUse { reads, writes, inside };

struct NamedFile {
  std::string name;  // the file's name in messages, such as "--out"
  std::string path;  // "" if the user did not give it
  FileUse use = FileUse::reads;
};

// Throws Failure (exit 2) if a file to be written is also read, or is written twice, or is the file
// that the standard output or stderr goes to. Two paths lead to the same file if symbolic links
// resolve to one path, or if device and inode are equal (hard links). On a file system that ignores
// case, so do paths that differ only in case. Pipes and devices are not compared. Throws FileError
// (exit 4) if the folder of a file to be written does not exist, before any work is done for it.
void check_files(const std::vector<NamedFile>& files, FileSystem& system = posix());

// Returns the data files that the config names, each marked as a file that is read.
std::vector<NamedFile> files_of_data(const Config& config);

}  // namespace pushforward::app
