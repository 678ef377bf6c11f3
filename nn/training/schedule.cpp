#include "nn/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

double Schedule::operator()(std::int64_t k) const {
  check_numbers();
  check(k >= 0, "schedule", "step ", k, " is asked for; steps count from 0");
  if (k < warmup) return double(k + 1) / warmup;
  const double after = double(k - warmup), length = std::max(1, steps - warmup);
  const double s = std::min(1.0, after / length);
  switch (kind) {
    case Kind::constant: break;
    case Kind::linear: return 1 + (final - 1) * s;
    case Kind::cosine: return final + (1 - final) * (1 + std::cos(std::numbers::pi * s)) / 2;
    case Kind::step: return std::pow(gamma, std::floor(after / every));
  }
  return 1;
}

void Schedule::check_numbers() const {
  check(warmup >= 0, "schedule", "warmup is ", warmup, "; give 0 (none) or more");
  const bool ends = kind == Kind::linear || kind == Kind::cosine;
  check(!ends || steps > warmup, "schedule", "the run has ", steps, " steps and the warm-up ",
        warmup, "; the run must be longer");
  check(final >= 0, "schedule", "final is ", final, "; it must not be negative");
  check(kind != Kind::step || every > 0, "schedule", "every is ", every, "; it must be at least 1");
}

}  // namespace pushforward
