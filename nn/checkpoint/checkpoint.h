// Weights and training state in safetensors files, with PyTorch's names.
//
// A model file contains the weights under their plain names ("0.weight"). A checkpoint contains
// the state with which a run continues bit by bit: model.<name>, ema.<name>,
// optim.<state>.<name> (exp_avg, ...), optim.step, rng.seed and train.step, and perhaps
// best.<name>, the weights of an earlier step. Random numbers are computed from seed and step, so
// the random generator has no other state. Loading changes nothing if any part of the file does not
// fit.
#pragma once

#include <cstdint>
#include <string>

#include "nn/checkpoint/safetensors.h"
#include "nn/training/trainer.h"

namespace pushforward {

// The progress of a run.
struct TrainingProgress {
  std::int64_t step = 0;    // completed steps of the caller's loop
  std::uint64_t seed = 0;   // the seed of all random numbers
  std::string config_hash;  // the hash of the run's config
  Metadata notes{};         // further entries of the file's metadata; their keys contain a dot
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Writes `values`, an array in the layout of `parameters` (their own values, or an average), as a
// model file with this metadata. Throws FileError on failure, and if a value is not finite.
void save_model(FileSystem& files, const std::string& path, const Parameters& parameters,
                std::span<const real> values, Metadata metadata = {});

// Reads the values of all parameters from a model file (prefix "") or a checkpoint
// ("model." or "ema."), of type F32 or F64, and returns the metadata. Throws FileError if a
// tensor is missing, unexpected, of another shape or not finite. The message names the
// file, the tensor and both shapes.
Metadata load_model(FileSystem& files, const std::string& path, Parameters& parameters,
                    const std::string& prefix = "");

// Returns a checkpoint as the bytes of its file, for callers that write it themselves. `path`
// appears in error messages. `best` are weights of an earlier step in the layout of the parameters,
// which are stored as best.<name>; empty: none. Throws FileError if a number is not finite.
std::string checkpoint_bytes(const std::string& path, const Trainer& trainer,
                             const TrainingProgress& progress, std::span<const real> best = {});

// Write and read a checkpoint. They throw FileError if the file cannot be written or read, or if
// the checkpoint that is read does not fit the trainer. It must have exactly the trainer's averages
// and optimizer states, and only finite numbers. `best` receives the weights that were given to
// checkpoint_bytes, and becomes empty if there are none; without it the file must have none.
void save_checkpoint(FileSystem& files, const std::string& path, const Trainer& trainer,
                     const TrainingProgress& progress);
TrainingProgress load_checkpoint(FileSystem& files, const std::string& path, Trainer& trainer,
                                 FlatArray* best = nullptr);

}  // namespace pushforward::inline PF_REAL
