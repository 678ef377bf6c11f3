// A trained run, loaded: its network with the weights asked for, the units and classes of its data.
#pragma once

#include <memory>

#include "apps/from_config/model.h"
#include "apps/run/labels.h"
#include "apps/run/units.h"

namespace pushforward::app::inline PF_REAL {

// The metadata of a run's model file, and its name. Failure (exit 4) when there is none yet.
struct ModelFile {
  std::string name;
  Metadata metadata;
};
ModelFile open_model_file(const std::string& run);

// The weights of a run: averaged ones are those of its model file (which holds the weights
// themselves where the run keeps no average); the raw ones come from the last checkpoint. Failure
// (exit 4) when there is none; FileError where they don't fit.
void load_weights(const Config& config, const std::string& run, bool average,
                  Parameters& parameters);

struct TrainedRun {
  Units units;
  ClassShares shares;
  std::unique_ptr<Model> model;
};

TrainedRun load_trained_run(const Config& config, const std::string& run, bool average);

}  // namespace pushforward::app::inline PF_REAL
