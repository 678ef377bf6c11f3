// One writer for a run: RUNNING.lock holds the writer's process id, and the kernel's lock on it
// says whether that process lives.
#pragma once

#include <functional>
#include <string>

#include "nn/checkpoint/file.h"

namespace pushforward::app {

// Where notices go that are no errors: one line of text, without a newline.
using Say = std::function<void(const std::string&)>;

// Holds the lock file `path` until it goes out of scope, which removes it. A
// file left by a writer that is gone is taken over, saying so; Failure (exit
// 4) if the writer lives: "[run] <folder> is in use by process <pid> ...".
//
// The file is locked with flock, which a dying process gives up whatever kills it. Where there is
// no flock, and for a file that holds nothing but a process id, that process is asked for instead.
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
