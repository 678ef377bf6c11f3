// The checkpoints of a run: written whole, LATEST last,
// old ones removed; and the newest whole one found again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/run/lock.h"
#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// Which checkpoints stay: the last `last` (at least 1) and
// those whose step is a multiple of `every` (0: none).
struct Keep {
  int last = 3;
  std::int64_t every = 0;
};

// A checkpoint that was read and is whole.
struct FoundCheckpoint {
  std::int64_t step = 0;
  std::string path;
  Safetensors content;
};

// The folder `checkpoints` of a run: step-00001000.safetensors
// ..., and LATEST, one line that names one of them.
class Checkpoints {
 public:
  explicit Checkpoints(const std::string& folder, const Say& say = {}, FileSystem& files = posix());

  // Writes the checkpoint of `step`, then LATEST, then removes those that `keep` does not keep.
  // FileError if the first two fail: the checkpoints of before are then still there. A file that
  // can't be removed is only spoken of.
  void write(std::int64_t step, std::string_view bytes, const Keep& keep) const;

  // The steps there are checkpoints of, ascending; none if there is no folder.
  std::vector<std::int64_t> steps() const;

  // The checkpoint that LATEST names, or, if that is damaged or gone,
  // the newest one that is whole, saying so. Nothing if there are no
  // checkpoints; Failure (exit 4) if there are but none is whole.
  std::optional<FoundCheckpoint> newest_whole() const;

  // Removes the checkpoints of steps after `step`: a run
  // that goes on from there will write its own; FileError.
  void cut_back(std::int64_t step) const;

  // The path of the checkpoint of `step`.
  std::string path(std::int64_t step) const;

 private:
  std::string folder_;
  Say say_;
  FileSystem& files_;

  void notice(const std::string& text) const;
  std::optional<std::int64_t> latest() const;
};

}  // namespace pushforward::app
