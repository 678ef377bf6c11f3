// The learning rate over the steps of a run, as a factor of the optimizer's rate.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "nn/choice.h"

namespace pushforward {

// With a warm-up of w steps, step k < w (from 0) gets (k + 1) / w. After it, with progress
// s = (k - w) / (steps - w), held at 1 from the end of the run on:
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
  int every = 1000;    // step
  double gamma = 0.1;  // step

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
inline Schedule::Kind schedule_kind(const std::string& name) {
  return static_cast<Schedule::Kind>(choose("schedule", name, schedules()));
}

}  // namespace pushforward
