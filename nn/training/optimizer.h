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
  // For flat arrays of `size` numbers, a multiple of 16. Throws on options out of range.
  Optimizer(const OptimizerOptions& options, std::size_t size);

  const OptimizerOptions& options() const { return options_; }
  // The number of updates so far.
  std::int64_t updates() const { return updates_; }
  void set_updates(std::int64_t updates);  // fails below 0

  // The state arrays and their names in checkpoints, which are PyTorch's: "momentum_buffer" of sgd
  // with momentum; "exp_avg" and "exp_avg_sq" of adam and adamw. Fail on a k that there is not.
  int state_count() const { return static_cast<int>(state_.size()); }
  const char* state_name(int k) const;
  std::span<real> state(int k);
  std::span<const real> state(int k) const;

  // Counts one update and returns its constants, at the rate options().lr * factor. gradient_scale
  // and ema_rate are the caller's to set. Fails on a factor that is negative or not finite.
  WeightUpdate begin(double factor);
  // The arrays for `update`: state, and the caller's gradient, values and average (may be null).
  // Does not check the caller's: they have the optimizer's size.
  UpdateArrays arrays(const real* gradient, real* value, real* ema);

 private:
  void check_state(int k) const;

  OptimizerOptions options_;
  std::int64_t updates_ = 0;
  std::vector<FlatArray> state_;
};

}  // namespace pushforward::inline PF_REAL
