// SGD, Adam and AdamW over flat arrays: their state between updates and the
// constants of each update.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/flat_array.h"
#include "nn/training/update.h"

namespace pushforward::inline PF_REAL {

class Optimizer {
 public:
  // Creates the state for flat arrays of `size` numbers, a multiple of 16. Throws on options out of
  // range.
  Optimizer(const OptimizerOptions& options, std::size_t size);

  const OptimizerOptions& options() const { return options_; }
  // The number of updates so far.
  std::int64_t updates() const { return updates_; }
  void set_updates(std::int64_t updates);  // fails below 0

  // The state arrays and their names in checkpoints, as in PyTorch: "momentum_buffer" for sgd with
  // momentum, "exp_avg" and "exp_avg_sq" for adam and adamw. Throw if there is no state k.
  int state_count() const { return static_cast<int>(state_.size()); }
  const char* state_name(int k) const;
  std::span<real> state(int k);
  std::span<const real> state(int k) const;

  // Counts one update and returns its constants for the learning rate options().lr * factor. The
  // caller sets gradient_scale and ema_rate. Throws if the factor is negative or not finite.
  WeightUpdate begin(double factor);
  // Returns the arrays for the function `update`: the state, and the caller's gradient, values and
  // average (which may be null). The caller's arrays must have the optimizer's size, which is not
  // checked.
  UpdateArrays arrays(const real* gradient, real* value, real* ema);

 private:
  void check_state(int k) const;

  OptimizerOptions options_;
  std::int64_t updates_ = 0;
  std::vector<FlatArray> state_;
};

}  // namespace pushforward::inline PF_REAL
