// Helpers for log-densities in closed form.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cmath>
#include <limits>

namespace pushforward {

constexpr double kLn2Pi = 1.8378770664093454836;

// Returns ln N(x; m, std^2 I) in `dim` dimensions, where `square` is |x - m|^2. It is used in inner
// loops and does not check that std is positive.
inline double log_normal(double square, double std, int dim) {
  return -0.5 * square / (std * std) - dim * (std::log(std) + 0.5 * kLn2Pi);
}

// Computes ln sum_i exp(a_i) for the density of a mixture, with the a_i added one by one. No term
// overflows. Without terms the value is -inf.
class LogSum {
 public:
  void add(double a) {
    if (a == -std::numeric_limits<double>::infinity()) return;
    if (a > maximum_) {
      sum_ = sum_ * std::exp(maximum_ - a) + 1;
      maximum_ = a;
    } else {
      sum_ += std::exp(a - maximum_);
    }
  }
  double value() const { return maximum_ + std::log(sum_); }

 private:
  double maximum_ = -std::numeric_limits<double>::infinity(), sum_ = 0;
};

}  // namespace pushforward
