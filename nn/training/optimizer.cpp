#include "nn/training/optimizer.h"

#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

std::size_t count_states(const OptimizerOptions& o) {
  if (o.kind == OptimizerKind::sgd) return o.momentum > 0 ? 1 : 0;
  return 2;
}

}  // namespace

Optimizer::Optimizer(const OptimizerOptions& o, std::size_t size)
    : options_(o), state_(count_states(o), FlatArray(size, real(0))) {
  check(size % 16 == 0, "optimizer", "the arrays have ", size,
        " numbers; their number must be a multiple of 16");
  check(o.lr >= 0, "optimizer", "lr is ", o.lr, "; it must not be negative");
  check(o.weight_decay >= 0, "optimizer", "weight_decay is ", o.weight_decay,
        "; it must not be negative");
  check(o.momentum >= 0 && o.momentum < 1, "optimizer", "momentum ", o.momentum,
        " is outside [0, 1)");
  check(!o.nesterov || o.momentum > 0, "optimizer", "nesterov is on and momentum is ", o.momentum,
        "; nesterov needs a positive momentum");
  check(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1, "optimizer", "the betas are ",
        o.beta1, " and ", o.beta2, "; both must lie in [0, 1)");
  check(o.eps >= 0, "optimizer", "eps is ", o.eps, "; it must not be negative");
}

void Optimizer::set_updates(std::int64_t updates) {
  check(updates >= 0, "optimizer", updates, " updates; their number is 0 or more");
  updates_ = updates;
}

void Optimizer::check_state(int k) const {
  check(k >= 0 && k < state_count(), "optimizer", "there is no state array ", k, "; there are ",
        state_count());
}

std::span<real> Optimizer::state(int k) {
  check_state(k);
  return state_[static_cast<std::size_t>(k)];
}

std::span<const real> Optimizer::state(int k) const {
  check_state(k);
  return state_[static_cast<std::size_t>(k)];
}

const char* Optimizer::state_name(int k) const {
  check_state(k);
  if (options_.kind == OptimizerKind::sgd) return "momentum_buffer";
  return k == 0 ? "exp_avg" : "exp_avg_sq";
}

WeightUpdate Optimizer::begin(double factor) {
  check(std::isfinite(factor) && factor >= 0, "optimizer", "the rate's factor is ", factor,
        "; it must be 0 or more, and finite");
  ++updates_;
  const double lr = options_.lr * factor, k = static_cast<double>(updates_);
  WeightUpdate u;
  u.kind = options_.kind;
  u.nesterov = options_.nesterov;
  u.lr = static_cast<real>(lr);
  u.weight_decay = static_cast<real>(options_.weight_decay);
  u.momentum = static_cast<real>(options_.momentum);
  u.beta1 = static_cast<real>(options_.beta1);
  u.beta2 = static_cast<real>(options_.beta2);
  u.eps = static_cast<real>(options_.eps);
  u.step_size = static_cast<real>(lr / (1 - std::pow(options_.beta1, k)));
  u.root_scale = static_cast<real>(1 / std::sqrt(1 - std::pow(options_.beta2, k)));
  return u;
}

UpdateArrays Optimizer::arrays(const real* gradient, real* value, real* ema) {
  UpdateArrays a{.gradient = gradient, .value = value, .ema = ema};
  if (state_.size() > 0) a.first = state_[0].data();
  if (state_.size() > 1) a.second = state_[1].data();
  return a;
}

}  // namespace pushforward::inline PF_REAL
