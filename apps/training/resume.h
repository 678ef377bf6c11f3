// Compares the config with which a run is resumed with the run's own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/requests.h"
#include "apps/run/folder.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// Throws Failure (exit 2) unless the run with the config `own` can be resumed with the config
// `given`. Keys that never change the result of a training step may differ, and /train/steps may be
// larger than before.
void check_same(const Config& given, const Config& own, const RunPaths& paths);

// Describes how the learning rate changes because a run that is resumed after step `done` has more
// steps than before.
std::string longer_words(const Config& given, const Config& own, std::int64_t done);

// How far a run is: its completed steps, all its steps, and whether /train/patience has ended it.
struct RunProgress {
  std::int64_t done = 0, total = 0;
  bool ended_early = false;
};

// Returns the number of the step after which training ends. Warns if it is not the requested
// number, and if no step is left to train.
std::int64_t last_step(const TrainRequest& request, const RunProgress& progress, const Say& warn);

// Returns the text of RUN/held_out.json, a record of the numbers of the held-out rows.
std::string held_out_text(const std::vector<int>& rows);

// Throws Failure (exit 4) if the record of held-out rows in the run's folder has other numbers than
// `rows`. A run without a record is not checked.
void check_held_out(const std::vector<int>& rows, const RunPaths& paths);

// Returns the config of a resumed run: `given`, with the name and output folder of `own`, the run's
// config.
Config resumed_config(const Config& given, const Config& own, const RunPaths& paths);

}  // namespace pushforward::app::inline PF_REAL
