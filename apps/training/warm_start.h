// Starts a training from the weights of another run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/json/json.h"
#include "apps/training/training.h"

namespace pushforward::app::inline PF_REAL {

// Loads the weights in the model file of the run `run` into the network of `training`. Returns
// remarks about what differs between that run and this config, one line each. Throws Failure (exit
// 4) if the run has no weights, or if its network has other parameters or shapes; the message names
// the first one and both shapes. Throws Failure (exit 4) if the tokens of both runs have different
// texts.
std::vector<std::string> start_from(Training& training, const Config& config,
                                    const std::string& run);

// Returns a record of the run that a training starts from, for env.json. It has the path as given
// and as an absolute path, the step of the weights, and the size and checksum of the model file.
Json warm_start_record(const std::string& run);

// Returns the folder of the run in a record. A resumed training without a checkpoint starts from
// the weights of this run again. Throws Failure (exit 4) if its model file is no longer the one in
// the record.
std::string recorded_start(const Json& record);

// Returns the entries of a model file's metadata that name the run of a record.
Metadata origin_of(const Json& record);

}  // namespace pushforward::app::inline PF_REAL
