// Compares the exact velocity, score and density of a flow (Oracle) with hand-computed values, with
// quadrature over the data, and with the equations that relate densities, scores and flows.
#include "flow/oracle/oracle.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward {
namespace {

using Numbers = std::vector<double>;

Mixture gaussian(double mean, double std, int dim = 1) {
  return {dim, {1}, Numbers(static_cast<std::size_t>(dim), mean), {std}};
}

// Returns paths of every kind, including paths whose velocity is infinite at an end.
std::vector<Scheduler> oracle_paths() {
  return {cond_ot(),   cond_ot(0.1), polynomial(2), cosine(),
          linear_vp(), vp(),         ve(0.05, 3),   edm(0.1, 5, 7)};
}

// Mixtures on the line and in the plane, as data, and a source with two components.
const Mixture kLine{1, {0.5, 0.3, 0.2}, {-1, 0.5, 2}, {0.3, 0.6, 0.15}};
const Mixture kOraclePlane{2, {0.6, 0.4}, {-1, 0.2, 1.3, -0.4}, {0.4, 0.7}};
const Mixture kPair{2, {0.25, 0.75}, {0.5, -0.5, -0.2, 0.3}, {1.1, 0.8}};

// Returns the derivative of f at x by a difference formula of fourth order in h.
double slope(const std::function<double(double)>& f, double x, double h) {
  return (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h);
}

double normal(double x, double mean, double std) {
  return std::exp(-std::pow((x - mean) / std, 2) / 2) / (std * std::sqrt(2 * kPi));
}

}  // namespace

TEST_CASE("the oracle has hand-computed values") {
  const Oracle gauss(gaussian(0, 1), gaussian(2, 0.5));
  CHECK(gauss.velocity(cond_ot()(0.4), Numbers{0.9})[0] == Approx(1.875).epsilon(1e-13));
  CHECK(gauss.velocity(linear_vp()(0.4), Numbers{0.9})[0] == Approx(1.965909091).epsilon(2.5e-10));
  CHECK(gauss.velocity(polynomial(2)(0.4), Numbers{0.9})[0] == Approx(1.078651685).epsilon(5e-10));

  const Oracle two(gaussian(0, 1), {1, {0.5, 0.5}, {-1, 1}, {0, 0}});
  const Coefficients half = cond_ot()(0.5);
  CHECK(two.data_mean(half, Numbers{0.3})[0] == Approx(0.537049567).epsilon(1e-9));
  CHECK(two.velocity(half, Numbers{0.3})[0] == Approx(0.474099134).epsilon(1e-9));
  CHECK(two.score(half, Numbers{0.3})[0] == Approx(-0.125900866).epsilon(4e-9));
  CHECK(two.data_mean(half, Numbers{0.3})[0] == Approx(std::tanh(0.6)).epsilon(1e-14));

  const Oracle same(gaussian(0, 1), gaussian(0, 1));
  CHECK(same.velocity(cond_ot()(0.3), Numbers{1})[0] == Approx(-0.6896551724).epsilon(1e-10));
  CHECK(std::abs(same.velocity(cond_ot()(0.5), Numbers{1})[0]) < 1e-15);
  CHECK(same.velocity(cond_ot()(0.7), Numbers{1})[0] == Approx(0.6896551724).epsilon(1e-10));
}

TEST_CASE("the oracle agrees with quadrature over the data") {
  // Given x1 and xt, x0 is known, so only x1 is integrated. The error of such sums of smooth
  // functions decreases faster than any power of the step.
  const Mixture source = gaussian(0.3, 1.2);
  const Oracle oracle(source, kLine);
  for (const Scheduler& path : oracle_paths()) {
    for (double t : {0.1, 0.5, 0.8}) {
      const Coefficients c = path(t);
      for (double x : {-2.2, 0.1, 1.7}) {
        CAPTURE(path.name, t, x);
        double p = 0, x1_mean = 0, x0_mean = 0, u = 0, square = 0;
        const double h = 1e-3;
        for (double x1 = -8; x1 < 8; x1 += h) {
          const double x0 = (x - c.alpha * x1) / c.sigma;
          double weight = normal(x0, 0.3, 1.2) / c.sigma * h, data = 0;
          for (int k = 0; k < 3; ++k)
            data += kLine.weights[k] * normal(x1, kLine.means[k], kLine.stds[k]);
          weight *= data;
          const double dx = c.dalpha * x1 + c.dsigma * x0;
          p += weight;
          x1_mean += weight * x1;
          x0_mean += weight * x0;
          u += weight * dx;
          square += weight * dx * dx;
        }
        x1_mean /= p, x0_mean /= p, u /= p, square /= p;
        const double scale = 1 + std::sqrt(square);
        CHECK(std::abs(oracle.log_density(c, Numbers{x})[0] - std::log(p)) < 1e-11);
        CHECK(std::abs(oracle.data_mean(c, Numbers{x})[0] - x1_mean) < 1e-11);
        CHECK(std::abs(oracle.source_mean(c, Numbers{x})[0] - x0_mean) < 1e-11);
        CHECK(std::abs(oracle.velocity(c, Numbers{x})[0] - u) < 1e-11 * scale);
        CHECK(std::abs(oracle.velocity_variance(c, Numbers{x})[0] - (square - u * u)) <
              1e-11 * scale * scale);
        CHECK(std::abs(c.alpha * x1_mean + c.sigma * x0_mean - x) < 1e-11);
      }
    }
  }
}

TEST_CASE("score, divergence and density are derivatives of one another") {
  const Oracle oracle(kPair, kOraclePlane);
  for (const Scheduler& path : oracle_paths()) {
    for (double t : {0.15, 0.5, 0.85}) {
      const Coefficients c = path(t);
      for (const Numbers& x : {Numbers{0.3, -0.2}, Numbers{-1.1, 0.9}}) {
        CAPTURE(path.name, t, x);
        const Numbers u = oracle.velocity(c, x), score = oracle.score(c, x);
        double divergence = 0, carried = 0;
        for (int j = 0; j < 2; ++j) {
          const auto moved = [&](double to) {
            Numbers y = x;
            y[j] = to;
            return y;
          };
          const double by_difference =
              slope([&](double to) { return oracle.log_density(c, moved(to))[0]; }, x[j], 1e-3);
          CHECK(std::abs(score[j] - by_difference) < 1e-8 * (1 + std::abs(score[j])));
          divergence +=
              slope([&](double to) { return oracle.velocity(c, moved(to))[j]; }, x[j], 1e-3);
          carried += u[j] * score[j];
        }
        const double div = oracle.divergence(c, x)[0];
        CHECK(std::abs(div - divergence) < 1e-8 * (1 + std::abs(div)));
        // The equation is the continuity equation dp/dt = -div(u p) for the density p and the
        // velocity u, divided by p.
        const double change =
            slope([&](double s) { return oracle.log_density(path(s), x)[0]; }, t, 1e-4);
        CHECK(std::abs(change + div + carried) < 1e-7 * (1 + std::abs(change)));
      }
    }
  }
}

TEST_CASE("p_t is a mixture, which is the data at t = 1") {
  const Oracle oracle(gaussian(0, 1, 2), kOraclePlane);
  const Mixture end = oracle.marginal(cond_ot()(1));
  CHECK(end.means == kOraclePlane.means);
  CHECK(end.stds == kOraclePlane.stds);
  const Coefficients c = cosine()(0.3);
  const Mixture m = oracle.marginal(c);
  const Numbers x{0.4, -0.7};
  double p = 0;
  for (int k = 0; k < 2; ++k) {
    CHECK(m.weights[k] == Approx(kOraclePlane.weights[k]).epsilon(1e-14));
    p += m.weights[k] * normal(x[0], m.mean(k)[0], m.stds[k]) *
         normal(x[1], m.mean(k)[1], m.stds[k]);
  }
  CHECK(oracle.log_density(c, x)[0] == Approx(std::log(p)).epsilon(1e-13));
}

TEST_CASE("the flow of the oracle moves one Gaussian to the other") {
  // From the source N(m0, s0^2) to the data N(m, s^2), the flow moves x0 to x(1) = m + (s / s0) (x0
  // - m0). ln p changes by the integral of -div u.
  const Oracle oracle(gaussian(-0.4, 1.5), gaussian(2, 0.5));
  const Oracle centred(gaussian(0, 1.5), gaussian(2, 0.5));
  for (const Scheduler& path : {cond_ot(), polynomial(2), cosine(), linear_vp()}) {
    // On linear_vp, the velocity at t = 1 is finite only if the source has mean 0.
    const bool sharp = path.name == std::string("linear_vp");
    const Oracle& o = sharp ? centred : oracle;
    CAPTURE(path.name);
    Numbers x{1.1};
    double log_p = o.log_density(path(0), x)[0];
    const int steps = 400;
    const auto at = [&](double t, double y) { return o.velocity(path(t), Numbers{y})[0]; };
    const auto fall = [&](double t, double y) { return o.divergence(path(t), Numbers{y})[0]; };
    for (int i = 0; i < steps; ++i) {
      const double h = 1. / steps, t = i * h, last = i + 1 == steps ? 1 : t + h;
      const double k1 = at(t, x[0]), k2 = at(t + h / 2, x[0] + h / 2 * k1),
                   k3 = at(t + h / 2, x[0] + h / 2 * k2), k4 = at(last, x[0] + h * k3);
      const double f1 = fall(t, x[0]), f2 = fall(t + h / 2, x[0] + h / 2 * k1),
                   f3 = fall(t + h / 2, x[0] + h / 2 * k2), f4 = fall(last, x[0] + h * k3);
      x[0] += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
      log_p -= h / 6 * (f1 + 2 * f2 + 2 * f3 + f4);
    }
    CHECK(std::abs(x[0] - (2 + (1.1 - (sharp ? 0 : -0.4)) / 3)) < 1e-8);
    CHECK(std::abs(log_p - o.log_density(path(1), x)[0]) < 1e-8);
  }
}

TEST_CASE("the variance that remains given xt has the known integral over t") {
  // For N(0, 1) to N(2, s^2), the mean of Var(x1 - x0 | xt) over t is s pi / 2.
  const Oracle oracle(gaussian(0, 1), gaussian(2, 0.5));
  double sum = 0;
  for (int i = 0; i < 20000; ++i)
    sum += oracle.velocity_variance(cond_ot()((i + 0.5) / 20000), Numbers{0.7})[0] / 20000;
  CHECK(sum == Approx(0.5 * kPi / 2).epsilon(1e-8));
}

TEST_CASE("a distribution of points has the right limits where sigma is 0") {
  // The data is the points 0, 1, 1 and 3, so the point 1 has two weights, 0.1 and 0.2.
  const Oracle oracle(gaussian(0, 1), {1, {0.4, 0.1, 0.2, 0.3}, {0, 1, 1, 3}, {0, 0, 0, 0}});
  for (const Scheduler& path : {cond_ot(), linear_vp(), vp(), cosine()}) {
    CAPTURE(path.name);
    const Coefficients end = path(1);
    CHECK(oracle.posterior(end, Numbers{1.2}) ==
          Numbers{0, 0.1 / (0.1 + 0.2), 0.2 / (0.1 + 0.2), 0});
    CHECK(oracle.posterior(end, Numbers{3})[3] == 1);
    CHECK(oracle.log_density(end, Numbers{3, 2.9}) == Numbers{kInfinity, -kInfinity});
    CHECK(oracle.velocity(end, Numbers{2.5, -1e9, 1e9})[0] == Approx(3 * end.dalpha));
    CHECK(oracle.data_mean(end, Numbers{2.5, -1e9, 1e9}) == Numbers{3, 0, 3});
    CHECK(oracle.source_mean(end, Numbers{2.5}) == Numbers{0});
    CHECK(oracle.score(end, Numbers{3, 2.9}) == Numbers{0, kInfinity});
    CHECK(oracle.divergence(end, Numbers{2.5}) == Numbers{0});
  }
  // Where two points of the data are equally near, the posterior is proportional to their weights.
  const Numbers tie = oracle.posterior(cond_ot()(1), Numbers{2});
  CHECK(tie[0] == 0);
  CHECK(tie[1] == Approx(0.1 / 0.6));
  CHECK(tie[3] == Approx(0.3 / 0.6));
  // Near t = 1 nothing underflows or overflows. For a state on the path to the data point 3, the
  // posterior has all its weight on this point.
  for (double left : {1e-3, 1e-9, 1e-15}) {
    const Coefficients c = cond_ot()(1 - left);
    const double x0 = -0.7, x = c.alpha * 3 + c.sigma * x0;
    CHECK(oracle.posterior(c, Numbers{x})[3] == 1);
    CHECK(std::isfinite(oracle.velocity(c, Numbers{2.2})[0]));
    if (left > 1e-10) CHECK(oracle.velocity(c, Numbers{x})[0] == Approx(3 - x0).epsilon(1e-6));
  }

  // At t = 1, a component of the mixture that is a point has density only at this point. Everywhere
  // else, the component with a width has all the weight.
  const Oracle mixed(gaussian(0, 1), {1, {0.5, 0.5}, {1, 0}, {0, 2}});
  const Coefficients end = cond_ot()(1);
  CHECK(mixed.posterior(end, Numbers{1, 1.1}) == Numbers{1, 0, 0, 1});
  CHECK(mixed.log_density(end, Numbers{1.1})[0] == Approx(std::log(0.5 * normal(1.1, 0, 2))));
  CHECK(mixed.velocity(end, Numbers{1, 1.1})[0] == 1);
  // Far away from the data, the densities of all components underflow.
  const Oracle wide(gaussian(0, 1), {1, {0.5, 0.5}, {0, 0}, {1, 2}});
  CHECK(wide.posterior(end, Numbers{1e200}) == Numbers{0, 1});
  CHECK(wide.posterior(end, Numbers{1e3})[1] == 1);
}

TEST_CASE("the oracle's rows do not depend on each other") {
  const Oracle oracle(kPair, kOraclePlane);
  const Coefficients c = cond_ot()(0.4);
  const Numbers all = oracle.velocity(c, Numbers{0.1, 0.2, -3, 4, 0.5, 0.6});
  CHECK(all.size() == 6);
  const Numbers one = oracle.velocity(c, Numbers{-3, 4});
  CHECK(one == Numbers{all[2], all[3]});
  CHECK(oracle.posterior(c, Numbers{0, 0, 1, 1}).size() == 8);
}

TEST_CASE("every result of the oracle is returned or written to an array of its size") {
  const Oracle oracle(kPair, kOraclePlane);
  const Coefficients c = cond_ot()(0.4);
  const Numbers x{0.1, 0.2, -3, 4};
  const auto alike = [&](auto returned, auto written) {
    const Numbers answer = (oracle.*returned)(c, x);
    Numbers out(answer.size(), 7), shorter(answer.size() + 1);
    (oracle.*written)(c, x, out);
    CHECK(out == answer);
    CHECK_THROWS_WITH((oracle.*written)(c, x, shorter),
                      "[oracle] room for " + std::to_string(shorter.size()) +
                          " numbers of an answer of 2 rows of " +
                          std::to_string(answer.size() / 2) + "; give a span of its size");
  };
  using Returned = Numbers (Oracle::*)(const Coefficients&, std::span<const double>) const;
  using Written =
      void (Oracle::*)(const Coefficients&, std::span<const double>, std::span<double>) const;
  alike(Returned(&Oracle::log_density), Written(&Oracle::log_density));
  alike(Returned(&Oracle::posterior), Written(&Oracle::posterior));
  alike(Returned(&Oracle::data_mean), Written(&Oracle::data_mean));
  alike(Returned(&Oracle::source_mean), Written(&Oracle::source_mean));
  alike(Returned(&Oracle::velocity), Written(&Oracle::velocity));
  alike(Returned(&Oracle::score), Written(&Oracle::score));
  alike(Returned(&Oracle::divergence), Written(&Oracle::divergence));
  alike(Returned(&Oracle::velocity_variance), Written(&Oracle::velocity_variance));
  // pairs_given evaluates one row at a time, and returns the density too.
  Numbers r(4);
  CHECK(oracle.pairs_given(c, std::span(x).first(2), r) == oracle.log_density(c, x)[0]);
  CHECK(r == oracle.posterior(c, std::span(x).first(2)));
  CHECK_THROWS_WITH(oracle.pairs_given(c, x, r),
                    "[oracle] 4 numbers and room for 4 for a point of dimension 2 and 4 pairs");
}

TEST_CASE("invalid points and coefficients are refused") {
  const Oracle oracle(kPair, kOraclePlane);
  const double nan = std::nan("");
  CHECK_THROWS_WITH(oracle.score(cond_ot()(0.4), Numbers{0, 1, 2}),
                    "[oracle] 3 numbers for points of dimension 2; give whole rows");
  CHECK_THROWS_WITH(oracle.score(cond_ot()(0.4), Numbers{0, 1, 2, nan}),
                    "[oracle] coordinate 1 of point 1 is not a number");
  CHECK_THROWS_WITH(oracle.log_density({0.5, -0.5, 1, -1}, Numbers{0, 1}),
                    "[oracle] alpha is 0.5 and sigma -0.5; both are finite and not negative");
  CHECK_THROWS_WITH(oracle.marginal({nan, 0.5, 1, -1}),
                    "[oracle] alpha is nan and sigma 0.5; both are finite and not negative");
}

TEST_CASE("questions without an exact answer are refused with the reason") {
  CHECK_THROWS_WITH(Oracle(gaussian(0, 1, 2), gaussian(0, 1, 3)),
                    "[oracle] the source has dimension 2 and the data 3; both must agree");
  CHECK_THROWS_WITH(Oracle(gaussian(0, 0), gaussian(0, 0)),
                    "[oracle] source and data both have components of std 0, and p_t then has "
                    "no density; give every component of one of them a std above 0");
  CHECK_THROWS_WITH(
      Oracle(gaussian(0, 1), {1, {0.5, 0.5}, {0}, {1, 1}}),
      "[oracle] the data has 2 weights, 2 stds and 1 numbers for means of dimension 1; "
      "give one of each for every component");
  CHECK_THROWS_WITH(Oracle(gaussian(0, 1), {1, {0}, {0}, {1}}),
                    "[oracle] weight 0 of the data is 0; weights are positive and finite");
  CHECK_THROWS_WITH(Oracle(gaussian(0, -1), gaussian(0, 1)),
                    "[oracle] std 0 of the source is -1; it must be finite and not negative");
  const Mixture many{1, std::vector<double>(50'000, 1. / 50'000), std::vector<double>(50'000, 0.),
                     std::vector<double>(50'000, 1.)};
  CHECK_THROWS_WITH(Oracle(many, many),
                    "[oracle] 50000 components of the source times 50000 of the data are too many "
                    "pairs; give fewer");
  CHECK_THROWS_WITH(Oracle(gaussian(0, 1), gaussian(std::nan(""), 1)),
                    "[oracle] a mean of the data is nan; means are finite");
  const Oracle oracle(gaussian(0.5, 1), gaussian(0, 1));
  CHECK_THROWS_WITH(oracle.velocity(linear_vp()(1), Numbers{1}),
                    Contains("dsigma is -inf and the source's mean is not 0: "
                             "the velocity is infinite; evaluate it a little inside the path"));
  CHECK_THROWS_WITH(
      oracle.velocity(polynomial(0.5)(0), Numbers{1}),
      Contains("alpha is 0 with slope inf, sigma 1 with slope -inf: the velocity is infinite"));
  const Oracle plane(gaussian(0, 1, 2), kOraclePlane);
  CHECK_THROWS_WITH(plane.score(cond_ot()(0.5), Numbers{1, 2, 3}),
                    "[oracle] 3 numbers for points of dimension 2; give whole rows");
}

}  // namespace pushforward
