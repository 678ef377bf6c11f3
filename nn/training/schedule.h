// Schedules of the learning rate: a factor of the optimizer's rate for each step.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "nn/choice.h"

namespace pushforward {

// The learning rate of step k (from 0) is the optimizer's rate times a factor, which is (k + 1) / w
// during a warm-up of w steps. After the warm-up, with s = min(1, (k - w) / (steps - w)), the
// factor is
// - constant: 1;
// - linear:   1 + (final - 1) s;
// - cosine:   final + (1 - final) (1 + cos(pi s)) / 2 (Loshchilov, Hutter 2017, eq. 5, one period);
// - step:     gamma^floor((k - w) / every).
struct Schedule {
  enum class Kind { constant, linear, cosine, step };

  // The shape of the factor. The default needs no length of the run. A rate that falls, as `cosine`
  // does, usually gives better last weights.
  Kind kind = Kind::constant;

  // The number of steps over which the rate rises linearly to its full value; 0 has no warm-up. Use
  // a few hundred if training diverges at its beginning.
  int warmup = 0;

  // The number of updates of the run, for `linear` and `cosine`, which fail unless it is more than
  // `warmup`. After it the factor stays at `final`.
  int steps = 0;

  // The factor at the end of the run, for `linear` and `cosine`; at least 0.
  double final = 0;

  // The number of updates between two reductions, for `step`; at least 1.
  int every = 1000;

  // The factor of each reduction, for `step`; usually between 0 and 1. It is not checked.
  double gamma = 0.1;

  // Returns the factor of step k (from 0). Throws if k < 0, and under
  // the conditions of check_numbers.
  double operator()(std::int64_t k) const;
  // Throws on invalid numbers, e.g. a cosine schedule without a length.
  void check_numbers() const;
};

inline std::span<const Choice> schedules() {
  static constexpr Choice table[] = {
      {"constant", "the same rate at every step"},
      {"linear", "down a straight line to the final rate"},
      {"cosine", "down half a cosine to the final rate"},
      {"step", "times gamma every so many steps"},
  };
  return table;
}
inline Schedule::Kind schedule_kind_named(const std::string& name) {
  return static_cast<Schedule::Kind>(choose("schedule", name, schedules()));
}

}  // namespace pushforward
