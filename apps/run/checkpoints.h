// Writes the checkpoints of a run, removes old ones, and finds the newest undamaged one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/run/lock.h"
#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// The checkpoints to keep: the `last` newest (at least 1), and those whose step is a multiple of
// `every` (0: none).
struct Keep {
  int last = 3;
  std::int64_t every = 0;
};

// A checkpoint that was read and is not damaged.
struct FoundCheckpoint {
  std::int64_t step = 0;
  std::string path;
  Safetensors content;
};

// The folder `checkpoints` of a run. It contains step-00001000.safetensors and so on, and LATEST, a
// file whose only line is the name of one of these files.
class Checkpoints {
 public:
  explicit Checkpoints(const std::string& folder, const Say& say = {}, FileSystem& files = posix());

  // Writes the checkpoint of `step`, then the file LATEST, then removes the checkpoints that `keep`
  // does not keep. If the disk is full and keep.last is at least 2, it first removes all
  // checkpoints except the keep.last - 1 newest ones and those that keep.every keeps, and tries
  // again. Throws FileError if a write still fails; an earlier checkpoint then still exists. If a
  // file cannot be removed, there is only a notice.
  void write(std::int64_t step, std::string_view bytes, const Keep& keep) const;

  // Returns the steps that have a checkpoint, ascending. It is empty if there is no folder.
  std::vector<std::int64_t> steps() const;

  // Reads the checkpoint that LATEST names. If that checkpoint is damaged or missing, or LATEST
  // cannot be read, it prints a notice and reads the newest undamaged one. Returns nothing if there
  // are no checkpoints. Throws Failure (exit 4) if all are damaged. It also throws if a checkpoint
  // cannot be read at all (permissions, too many open files, a failing disk), since it may be
  // undamaged.
  std::optional<FoundCheckpoint> newest_whole() const;

  // Removes the checkpoints of steps after `step`, since a run resumed at `step` writes them again.
  // Throws FileError.
  void cut_back(std::int64_t step) const;

  // Returns the path of the checkpoint of `step`.
  std::string path(std::int64_t step) const;

 private:
  std::string folder_;
  Say say_;
  FileSystem& files_;

  void notice(const std::string& text) const;
  // Removes all checkpoints except that of `step`, the `last` newest, and those that `keep.every`
  // keeps. Returns how many it removed.
  int remove_old(std::int64_t step, const Keep& keep, int last) const;
  std::optional<std::int64_t> latest() const;
};

}  // namespace pushforward::app
