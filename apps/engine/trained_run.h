// Loads a trained run: its network with the requested weights, and the
// units and classes of its data.
#pragma once

#include <memory>

#include "apps/from_config/model.h"
#include "apps/run/labels.h"
#include "apps/run/token_traits.h"
#include "apps/run/units.h"

namespace pushforward::app::inline PF_REAL {

// The name and metadata of a run's model file. open_model_file throws Failure
// (exit 4) if there is none yet.
struct ModelFile {
  std::string name;
  Metadata metadata;
};
ModelFile open_model_file(const std::string& run);

// Loads the weights of a run. If `average` is true they are those of its model file, which
// holds the weights themselves if the run keeps no average; otherwise the raw weights of the
// last checkpoint. Throws Failure (exit 4) if the file is missing, and FileError if the weights
// do not match the network.
void load_weights(const Config& config, const std::string& run, bool average,
                  Parameters& parameters);

// Reads what the tokens of a run are, quantized numbers in the units of the data as the config
// describes it now.
TokenTraits load_token_traits(const Config& config, const ModelFile& file);

struct TrainedRun {
  Units units;
  ClassShares shares;
  std::unique_ptr<Model> model;
};

// The units are those of the data as its config describes it now, also of a run of an earlier version
// whose model file undoes `affine`.
TrainedRun load_trained_run(const Config& config, const std::string& run, bool average);

}  // namespace pushforward::app::inline PF_REAL
