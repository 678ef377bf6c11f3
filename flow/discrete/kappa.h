// The scheduler of a discrete flow: kappa(t), the probability that a token
// already has its data value.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <string>

namespace pushforward {

// kappa rises from 0 at t = 0 to 1 at t = 1 (the scheduler of Gat et al. 2024, "Discrete flow
// matching"). Every function takes times in [0, 1], fails on other times, is exact at t = 0 and t =
// 1, and keeps its relative accuracy where 1 - kappa is tiny.
class Kappa {
 public:
  enum class Kind { linear, polynomial, sine_squared, cosine };

  Kind kind() const { return kind_; }
  double power() const { return power_; }  // the exponent of a polynomial kappa
  std::string name() const;                // "linear", "polynomial", "sine_squared", "cosine"

  double operator()(double t) const;   // the value kappa(t)
  double left(double t) const;         // 1 - kappa: probability of the source's value
  double slope(double t) const;        // d kappa / d t; inf at t = 0 for a power below 1
  double hazard(double t) const;       // slope / (1 - kappa): the rate of jumps; inf at t = 1
  double inverse(double kappa) const;  // the t with that kappa, for kappa in [0, 1]
  // Returns (kappa(to) - kappa(from)) / (1 - kappa(from)): the probability that a token that still
  // has its source value at time `from` has its data value at time `to` >= from. It is 1 at to = 1,
  // also for from = 1.
  double jump(double from, double to) const;

  friend Kappa linear_kappa();
  friend Kappa polynomial_kappa(double power);
  friend Kappa sine_squared_kappa();
  friend Kappa cosine_kappa();

 private:
  explicit Kappa(Kind kind, double power = 1) : kind_(kind), power_(power) {}
  double gain(double from, double to) const;  // kappa(to) - kappa(from)
  Kind kind_;
  double power_;
};

Kappa linear_kappa();                  // kappa(t) = t
Kappa polynomial_kappa(double power);  // kappa(t) = t^power; fails unless power > 0
Kappa sine_squared_kappa();            // kappa(t) = sin^2(pi t / 2)
Kappa cosine_kappa();                  // kappa(t) = 1 - cos(pi t / 2)

}  // namespace pushforward
