#include "flow/discrete/kappa.h"

#include <cmath>
#include <numbers>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

using std::numbers::pi;

void check_time(double t) {
  check(t >= 0 && t <= 1, "kappa", "t is ", t, "; times of a discrete flow lie in [0, 1]");
}

}  // namespace

std::string Kappa::name() const {
  switch (kind_) {
    case Kind::linear: return "linear";
    case Kind::polynomial: return "polynomial";
    case Kind::sine_squared: return "sine_squared";
    default: return "cosine";
  }
}

double Kappa::operator()(double t) const {
  check_time(t);
  if (t == 0 || t == 1) return t;
  switch (kind_) {
    case Kind::linear: return t;
    case Kind::polynomial: return std::pow(t, power_);
    case Kind::sine_squared: {
      const double s = std::sin(pi / 2 * t);
      return s * s;
    }
    default: {
      const double s = std::sin(pi / 4 * t);
      return 2 * s * s;
    }
  }
}

double Kappa::left(double t) const {
  check_time(t);
  if (t == 0 || t == 1) return 1 - t;
  switch (kind_) {
    case Kind::linear: return 1 - t;
    case Kind::polynomial: return -std::expm1(power_ * std::log(t));
    case Kind::sine_squared: {
      const double s = std::sin(pi / 2 * (1 - t));
      return s * s;
    }
    default: return std::sin(pi / 2 * (1 - t));
  }
}

double Kappa::slope(double t) const {
  check_time(t);
  switch (kind_) {
    case Kind::linear: return 1;
    case Kind::polynomial: return power_ * std::pow(t, power_ - 1);
    case Kind::sine_squared: return pi / 2 * std::sin(pi * (t < 0.5 ? t : 1 - t));
    default: return pi / 2 * std::sin(pi / 2 * t);
  }
}

double Kappa::hazard(double t) const {
  if (t == 1) return INFINITY;
  return slope(t) / left(t);
}

double Kappa::inverse(double kappa) const {
  check(kappa >= 0 && kappa <= 1, "kappa", "no time has kappa = ", kappa,
        "; it rises from 0 at t = 0 to 1 at t = 1");
  if (kappa == 0 || kappa == 1) return kappa;
  switch (kind_) {
    case Kind::linear: return kappa;
    case Kind::polynomial: return std::pow(kappa, 1 / power_);
    case Kind::sine_squared: return 2 / pi * std::atan2(std::sqrt(kappa), std::sqrt(1 - kappa));
    default: return 4 / pi * std::asin(std::sqrt(kappa / 2));
  }
}

// Each difference kappa(to) - kappa(from) is computed as a product, so that no digits cancel for
// close times. `to` is above 0.
double Kappa::gain(double from, double to) const {
  switch (kind_) {
    case Kind::linear: return to - from;
    case Kind::polynomial: {
      // Computes to^p - from^p, for the power p, as to^p (1 - (from / to)^p), which is accurate
      // however small `from` is.
      const double log_ratio = from < to / 2 ? std::log(from / to) : std::log1p((from - to) / to);
      return -std::pow(to, power_) * std::expm1(power_ * log_ratio);
    }
    case Kind::sine_squared: {
      // Uses sin^2 a - sin^2 b = sin(a + b) sin(a - b), with a = pi to / 2 and b = pi from / 2. To
      // keep digits, sin(a + b) is computed from the distances of the times to 0 or, if their sum
      // is 1 or more, to 1.
      const double sum = from + to;
      return std::sin(pi / 2 * (sum < 1 ? sum : (1 - from) + (1 - to))) *
             std::sin(pi / 2 * (to - from));
    }
    default: return 2 * std::sin(pi / 4 * (from + to)) * std::sin(pi / 4 * (to - from));
  }
}

double Kappa::jump(double from, double to) const {
  check_time(from);
  check(to >= from && to <= 1, "kappa", "a step goes from t = ", from, " to ", to,
        "; it must go forward, and no further than 1");
  if (to == 1) return 1;
  if (from == 0) return (*this)(to);
  const double before = left(from), p = gain(from, to) / before;
  // The condition is written as p >= 0 so that a NaN fails it. If the power is tiny, 1 - t^power
  // rounds to 0 at an early t, and the probability p is then undefined.
  check(p >= 0, "kappa", "1 - kappa is ", before, " at t = ", from,
        " already, so the probability of a jump until ", to, " is undefined; take a greater power");
  return p < 1 ? p : 1;
}

Kappa linear_kappa() { return Kappa(Kappa::Kind::linear); }

Kappa polynomial_kappa(double power) {
  check(std::isfinite(power) && power > 0, "kappa", "the power of polynomial is ", power,
        "; kappa = t^power rises from 0 to 1 for positive powers only");
  return Kappa(Kappa::Kind::polynomial, power);
}

Kappa sine_squared_kappa() { return Kappa(Kappa::Kind::sine_squared); }
Kappa cosine_kappa() { return Kappa(Kappa::Kind::cosine); }

}  // namespace pushforward
