// Allows only one writer for each run. The file RUNNING.lock contains the writer's process id, and
// the kernel's lock on the file shows whether that process is alive.
#pragma once

#include <functional>
#include <string>

#include "nn/checkpoint/file.h"

namespace pushforward::app {

// Receives notices that are not errors: one line of text without a newline.
using Say = std::function<void(const std::string&)>;

// Holds the lock file `path`; the destructor removes the file. The constructor takes over a file of
// a process that no longer exists, with a notice. If the process exists, it throws Failure (exit 4)
// "[run] <folder> is in use by process <pid> ...".
//
// The file is locked with flock, which the kernel releases whenever the process ends. If flock is
// not available, or the file contains only a process id, the lock checks whether that process exists.
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
