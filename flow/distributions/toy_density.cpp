#include "flow/distributions/toy_density.h"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "flow/distributions/log_density.h"

namespace pushforward::inline PF_REAL {

namespace {

using std::numbers::pi;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// The largest number of quadrature nodes of a density. A curve that needs more gets no density,
// because one point would take milliseconds.
constexpr double kMaxNodes = 1e5;

struct Point {
  double x, y;
};

// A node of a quadrature over u in [0, 1]: the point of the curve, and ln of the weight.
struct Node {
  double x, y, log_weight;
};

// Calls each(u, weight) for the nodes of a Gauss-Legendre rule on `pieces` equal parts of [0, 1].
template <class Each>
void over_unit_interval(int pieces, const Each& each) {
  using Rule = boost::math::quadrature::gauss<double, 10>;
  const auto& place = Rule::abscissa();
  const auto& weight = Rule::weights();
  for (int p = 0; p < pieces; ++p) {
    for (std::size_t i = 0; i < place.size(); ++i) {
      for (const double side : {-1., 1.})
        each((p + 0.5 + side * place[i] / 2) / pieces, weight[i] / (2 * pieces));
    }
  }
}

// Returns the number of equal pieces of [0, 1] for a quadrature along a curve whose point moves at
// most `speed` per unit of u. Returns 0 if there would be too many nodes or there is no noise. On a
// piece as long as 2.5 standard deviations of the noise, the error of the Gauss-Legendre rule is
// below 1e-11.
int count_pieces(double speed, double noise) {
  const double pieces = std::ceil(speed / (2.5 * noise)) + 1;
  return noise > 0 && 10 * pieces <= kMaxNodes ? static_cast<int>(pieces) : 0;
}

// In a sum of densities, terms this far below the largest one, in nats, do not change the sum in
// double precision.
constexpr double kNegligible = 60;

// Writes the log-density of points on equally likely curves, `branches` (u -> Point), with normal
// noise. `speed` is an upper bound of |d Point / du|.
template <class Branch>
bool around_curves(const std::vector<Branch>& branches, double speed, double noise, int rows,
                   const real* x, double* out) {
  const int pieces = count_pieces(speed, noise);
  if (pieces == 0) return false;
  std::vector<Node> nodes;
  for (const Branch& branch : branches) {
    over_unit_interval(pieces, [&](double u, double weight) {
      const Point at = branch(u);
      nodes.push_back({at.x, at.y, std::log(weight / static_cast<double>(branches.size()))});
    });
  }
  std::vector<double> term(nodes.size());
  for (int r = 0; r < rows; ++r) {
    const double px = static_cast<double>(x[2 * r]), py = static_cast<double>(x[2 * r + 1]);
    double largest = -kInfinity;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const double dx = px - nodes[i].x, dy = py - nodes[i].y;
      term[i] = nodes[i].log_weight - (dx * dx + dy * dy) / (2 * noise * noise);
      largest = std::max(largest, term[i]);
    }
    LogSum sum;
    for (const double t : term)
      if (t > largest - kNegligible) sum.add(t);
    out[r] = sum.value() + log_normal(0, noise, 2);
  }
  return true;
}

struct Circle {
  double radius;
  Point operator()(double u) const {
    return {radius * std::cos(2 * pi * u), radius * std::sin(2 * pi * u)};
  }
};

// Returns ln erfc(z), also where erfc underflows.
double log_erfc(double z) {
  if (z < 25) return std::log(std::erfc(z));
  const double q = 1 / (2 * z * z);  // the asymptotic series of erfc: 1 - q + 3 q^2 - 15 q^3
  return -z * z - std::log(z * std::sqrt(pi)) + std::log1p(-q + 3 * q * q - 15 * q * q * q);
}

// Returns ln of the density at z of w U + std n, with U uniform on (0, 1) and n standard normal.
double log_smoothed_uniform(double z, double w, double std) {
  // The density is symmetric about w / 2, so it is computed at the larger of z and its mirror image
  // w - z.
  const double right = std::max(z, w - z);
  const double near = (right - w) / (std * std::numbers::sqrt2),
               far = right / (std * std::numbers::sqrt2);
  const double log_near = log_erfc(near);
  return log_near + std::log(-std::expm1(log_erfc(far) - log_near)) - std::log(2 * w);
}

}  // namespace

bool moons_density(const ToyValues& v, int rows, const real* x, double* out) {
  const auto branch = [](bool upper) {
    return [upper](double u) {
      const double c = std::cos(pi * u), s = std::sin(pi * u);
      return upper ? Point{c, s} : Point{1 - c, 0.5 - s};
    };
  };
  return around_curves(std::vector{branch(true), branch(false)}, pi, v[0], rows, x, out);
}

bool swissroll_density(const ToyValues& v, int rows, const real* x, double* out) {
  const double scale = v[1];
  const auto branch = [scale](double u) {
    const double a = 1.5 * pi * (1 + 2 * u);
    return Point{scale * a * std::cos(a), scale * a * std::sin(a)};
  };
  const double speed = scale * 3 * pi * std::hypot(1, 4.5 * pi);
  return around_curves(std::vector{branch}, speed, scale * v[0], rows, x, out);
}

bool scurve_density(const ToyValues& v, int rows, const real* x, double* out) {
  const double scale = v[1];
  // The S-curve has one branch for each sign of its angle a, because it has a corner at a = 0,
  // which no piece of a quadrature may span.
  const auto branch = [scale](double sign) {
    return [scale, sign](double u) {
      const double a = sign * 1.5 * pi * u;
      return Point{scale * std::sin(a), scale * sign * (std::cos(a) - 1)};
    };
  };
  return around_curves(std::vector{branch(1), branch(-1)}, scale * 1.5 * pi, scale * v[0], rows, x,
                       out);
}

bool circles_density(const ToyValues& v, int rows, const real* x, double* out) {
  const double scale = v[1];
  return around_curves(std::vector{Circle{scale}, Circle{scale * v[2]}}, 2 * pi * scale,
                       scale * v[0], rows, x, out);
}

bool rings_density(const ToyValues& v, int rows, const real* x, double* out) {
  return around_curves(std::vector{Circle{3}, Circle{2.25}, Circle{1.5}, Circle{0.75}}, 6 * pi,
                       v[0], rows, x, out);
}

bool spirals_density(const ToyValues& v, int rows, const real* x, double* out) {
  // The radius of a point of the spirals is r = 3 pi w, where w^2 is uniform. So the density of w
  // is 2 w, and the curve is smooth in w.
  constexpr double most = 3 * pi, kSide = 1. / 6;
  const double noise = v[0];
  const int pieces = count_pieces(most * std::hypot(1, most) / 3, noise);
  if (pieces == 0) return false;
  std::vector<Node> nodes;
  over_unit_interval(pieces, [&](double w, double weight) {
    const double r = most * w;
    nodes.push_back({-r * std::cos(r) / 3, r * std::sin(r) / 3, std::log(2 * w * weight / 2)});
  });
  std::vector<double> bound(2 * nodes.size());
  for (int row = 0; row < rows; ++row) {
    // Returns the position of the point relative to node i of the curve, where i counts the nodes
    // of both arms. The square in which points of a node are spread begins at the node. bound[i] is
    // the log-density of the noise at the point's distance to that square, up to a constant.
    const auto offset = [&](std::size_t i) {
      const Node& node = nodes[i % nodes.size()];
      const double side = i < nodes.size() ? 1 : -1;
      return Point{side * static_cast<double>(x[2 * row]) - node.x,
                   side * static_cast<double>(x[2 * row + 1]) - node.y};
    };
    double largest = -kInfinity;
    for (std::size_t i = 0; i < bound.size(); ++i) {
      const Point at = offset(i);
      const double dx = std::max({0., -at.x, at.x - kSide}),
                   dy = std::max({0., -at.y, at.y - kSide});
      bound[i] = -(dx * dx + dy * dy) / (2 * noise * noise);
      largest = std::max(largest, bound[i]);
    }
    LogSum sum;
    for (std::size_t i = 0; i < bound.size(); ++i) {
      if (bound[i] < largest - kNegligible) continue;
      const Point at = offset(i);
      sum.add(nodes[i % nodes.size()].log_weight + log_smoothed_uniform(at.x, kSide, noise) +
              log_smoothed_uniform(at.y, kSide, noise));
    }
    out[row] = sum.value();
  }
  return true;
}

namespace {

// The pinwheel rotates a normal point (f0, f1) by the angle turn + twist exp(f0), where `turn` is
// the angle of the arm. This class finds each f0 that the rotation can bring to the point (x, y).
class PinwheelRoots {
 public:
  PinwheelRoots(double x, double y, double turn, double twist)
      : x_(x), y_(y), turn_(turn), twist_(twist) {}

  // Rotates the point (x, y) back by the angle turn + twist exp(f0), and returns its second
  // coordinate, which is f1 if f0 is a root.
  double across(double f0) const {
    const double angle = turn_ + twist_ * std::exp(f0);
    return -x_ * std::sin(angle) + y_ * std::cos(angle);
  }
  // Rotates the point (x, y) back by the angle turn + twist exp(f0), and returns its first
  // coordinate minus f0, which is 0 at a root.
  double excess(double f0) const {
    const double angle = turn_ + twist_ * std::exp(f0);
    return x_ * std::cos(angle) + y_ * std::sin(angle) - f0;
  }
  // Calls found(f0) for each root f0 of `excess` in [low, high].
  template <class Found>
  void each(double low, double high, const Found& found) const {
    double a = low, at_a = excess(a);
    while (a < high) {
      const double step = std::min(0.02, 0.1 / (1 + std::abs(twist_) * std::exp(a)));
      const double b = std::min(high, a + step), at_b = excess(b);
      if ((at_a < 0) != (at_b < 0)) found(bisect(a, b, at_a < 0));
      a = b;
      at_a = at_b;
    }
  }

 private:
  double bisect(double a, double b, bool rising) const {
    for (int i = 0; i < 60; ++i) {
      const double middle = a + (b - a) / 2;
      ((excess(middle) < 0) == rising ? a : b) = middle;
    }
    return a + (b - a) / 2;
  }

  double x_, y_, turn_, twist_;
};

}  // namespace

bool pinwheel_density(const ToyValues& v, int rows, const real* x, double* out) {
  const int arms = static_cast<int>(v[0]);
  const double radial = v[1], tangential = v[2], twist = v[3], scale = v[4];
  // Beyond 38 standard deviations the normal density is 0 in double. With a strong twist, finding
  // the roots up to there would take too many steps, so there is no density.
  const double low = 1 - 38 * radial, high = 1 + 38 * radial;
  if (radial <= 0 || tangential <= 0 || std::abs(twist) * std::exp(high) > kMaxNodes) return false;
  for (int r = 0; r < rows; ++r) {
    const double px = static_cast<double>(x[2 * r]) / scale,
                 py = static_cast<double>(x[2 * r + 1]) / scale;
    // A root f0 is a coordinate of the rotated point, so |f0| is at most the point's distance from
    // 0.
    const double radius = std::hypot(px, py) * (1 + 1e-12) + 1e-300;
    LogSum sum;
    for (int k = 0; k < arms; ++k) {
      const PinwheelRoots roots(px, py, 2 * pi * k / arms, twist);
      roots.each(std::max(-radius, low), std::min(radius, high), [&](double f0) {
        const double f1 = roots.across(f0), stretch = std::abs(1 - twist * std::exp(f0) * f1);
        sum.add(log_normal((f0 - 1) * (f0 - 1), radial, 1) + log_normal(f1 * f1, tangential, 1) -
                std::log(stretch));
      });
    }
    out[r] = sum.value() - std::log(arms) - 2 * std::log(scale);
  }
  return true;
}

}  // namespace pushforward::inline PF_REAL
