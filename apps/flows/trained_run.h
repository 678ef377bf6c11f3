// Loads a trained run: its network with the requested weights, and the
// units and classes of its data.
#pragma once

#include <memory>

#include "apps/from_config/model.h"
#include "apps/run/condition_code.h"
#include "apps/run/labels.h"
#include "apps/run/manifold_code.h"
#include "apps/run/table_code.h"
#include "apps/run/token_traits.h"
#include "apps/run/units.h"

namespace pushforward::app::inline PF_REAL {

// The name and the metadata of the file with a run's weights, the model file. open_model_file
// throws Failure (exit 4) if the run has no model file yet.
struct ModelFile {
  std::string name;
  Metadata metadata;
};
ModelFile open_model_file(const std::string& run);

// Loads the weights of a run into `parameters`. With `average` true, they are the weights in its
// model file: the moving average of the weights, or the weights themselves if the run keeps no
// average. Otherwise they are the weights of the last checkpoint, without averaging. Throws Failure
// (exit 4) if the file is missing, and FileError if the weights do not match the network.
void load_weights(const Config& config, const std::string& run, bool average,
                  Parameters& parameters);

// Reads the traits of a run's tokens (length, vocabulary and how they are written) from its model
// file. If tokens are levels of quantized numbers, these are in the units of the data that the
// given config describes.
TokenTraits load_token_traits(const Config& config, const ModelFile& file);

struct TrainedRun {
  Units units;
  ClassShares shares;
  std::vector<std::string> classes;  // the names of the classes; empty: numbers
  TableCodePtr code;                 // the code of a table with typed columns, or null
  ConditionCodePtr condition;        // the code of its conditions, or null
  ManifoldCodePtr manifold;          // the manifold of its data, or null
  std::unique_ptr<Model> model;
};

// Loads a trained run. Its units are those of the data that the given config describes. This also
// holds for runs of earlier versions of the program, whose model files store the units without the
// scales and shifts of `affine` data sections.
TrainedRun load_trained_run(const Config& config, const std::string& run, bool average);

}  // namespace pushforward::app::inline PF_REAL
