// Allows one writer for each run. RUNNING.lock holds the writer's process id, and the kernel's lock
// on the file shows whether that process lives.
#pragma once

#include <functional>
#include <string>

#include "nn/checkpoint/file.h"

namespace pushforward::app {

// Receives notices that are not errors: one line of text without a newline.
using Say = std::function<void(const std::string&)>;

// Holds the lock file `path`; the destructor removes the file. The constructor takes over a file
// left by a dead writer, with a notice. It throws Failure (exit 4) if the writer lives: "[run]
// <folder> is in use by process <pid> ...".
//
// The file is locked with flock, which the kernel releases whenever the process ends. If flock is
// not available, or the file holds only a process id, it checks whether that process exists.
class RunLock {
 public:
  RunLock(const std::string& path, const Say& say, FileSystem& files = posix());
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();

 private:
  FileSystem& files_;
  std::string path_;
  Descriptor descriptor_;
};

}  // namespace pushforward::app
