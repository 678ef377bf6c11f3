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
  Kind kind = Kind::constant;
  int warmup = 0;
  int steps = 0;       // linear, cosine: number of updates of the run
  double final = 0;    // linear, cosine: the factor at the end
  int every = 1000;    // step: number of updates between two reductions
  double gamma = 0.1;  // step: factor of each reduction

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
