// Compares the files of one command before it begins, so that none is written over another: as files,
// whatever their names are.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// What a command does with a file that is named on its line. `inside` is a folder of a run or a
// config: its own files and the data that it names are read.
enum class FileUse { reads, writes, inside };

struct NamedFile {
  std::string name;  // "--out", or what else a message calls it
  std::string path;  // "": not given
  FileUse use = FileUse::reads;
};

// Throws Failure (exit 2) if a file that is written is also read, is written twice, or is what the
// standard output or stderr goes to. Two paths name one file if they lead to one by links, have the
// same device and inode (hard links), or differ only in case on a file system that ignores it. Pipes
// and devices are not compared.
void check_files(const std::vector<NamedFile>& files, FileSystem& system = posix());

// Returns the data files that the config names, each marked as a file that is read.
std::vector<NamedFile> files_of_data(const Config& config);

}  // namespace pushforward::app
