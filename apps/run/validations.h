// Records the losses of held-out rows during a training: the last one, the least one, and how many
// validations have followed the least one.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

struct Validations {
  std::int64_t step = -1, best_step = -1;  // -1: none yet
  double loss = std::numeric_limits<double>::quiet_NaN();
  double best = std::numeric_limits<double>::infinity();
  std::int64_t since_best = 0;  // validations after the best one

  // Adds the loss after `at` steps. Returns whether it is below all earlier ones. A loss that is
  // not a number never is.
  bool add(std::int64_t at, double valid_loss);

  bool operator==(const Validations&) const = default;
};

// Returns a line of text with the last and the least loss of held-out rows until the step `last`.
// The line says why the training ended early if `patient` is false, and that the model file has the
// weights of step `kept`.
std::string end_words(const Validations& validations, bool patient, std::int64_t last,
                      std::int64_t kept);

// write_validations and read_validations store the record as the entries "valid.step" and so on of
// the metadata of a checkpoint, without rounding. Reading returns an empty record if there are
// none. It throws Failure (exit 4), naming the file, if an entry is missing or not a number.
void write_validations(const Validations& validations, Metadata& metadata);
Validations read_validations(const Metadata& metadata, const std::string& file);

}  // namespace pushforward::app
