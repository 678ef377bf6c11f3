#include "flow/manifold/manifold.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += a[j] * b[j];
  return sum;
}
double norm(std::span<const double> a) { return std::sqrt(dot(a, a)); }

void check_size(const Manifold& manifold, const char* where, std::span<const double> x) {
  check(static_cast<int>(x.size()) == manifold.dim(), where, "a row of ", x.size(),
        " numbers for a manifold of ", manifold.dim(), " coordinates; give that many");
}

std::span<const double> part(std::span<const double> x, const Factor& factor, int at) {
  return x.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(factor.dim));
}
std::span<double> part(std::span<double> x, const Factor& factor, int at) {
  return x.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(factor.dim));
}

bool is_unit(const Factor& factor) {
  return factor.geometry == Geometry::sphere || factor.geometry == Geometry::rotation;
}

// Writes the logarithm of two unit vectors: their angle along the part of y that is normal to x. For
// a small angle the part is computed from y - x, which does not cancel.
template <class Number>
void log_of_unit(const Factor& factor, const Number* x, const Number* y, Number* v) {
  const bool rotates = factor.geometry == Geometry::rotation;
  const auto of = [](Number one) { return static_cast<double>(one); };
  double product = 0, along = 0, sum = 0, square = 0;
  for (int j = 0; j < factor.dim; ++j) product += of(x[j]) * of(y[j]);
  const double sign = rotates && product < 0 ? -1 : 1;
  for (int j = 0; j < factor.dim; ++j) {
    along += of(x[j]) * (sign * of(y[j]) - of(x[j]));
    sum += std::pow(of(x[j]) + sign * of(y[j]), 2);
  }
  const auto normal = [&](int j) { return sign * of(y[j]) - of(x[j]) - along * of(x[j]); };
  for (int j = 0; j < factor.dim; ++j) square += std::pow(normal(j), 2);
  constexpr double kTiny = 4 * std::numeric_limits<double>::epsilon();
  check(
      !rotates || 1 + along > kTiny, "manifold",
      "two rotations differ by half a turn, and two geodesics of equal length join them; move one "
      "of them");
  check(rotates || sum > kTiny * kTiny, "manifold",
        "two points of a sphere are antipodal, and many geodesics of equal length join them; move "
        "one of them");
  const double sine = std::sqrt(square);
  const double ratio = sine > 0 ? std::atan2(sine, 1 + along) / sine : 1;
  for (int j = 0; j < factor.dim; ++j) v[j] = static_cast<Number>(ratio * normal(j));
}

// Returns the angle of two unit vectors, or that of the rotation between two quaternions. The
// differences and sums do not cancel for close or opposite points.
template <class Number>
double unit_angle(const Factor& factor, const Number* x, const Number* y) {
  double apart = 0, together = 0;
  for (int j = 0; j < factor.dim; ++j) {
    apart += std::pow(static_cast<double>(x[j]) - static_cast<double>(y[j]), 2);
    together += std::pow(static_cast<double>(x[j]) + static_cast<double>(y[j]), 2);
  }
  const double angle = 2 * std::atan2(std::sqrt(apart), std::sqrt(together));
  return factor.geometry == Geometry::rotation ? 2 * std::min(angle, std::numbers::pi - angle)
                                               : angle;
}

}  // namespace

Manifold::Manifold(std::vector<Factor> factors) : factors_(std::move(factors)) {
  check(!factors_.empty(), "manifold", "there are no factors; give at least one");
  for (const Factor& factor : factors_) {
    check(factor.dim >= 1, "manifold", "a factor ", name_of(factor.geometry), " has ", factor.dim,
          " coordinates; give at least 1");
    check(factor.geometry != Geometry::sphere || factor.dim >= 2, "manifold", "a sphere has ",
          factor.dim, " coordinate; give at least 2");
    check(factor.geometry != Geometry::rotation || factor.dim == 4, "manifold", "a rotation has ",
          factor.dim, " coordinates; a unit quaternion has 4");
    dim_ += factor.dim;
  }
}

int Manifold::intrinsic_dim() const {
  int sum = 0;
  for (const Factor& factor : factors_) sum += factor.dim - (is_unit(factor) ? 1 : 0);
  return sum;
}

bool Manifold::compact() const {
  return std::none_of(factors_.begin(), factors_.end(),
                      [](const Factor& f) { return f.geometry == Geometry::euclidean; });
}

double Manifold::log_volume() const {
  double sum = 0;
  for (const auto& [geometry, n] : factors_) {
    if (geometry == Geometry::euclidean) return std::numeric_limits<double>::infinity();
    if (geometry == Geometry::torus) sum += n * std::log(2 * std::numbers::pi);
    if (geometry == Geometry::rotation) sum += std::log(8 * std::numbers::pi * std::numbers::pi);
    // The area of S^(n-1) is 2 pi^(n/2) / Gamma(n/2).
    if (geometry == Geometry::sphere)
      sum += std::log(2.) + 0.5 * n * std::log(std::numbers::pi) - std::lgamma(0.5 * n);
  }
  return sum;
}

std::string Manifold::words() const {
  std::string all;
  for (const auto& [geometry, n] : factors_) {
    if (!all.empty()) all += " x ";
    const std::string number = std::to_string(n);
    if (geometry == Geometry::euclidean) all += "R^" + number;
    if (geometry == Geometry::sphere) all += "sphere in R^" + number;
    if (geometry == Geometry::rotation) all += "rotations";
    if (geometry == Geometry::torus) all += "torus of " + number + (n == 1 ? " angle" : " angles");
  }
  return all;
}

int Manifold::embedded_dim() const {
  int sum = 0;
  for (const auto& [geometry, n] : factors_)
    sum += geometry == Geometry::torus ? 2 * n : geometry == Geometry::rotation ? 9 : n;
  return sum;
}

std::vector<double> tangent_at(const Manifold& manifold, std::span<const double> x,
                               std::span<const double> v) {
  check_size(manifold, "tangent", x);
  check_size(manifold, "tangent", v);
  std::vector<double> out(v.begin(), v.end());
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    if (!is_unit(factor)) return;
    const auto from = part(x, factor, at);
    const auto to = part(std::span<double>(out), factor, at);
    const double along = dot(from, to);
    for (std::size_t j = 0; j < to.size(); ++j) to[j] -= along * from[j];
  });
  return out;
}

std::vector<double> exp_at(const Manifold& manifold, std::span<const double> x,
                           std::span<const double> v) {
  check_size(manifold, "exp", x);
  check_size(manifold, "exp", v);
  std::vector<double> out(x.size());
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    const auto from = part(x, factor, at), along = part(v, factor, at);
    const auto to = part(std::span<double>(out), factor, at);
    const double angle = is_unit(factor) ? norm(along) : 0;
    const double sinc = angle > 0 ? std::sin(angle) / angle : 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      to[j] = std::cos(angle) * from[j] + sinc * along[j];
      if (factor.geometry == Geometry::torus) to[j] = wrapped_angle(to[j]);
    }
  });
  return out;
}

template <class Number>
void log_row(const Manifold& manifold, const Number* x, const Number* y, Number* v) {
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    if (is_unit(factor)) return log_of_unit(factor, x + at, y + at, v + at);
    for (int j = at; j < at + factor.dim; ++j) {
      const double d = static_cast<double>(y[j]) - static_cast<double>(x[j]);
      v[j] = static_cast<Number>(factor.geometry == Geometry::torus ? wrapped_angle(d) : d);
    }
  });
}
template void log_row(const Manifold&, const float*, const float*, float*);
template void log_row(const Manifold&, const double*, const double*, double*);

std::vector<double> log_at(const Manifold& manifold, std::span<const double> x,
                           std::span<const double> y) {
  check_size(manifold, "log", x);
  check_size(manifold, "log", y);
  std::vector<double> out(x.size());
  log_row(manifold, x.data(), y.data(), out.data());
  return out;
}

double length_of(const Manifold& manifold, std::span<const double> v) {
  check_size(manifold, "length", v);
  double sum = 0;
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    const auto of = part(v, factor, at);
    sum += dot(of, of) * (factor.geometry == Geometry::rotation ? 4 : 1);
  });
  return std::sqrt(sum);
}

template <class Number>
double row_distance(const Manifold& manifold, const Number* x, const Number* y) {
  double sum = 0;
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    if (is_unit(factor)) {
      sum += std::pow(unit_angle(factor, x + at, y + at), 2);
      return;
    }
    for (int j = at; j < at + factor.dim; ++j) {
      const double d = static_cast<double>(y[j]) - static_cast<double>(x[j]);
      sum += std::pow(factor.geometry == Geometry::torus ? wrapped_angle(d) : d, 2);
    }
  });
  return std::sqrt(sum);
}
template double row_distance(const Manifold&, const float*, const float*);
template double row_distance(const Manifold&, const double*, const double*);

double distance(const Manifold& manifold, std::span<const double> x, std::span<const double> y) {
  check_size(manifold, "distance", x);
  check_size(manifold, "distance", y);
  return row_distance(manifold, x.data(), y.data());
}

double off_manifold(const Manifold& manifold, std::span<const double> x) {
  check_size(manifold, "off_manifold", x);
  double worst = 0;
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    const auto of = part(x, factor, at);
    if (is_unit(factor)) worst = std::max(worst, std::abs(norm(of) - 1));
    if (factor.geometry == Geometry::torus)
      for (const double angle : of) worst = std::max(worst, std::abs(angle) - std::numbers::pi);
  });
  return worst;
}

}  // namespace pushforward
