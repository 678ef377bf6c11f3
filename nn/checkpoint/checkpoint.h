// Weights and training state to and from safetensors files, with names that PyTorch understands.
//
// A model file holds the weights under their plain names ("0.weight"). A checkpoint holds all that
// a run needs to go on to the same bits: model.<name>, ema.<name>, optim.<state>.<name> (exp_avg,
// ...), optim.step, rng.seed and train.step. Random numbers are keyed by seed and step, so there is
// no other generator state. Reading changes nothing unless the whole file fits.
#pragma once

#include <cstdint>
#include <string>

#include "nn/checkpoint/safetensors.h"
#include "nn/training/trainer.h"

namespace pushforward {

// Where a run stands, beside its numbers.
struct TrainingProgress {
  std::int64_t step = 0;    // steps of the caller's loop that are done
  std::uint64_t seed = 0;   // of all its random numbers
  std::string config_hash;  // of the config it belongs to
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Writes `values`, an array in the layout of `parameters` (its own, or an average), as a model file
// with this metadata. FileError, also when a value is not finite: such a file would be of no use.
void save_model(FileSystem& files, const std::string& path, const Parameters& parameters,
                std::span<const real> values, Metadata metadata = {});

// Reads the values of all parameters from a model file (prefix "") or from a checkpoint ("model."
// or "ema."); F32 and F64 files both fit. Returns the metadata. FileError, naming the file, the
// tensor and both shapes, when a tensor is missing, superfluous, of another shape or not finite.
Metadata load_model(FileSystem& files, const std::string& path, Parameters& parameters,
                    const std::string& prefix = "");

// A checkpoint as the bytes of its file, for callers that write it their own way; `path` is for
// errors. FileError when a number is not finite.
std::string checkpoint_bytes(const std::string& path, const Trainer& trainer,
                             const TrainingProgress& progress);

// Writes and reads a checkpoint; the same errors. Reading expects the averages and the optimizer
// states that the trainer has, no more and no less.
void save_checkpoint(FileSystem& files, const std::string& path, const Trainer& trainer,
                     const TrainingProgress& progress);
TrainingProgress load_checkpoint(FileSystem& files, const std::string& path, Trainer& trainer);

}  // namespace pushforward::inline PF_REAL
