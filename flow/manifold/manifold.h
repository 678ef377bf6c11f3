// Manifolds as plain data, and their geometry on rows of plain numbers: projections, exponential and
// logarithm, distances, volumes.
//
// A point is a row of coordinates. Its factors follow one another in the row:
// - euclidean: k numbers of R^k.
// - sphere: a unit vector of R^n, so S^(n-1). Geodesics are great circles, lengths are angles.
// - torus: k angles in [-pi, pi). The metric is flat: each angle has the metric of a line.
// - rotation: a unit quaternion (w, x, y, z); q and -q are the same rotation. Lengths are angles of
//   rotation, twice the angles between quaternions, so the volume is 8 pi^2.
// Tangent vectors have the shape of points. That of a rotation is dq/dt, so its length is half the
// angular velocity. (Chen, Lipman 2024, "Flow matching on general geometries", arXiv 2302.03660.)
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cmath>
#include <memory>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace pushforward {

enum class Geometry { euclidean, sphere, torus, rotation };

constexpr const char* name_of(Geometry geometry) {
  switch (geometry) {
    case Geometry::euclidean: return "euclidean";
    case Geometry::sphere: return "sphere";
    case Geometry::torus: return "torus";
    case Geometry::rotation: return "rotation";
  }
  return "";
}

// One factor of a manifold, with the number of its coordinates in a row.
struct Factor {
  Geometry geometry = Geometry::euclidean;
  int dim = 0;
  bool operator==(const Factor&) const = default;
};

// A product of factors.
class Manifold {
 public:
  // Fails without factors, on a factor without coordinates, on a sphere of fewer than 2 and a
  // rotation of other than 4.
  explicit Manifold(std::vector<Factor> factors);

  const std::vector<Factor>& factors() const { return factors_; }
  int dim() const { return dim_; }  // the number of coordinates of a point
  // Returns the dimension of the manifold, which is below dim() for spheres and rotations.
  int intrinsic_dim() const;
  // Returns whether the volume is finite: no factor is euclidean.
  bool compact() const;
  // Returns ln of the volume, infinite unless compact() is true.
  double log_volume() const;
  // Returns the manifold in words, such as "sphere in R^3 x torus of 2 angles".
  std::string words() const;
  // Returns the number of columns of the embedding (flow/manifold/tape.h).
  int embedded_dim() const;
  bool operator==(const Manifold&) const = default;

 private:
  std::vector<Factor> factors_;
  int dim_ = 0;
};

using ManifoldPtr = std::shared_ptr<const Manifold>;

// Calls f(factor, offset) for each factor of the manifold with the place of its first coordinate.
template <class F>
void for_each_factor(const Manifold& manifold, F f) {
  int at = 0;
  for (const Factor& factor : manifold.factors()) {
    f(factor, at);
    at += factor.dim;
  }
}

// The sphere S^(n-1) in R^n, the flat torus of k angles, the rotations, and R^k.
inline Manifold sphere(int n) { return Manifold({{Geometry::sphere, n}}); }
inline Manifold torus(int k) { return Manifold({{Geometry::torus, k}}); }
inline Manifold rotations() { return Manifold({{Geometry::rotation, 4}}); }
inline Manifold euclidean(int k) { return Manifold({{Geometry::euclidean, k}}); }

// Returns the angle plus a multiple of 2 pi, in [-pi, pi).
inline double wrapped_angle(double angle) {
  const double turns = std::floor((angle + std::numbers::pi) / (2 * std::numbers::pi));
  const double wrapped = angle - 2 * std::numbers::pi * turns;
  return wrapped >= std::numbers::pi ? -std::numbers::pi : wrapped;
}

// Moves a row of dim() coordinates, of float or double, to the closest point of the manifold: unit
// vectors are normalised and angles wrapped. A null vector, which has no closest point, becomes NaN.
// It is the inner loop of solvers and does not check the memory.
template <class Number>
void project_row(const Manifold& manifold, Number* x) {
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    Number* const part = x + at;
    if (factor.geometry == Geometry::torus)
      for (int j = 0; j < factor.dim; ++j) {
        const Number wrapped = static_cast<Number>(wrapped_angle(static_cast<double>(part[j])));
        part[j] = static_cast<double>(wrapped) >= std::numbers::pi
                      ? static_cast<Number>(-std::numbers::pi)
                      : wrapped;
      }
    if (factor.geometry != Geometry::sphere && factor.geometry != Geometry::rotation) return;
    double square = 0;
    for (int j = 0; j < factor.dim; ++j)
      square += static_cast<double>(part[j]) * static_cast<double>(part[j]);
    const double size = std::sqrt(square);
    for (int j = 0; j < factor.dim; ++j)
      part[j] = static_cast<Number>(static_cast<double>(part[j]) / size);
  });
}

// Writes log_x(y) of one row, of float or double, to v: see log_at. It allocates nothing.
template <class Number>
void log_row(const Manifold& manifold, const Number* x, const Number* y, Number* v);
// Returns the distance of two rows, of float or double: see `distance`.
template <class Number>
double row_distance(const Manifold& manifold, const Number* x, const Number* y);

// The functions below take one point or vector of dim() doubles in each span, and fail on another
// size. Points must be on the manifold; the functions do not check that.

// Returns the component of v that is tangent at x.
std::vector<double> tangent_at(const Manifold& manifold, std::span<const double> x,
                               std::span<const double> v);
// Returns exp_x(v), the point that the geodesic from x with the velocity v reaches at time 1.
std::vector<double> exp_at(const Manifold& manifold, std::span<const double> x,
                           std::span<const double> v);
// Returns log_x(y), the velocity v of the shortest geodesic with exp_x(v) = y. Angles that differ by
// pi take the turn of -pi. Fails on antipodal unit vectors and on rotations that differ by half a
// turn, which many geodesics of one length join.
std::vector<double> log_at(const Manifold& manifold, std::span<const double> x,
                           std::span<const double> y);
// Returns the length of the shortest geodesic between two points, in the metric of the manifold.
double distance(const Manifold& manifold, std::span<const double> x, std::span<const double> y);
// Returns the length of a tangent vector in the metric of the manifold.
double length_of(const Manifold& manifold, std::span<const double> v);
// Returns the largest distance of a factor of x from its manifold: | |x| - 1 | for unit vectors, and
// for angles how far they are outside [-pi, pi].
double off_manifold(const Manifold& manifold, std::span<const double> x);

}  // namespace pushforward
