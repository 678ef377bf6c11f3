#include "flow/distributions/toy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "autograd/tensor/kernels.h"
#include "flow/distributions/toy_density.h"

namespace pushforward::inline PF_REAL {

using detail::check, detail::fail;
using namespace kernels;

namespace {

using std::numbers::pi;

// The cosines and sines of a block of angles.
struct Turn {
  real cos[ToyDraws::kRows], sin[ToyDraws::kRows];
  Turn(const real* angle, int rows) {
    map(Unary::cos, angle, cos, rows);
    map(Unary::sin, angle, sin, rows);
  }
};

// The angles a u + b of a block of rows.
struct Angles {
  real value[ToyDraws::kRows];
  Angles(const real* u, double a, double b, int rows) {
    affine(u, static_cast<real>(a), static_cast<real>(b), value, rows);
  }
};

// Maps u, uniform on (0, 1), to one of the n equally likely numbers 0 .. n - 1.
int pick(real u, int n) { return std::min(static_cast<int>(u * static_cast<real>(n)), n - 1); }

int none(const ToyValues&) { return 0; }
int two(const ToyValues&) { return 2; }
int four(const ToyValues&) { return 4; }
int first_value(const ToyValues& v) { return static_cast<int>(v[0]); }

// Computes rows of the two moons from the random numbers d. v holds the parameter `noise`.
void moons(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  const Angles a(d.u[0], pi, 0, d.rows);
  const Turn turn(a.value, d.rows);
  const real noise = static_cast<real>(v[0]);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    labels[r] = d.u[1][r] < real(0.5) ? 0 : 1;
    out[0] = (labels[r] == 0 ? turn.cos[r] : 1 - turn.cos[r]) + noise * d.z[0][r];
    out[1] = (labels[r] == 0 ? turn.sin[r] : real(0.5) - turn.sin[r]) + noise * d.z[1][r];
  }
}

// The first half of the set's n rows lies on the upper moon and the rest on the lower moon, each
// evenly spaced from one end of the moon to the other.
void spread_moons(ToyDraws& d, int first, int n) {
  const int upper = n / 2, lower = n - upper;
  for (int r = 0; r < d.rows; ++r) {
    const int k = first + r;
    const bool up = k < upper;
    const int place = up ? k : k - upper, count = up ? upper : lower;
    d.u[0][r] = count > 1 ? static_cast<real>(place) / static_cast<real>(count - 1) : real(0);
    d.u[1][r] = up ? real(0) : real(1);
  }
}

// Computes rows of Gaussians on a circle from the random numbers d. v holds the parameters `modes`,
// `radius`, `std` and `scale`.
void gaussians(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  const int modes = static_cast<int>(v[0]);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    labels[r] = pick(d.u[0][r], modes);
    const double angle = 2 * pi * labels[r] / modes;
    out[0] = static_cast<real>(v[3] * (v[1] * std::cos(angle) + v[2] * d.z[0][r]));
    out[1] = static_cast<real>(v[3] * (v[1] * std::sin(angle) + v[2] * d.z[1][r]));
  }
}

Mixture gaussians_mixture(const ToyValues& v) {
  const std::size_t modes = static_cast<std::size_t>(v[0]);
  Mixture m{2, std::vector<double>(modes, 1 / v[0]), {}, std::vector<double>(modes, v[3] * v[2])};
  for (std::size_t k = 0; k < modes; ++k) {
    const double angle = 2 * pi * static_cast<double>(k) / v[0];
    m.means.push_back(v[3] * v[1] * std::cos(angle));
    m.means.push_back(v[3] * v[1] * std::sin(angle));
  }
  return m;
}

// Computes rows of the checkerboard from the random numbers d. v holds the parameter `scale`.
void checkerboard(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  const real scale = static_cast<real>(v[0]);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    const real a = 4 * d.u[0][r] - 2;
    const int column = static_cast<int>(std::floor(a));
    const int lift = (column % 2 != 0 ? 1 : 0) - (d.u[2][r] < real(0.5) ? 2 : 0);
    labels[r] = 0;
    out[0] = scale * a;
    out[1] = scale * (d.u[1][r] + static_cast<real>(lift));
  }
}

// The density of the checkerboard is uniform on eight cells of the 4 x 4 board: those whose lower
// left corner has an even coordinate sum. The support includes the edges, and points just outside
// them that round-off produces.
bool checkerboard_density(const ToyValues& v, int rows, const real* x, double* out) {
  const double inside = -std::log(8 * v[0] * v[0]);
  const double hair = 16 * static_cast<double>(std::numeric_limits<real>::epsilon());
  const auto in_a_cell = [](double a, double b) {
    return std::max(std::abs(a), std::abs(b)) < 2 &&
           std::fmod(std::floor(a) + std::floor(b), 2) == 0;
  };
  for (int r = 0; r < rows; ++r, x += 2) {
    const double a = static_cast<double>(x[0]) / v[0], b = static_cast<double>(x[1]) / v[0];
    const bool within = in_a_cell(a - hair, b - hair) || in_a_cell(a - hair, b + hair) ||
                        in_a_cell(a + hair, b - hair) || in_a_cell(a + hair, b + hair);
    out[r] = within ? inside : -std::numeric_limits<double>::infinity();
  }
  return true;
}

// Computes rows of the Swiss roll from the random numbers d. v holds the parameters `noise` and
// `scale`.
void swissroll(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  const Angles a(d.u[0], 3 * pi, 1.5 * pi, d.rows);
  const Turn turn(a.value, d.rows);
  const real noise = static_cast<real>(v[0]), scale = static_cast<real>(v[1]);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    labels[r] = 0;
    out[0] = scale * (a.value[r] * turn.cos[r] + noise * d.z[0][r]);
    out[1] = scale * (a.value[r] * turn.sin[r] + noise * d.z[1][r]);
  }
}

// Computes rows of the S-curve from the random numbers d. v holds the parameters `noise` and
// `scale`.
void scurve(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  const Angles a(d.u[0], 3 * pi, -1.5 * pi, d.rows);
  const Turn turn(a.value, d.rows);
  const real noise = static_cast<real>(v[0]), scale = static_cast<real>(v[1]);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    const real sign = a.value[r] < 0 ? real(-1) : real(1);
    labels[r] = 0;
    out[0] = scale * (turn.sin[r] + noise * d.z[0][r]);
    out[1] = scale * (sign * (turn.cos[r] - 1) + noise * d.z[1][r]);
  }
}

// Computes rows of concentric rings from the random numbers d. Rows with label k lie on the ring of
// radius radii[k].
void around(const real* radii, int count, real noise, real scale, const ToyDraws& d, real* out,
            int* labels) {
  const Angles a(d.u[0], 2 * pi, 0, d.rows);
  const Turn turn(a.value, d.rows);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    labels[r] = pick(d.u[1][r], count);
    out[0] = scale * (radii[labels[r]] * turn.cos[r] + noise * d.z[0][r]);
    out[1] = scale * (radii[labels[r]] * turn.sin[r] + noise * d.z[1][r]);
  }
}

// Computes rows of two circles from the random numbers d. v holds the parameters `noise`, `scale`
// and `inner`.
void circles(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  const real radii[] = {1, static_cast<real>(v[2])};
  around(radii, 2, static_cast<real>(v[0]), static_cast<real>(v[1]), d, out, labels);
}

// Computes rows of four rings from the random numbers d. v holds the parameter `noise`.
void rings(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  constexpr real radii[] = {real(3), real(2.25), real(1.5), real(0.75)};
  around(radii, 4, static_cast<real>(v[0]), 1, d, out, labels);
}

// Computes rows of the pinwheel from the random numbers d. v holds the parameters `arms`, `radial`,
// `tangential`, `twist` and `scale`.
void pinwheel(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  const int arms = static_cast<int>(v[0]);
  real angle[ToyDraws::kRows], f0[ToyDraws::kRows];
  affine(d.z[0], static_cast<real>(v[1]), 1, f0, d.rows);
  map(Unary::exp, f0, angle, d.rows);
  for (int r = 0; r < d.rows; ++r) {
    labels[r] = pick(d.u[0][r], arms);
    angle[r] = static_cast<real>(v[3]) * angle[r] + static_cast<real>(2 * pi * labels[r] / arms);
  }
  const Turn turn(angle, d.rows);
  const real scale = static_cast<real>(v[4]);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    const real f1 = static_cast<real>(v[2]) * d.z[1][r];
    out[0] = scale * (f0[r] * turn.cos[r] - f1 * turn.sin[r]);
    out[1] = scale * (f0[r] * turn.sin[r] + f1 * turn.cos[r]);
  }
}

// Computes rows of two spirals from the random numbers d. v holds the parameter `noise`. The first
// bit of u[0] chooses the arm, and the rest of u[0] gives the radius.
void spirals(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  real radius[ToyDraws::kRows];
  for (int r = 0; r < d.rows; ++r) {
    labels[r] = d.u[0][r] < real(0.5) ? 0 : 1;
    radius[r] = 2 * d.u[0][r] - static_cast<real>(labels[r]);
  }
  map(Unary::sqrt, radius, radius, d.rows);
  affine(radius, static_cast<real>(3 * pi), 0, radius, d.rows);
  const Turn turn(radius, d.rows);
  const real noise = static_cast<real>(v[0]);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    const real side = (labels[r] == 0 ? real(1) : real(-1)) / 3;
    out[0] = side * (-radius[r] * turn.cos[r] + d.u[1][r] / 2) + noise * d.z[0][r];
    out[1] = side * (radius[r] * turn.sin[r] + d.u[2][r] / 2) + noise * d.z[1][r];
  }
}

// Computes rows of one Gaussian from the random numbers d. v holds the parameters `std` and `mean`.
void gaussian(const ToyValues& v, const ToyDraws& d, real* out, int* labels) {
  const real std = static_cast<real>(v[0]), mean = static_cast<real>(v[1]);
  for (int r = 0; r < d.rows; ++r, out += 2) {
    labels[r] = 0;
    out[0] = mean + std * d.z[0][r];
    out[1] = mean + std * d.z[1][r];
  }
}

Mixture gaussian_mixture(const ToyValues& v) { return {2, {1}, {v[1], v[1]}, {v[0]}}; }

constexpr ToyParameter noise_parameter(double value) {
  return {"noise", value, 0, 1e3, "standard deviation of the normal noise"};
}
constexpr ToyParameter scale_parameter(double value) {
  return {"scale", value, 1e-3, 1e3, "factor on the finished points"};
}

constexpr ToyInfo kToys[] = {
    {"moons",
     "half (cos a, sin a), half (1 - cos a, 0.5 - sin a), a = pi U, + noise n",
     {noise_parameter(0.05)},
     1,
     two,
     moons,
     spread_moons,
     nullptr,
     moons_density},
    {"8gaussians",
     "scale (radius (cos a, sin a) + std n), a = 2 pi k / modes, k any of the modes",
     {{{"modes", 8, 1, 1000, "number of modes", true},
       {"radius", 4, 0, 1e3, "radius of the circle they stand on"},
       {"std", 0.5, 0, 1e3, "standard deviation of a mode"},
       scale_parameter(0.70710678118654752440)}},
     4,
     first_value,
     gaussians,
     nullptr,
     gaussians_mixture},
    {"checkerboard",
     "scale (a, U - 2 [U < 0.5] + floor(a) mod 2), a = 4 U - 2",
     {scale_parameter(2)},
     1,
     none,
     checkerboard,
     nullptr,
     nullptr,
     checkerboard_density},
    {"swissroll",
     "scale ((a cos a, a sin a) + noise n), a = 1.5 pi (1 + 2 U)",
     {noise_parameter(1), scale_parameter(0.2)},
     2,
     none,
     swissroll,
     nullptr,
     nullptr,
     swissroll_density},
    {"scurve",
     "scale ((sin a, sign(a) (cos a - 1)) + noise n), a = 3 pi (U - 0.5)",
     {noise_parameter(0.05), scale_parameter(1.5)},
     2,
     none,
     scurve,
     nullptr,
     nullptr,
     scurve_density},
    {"circles",
     "scale (r (cos a, sin a) + noise n), a = 2 pi U, r = 1 or inner",
     {{noise_parameter(0.08),
       scale_parameter(3),
       {"inner", 0.5, 0, 1, "radius of the inner circle"}}},
     3,
     two,
     circles,
     nullptr,
     nullptr,
     circles_density},
    {"rings",
     "r (cos a, sin a) + noise n, a = 2 pi U, r = 3, 2.25, 1.5 or 0.75",
     {noise_parameter(0.08)},
     1,
     four,
     rings,
     nullptr,
     nullptr,
     rings_density},
    {"pinwheel",
     "scale f, f = (1 + radial n, tangential n) turned by 2 pi k / arms + twist exp(f0)",
     {{{"arms", 5, 1, 1000, "number of arms", true},
       {"radial", 0.3, 0, 10, "standard deviation along an arm"},
       {"tangential", 0.1, 0, 10, "standard deviation across an arm"},
       {"twist", 0.25, -10, 10, "how far the arms bend"},
       scale_parameter(2)}},
     5,
     first_value,
     pinwheel,
     nullptr,
     nullptr,
     pinwheel_density},
    {"2spirals",
     "+-(U / 2 - r cos r, U / 2 + r sin r) / 3 + noise n, r = 3 pi sqrt(U)",
     {noise_parameter(0.1)},
     1,
     two,
     spirals,
     nullptr,
     nullptr,
     spirals_density},
    {"gaussian",
     "mean + std n in both coordinates",
     {{{"std", 1, 1e-6, 1e6, "standard deviation"},
       {"mean", 0, -1e6, 1e6, "mean of both coordinates"}}},
     2,
     none,
     gaussian,
     nullptr,
     gaussian_mixture},
};

const ToyInfo& find_toy(std::string_view name) {
  std::string names;
  for (const ToyInfo& info : kToys) {
    if (name == info.name) return info;
    names += std::string(" ") + info.name;
  }
  fail("data", "there is no data set \"", name, "\"; choose one of:", names);
}

}  // namespace

std::span<const ToyInfo> toys() { return kToys; }

Toy::Toy(std::string_view name, const std::map<std::string, double>& parameters)
    : info_(find_toy(name)) {
  const auto list = info_.parameter_list();
  for (std::size_t i = 0; i < list.size(); ++i) values_[i] = list[i].value;
  for (const auto& [key, value] : parameters) {
    std::size_t i = 0;
    while (i < list.size() && key != list[i].name) ++i;
    std::string names;
    for (const ToyParameter& p : list) names += std::string(" ") + p.name;
    check(i < list.size(), "data", info_.name, " has no parameter \"", key, "\"; it has:", names);
    const ToyParameter& p = list[i];
    check(value >= p.low && value <= p.high, "data", p.name, " of ", info_.name, " is ", value,
          "; it must lie in [", p.low, ", ", p.high, "]");
    check(!p.whole || value == std::floor(value), "data", p.name, " of ", info_.name, " is ", value,
          "; it must be a whole number");
    values_[i] = value;
  }
}

// Draws the random numbers for a block of rows. Each row uses two blocks of the random generator,
// of four words each: uniform numbers come from words 0 to 2 of the first, and normal numbers from
// words 0 and 1 of the second.
void Toy::block(Stream stream, std::uint32_t first_row, ToyDraws& d) const {
  std::uint32_t word[4][ToyDraws::kRows];
  std::uint32_t* const words[4] = {word[0], word[1], word[2], word[3]};
  stream.words(first_row, d.rows, 0, words);
  for (int c = 0; c < 3; ++c) {
    for (int r = 0; r < d.rows; ++r)
      d.u[c][r] = (static_cast<real>(word[c][r] >> 9) + real(0.5)) * real(0x1p-23);
  }
  stream.words(first_row, d.rows, 1, words);
  for (int c = 0; c < 2; ++c) {
    for (int r = 0; r < d.rows; ++r)
      d.z[c][r] = (static_cast<real>(word[c][r]) + real(0.5)) * real(0x1p-32);
  }
  box_muller(d.z[0], d.z[1], d.rows);
}

void Toy::draw(Stream stream, std::uint32_t first_row, int rows, real* out, int* labels) const {
  ToyDraws d;
  int unwanted[ToyDraws::kRows];
  for (int done = 0; done < rows; done += d.rows) {
    d.rows = std::min(ToyDraws::kRows, rows - done);
    block(stream, first_row + static_cast<std::uint32_t>(done), d);
    info_.recipe(values_, d, out + 2 * static_cast<std::size_t>(done),
                 labels ? labels + done : unwanted);
  }
}

Tensor Toy::set(Stream stream, int n, std::vector<int>* labels) const {
  check(n > 0, "data", "the set has ", n, " rows; it must have at least one");
  Tensor x({n, 2});
  std::vector<int> label(n);
  ToyDraws d;
  for (int done = 0; done < n; done += d.rows) {
    d.rows = std::min(ToyDraws::kRows, n - done);
    block(stream, static_cast<std::uint32_t>(done), d);
    if (info_.spread) info_.spread(d, done, n);
    info_.recipe(values_, d, x.data() + 2 * static_cast<std::size_t>(done), label.data() + done);
  }
  if (labels) *labels = std::move(label);
  return x;
}

}  // namespace pushforward::inline PF_REAL
