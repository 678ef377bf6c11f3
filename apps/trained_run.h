// A trained run, loaded: its network with the weights asked for, the units and classes of its data.
#pragma once

#include <memory>

#include "apps/labels.h"
#include "apps/model.h"
#include "apps/units.h"

namespace pushforward::inline PF_REAL {

struct TrainedRun {
  Units units;
  ClassShares shares;
  std::unique_ptr<Model> model;
};

// The averaged weights are those of model.safetensors (which holds the weights themselves where the
// run keeps no average); the raw ones come from the last checkpoint. Failure (exit 4) when there
// are none yet or they don't fit the run's config.
TrainedRun load_trained_run(const Config& config, const std::string& run, bool average);

}  // namespace pushforward::inline PF_REAL
