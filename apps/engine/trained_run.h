// Loads a trained run: its network with the requested weights, and the
// units and classes of its data.
#pragma once

#include <memory>

#include "apps/from_config/model.h"
#include "apps/run/labels.h"
#include "apps/run/token_traits.h"
#include "apps/run/units.h"

namespace pushforward::app::inline PF_REAL {

// The name and the metadata of a run's model file. open_model_file throws Failure (exit 4) if the
// run has no model file yet.
struct ModelFile {
  std::string name;
  Metadata metadata;
};
ModelFile open_model_file(const std::string& run);

// Loads the weights of a run. With `average` true, they are those of its model file: the moving
// average of the weights, or the weights themselves if the run keeps no average. Otherwise they are
// the weights of the last checkpoint, without averaging. Throws Failure (exit 4) if the file is
// missing, and FileError if the weights do not match the network.
void load_weights(const Config& config, const std::string& run, bool average,
                  Parameters& parameters);

// Reads the traits of a run's tokens. Quantized numbers are in the units of the data that the given
// config describes.
TokenTraits load_token_traits(const Config& config, const ModelFile& file);

struct TrainedRun {
  Units units;
  ClassShares shares;
  std::unique_ptr<Model> model;
};

// Loads a trained run. Its units are those of the data that the given config describes. This also
// holds for runs of earlier versions, whose model files store the units without the `affine`
// sections.
TrainedRun load_trained_run(const Config& config, const std::string& run, bool average);

}  // namespace pushforward::app::inline PF_REAL
