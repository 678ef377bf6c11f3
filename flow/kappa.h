// How much of a token's path is done: kappa(t), the probability that a token is already the data's.
#pragma once

#include <string>

namespace pushforward {

// kappa rises from 0 at t = 0 to 1 at t = 1; every function takes t in [0, 1] and is exact at both
// ends (Gat et al. 2024, "Discrete flow matching", eq. 9: kappa is their scheduler).
class Kappa {
 public:
  enum class Kind { linear, polynomial, sine_squared, cosine };

  std::string name() const;
  double operator()(double t) const;   // kappa
  double slope(double t) const;        // d kappa / d t
  double hazard(double t) const;       // slope / (1 - kappa): the rate of jumps; inf at t = 1
  double inverse(double kappa) const;  // the t with that kappa
  // (kappa(to) - kappa(from)) / (1 - kappa(from)): the probability that a token that has not jumped
  // at `from` has jumped at `to` >= from. 1 where `to` is 1, `from` = 1 included.
  double jump(double from, double to) const;

  friend Kappa linear_kappa();
  friend Kappa polynomial_kappa(double power);
  friend Kappa sine_squared_kappa();
  friend Kappa cosine_kappa();

 private:
  explicit Kappa(Kind kind, double power = 1) : kind_(kind), power_(power) {}
  Kind kind_;
  double power_;
};

Kappa linear_kappa();                  // t
Kappa polynomial_kappa(double power);  // t^power; fails unless power > 0
Kappa sine_squared_kappa();            // sin^2(pi t / 2)
Kappa cosine_kappa();                  // 1 - cos(pi t / 2)

}  // namespace pushforward
