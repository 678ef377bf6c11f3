// Tests imputation: the distribution of the filled numbers equals the conditional distribution in
// closed form, for a Gaussian with correlated columns and for a mixture with two ends; and sample
// numbers, known numbers, errors.
#include "flow/solve/impute.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "autograd/ops.h"
#include "autograd/tensor/tensor.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/source.h"
#include "flow/oracle/exact_field.h"
#include "flow/path/time_grid.h"
#include "tests/flow/gaussian_data.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr real kMissing = std::numeric_limits<real>::quiet_NaN();

// A Gaussian in two dimensions with standard deviations 1 and `s`, and correlation `rho`.
struct Correlated {
  std::array<double, 2> mean{1, -2};
  double s = 2, rho = 0.8;
  Parameterization parameterization{};

  // The exact model: E[x1 | x] = m + alpha C (alpha^2 C + sigma^2)^-1 (x - alpha m), and the
  // prediction that follows from it and from x = alpha x1 + sigma x0.
  Field field() const {
    return [*this](Var x, Var t) {
      std::span<real> out;
      const Var v = x.tape->uninitialised(x.shape(), out);
      for (int r = 0; r < x.shape().rows(); ++r) {
        const Coefficients c = parameterization.scheduler(double(t.values()[r]));
        const double aa = c.alpha * c.alpha, ss = c.sigma * c.sigma;
        const double p = aa + ss, q = aa * rho * s, w = aa * s * s + ss, det = p * w - q * q;
        const double d0 = x.values()[2 * r] - c.alpha * mean[0],
                     d1 = x.values()[2 * r + 1] - c.alpha * mean[1];
        const double e0 = (w * d0 - q * d1) / det, e1 = (p * d1 - q * d0) / det;
        const PredictionMix mix =
            prediction_mix(parameterization.prediction, c, parameterization.sigma_data);
        const double data0 = mean[0] + c.alpha * (e0 + rho * s * e1),
                     data1 = mean[1] + c.alpha * (rho * s * e0 + s * s * e1);
        out[2 * r] = static_cast<real>((mix.p * c.sigma * e0 + mix.q * data0) / mix.over);
        out[2 * r + 1] = static_cast<real>((mix.p * c.sigma * e1 + mix.q * data1) / mix.over);
      }
      return v;
    };
  }
};

ImputeOptions options(const Parameterization& parameterization, int particles, int steps = 60) {
  return {.parameterization = parameterization,
          .times = log_snr_grid(parameterization.scheduler, steps),
          .particles = particles};
}

// Fills n copies of a row, and returns the numbers of one column.
std::vector<double> filled(const Field& field, const ImputeOptions& options, int n,
                           std::vector<real> row, int column, std::uint64_t seed = 5) {
  Workers workers(2);
  const int dim = static_cast<int>(row.size());
  Tensor points({n, dim}), out({n, dim});
  for (int r = 0; r < n; ++r) std::ranges::copy(row, points.data() + r * dim);
  Imputer imputer(field, dim, options, workers);
  imputer.impute(n, points.data(), seed, out.data());
  std::vector<double> numbers;
  for (int r = 0; r < n; ++r) numbers.push_back(out.values()[r * dim + column]);
  return numbers;
}

struct Summary {
  double mean, std;
};
Summary summary(const std::vector<double>& x) {
  double sum = 0, squares = 0;
  for (double v : x) sum += v;
  const double mean = sum / static_cast<double>(x.size());
  for (double v : x) squares += (v - mean) * (v - mean);
  return {mean, std::sqrt(squares / static_cast<double>(x.size()))};
}

TEST_CASE("imputation: a column of a Gaussian has its conditional mean and deviation") {
  const Parameterization kinds[] = {
      {.prediction = Prediction::velocity, .scheduler = cond_ot()},
      {.prediction = Prediction::data, .scheduler = cosine()},
  };
  for (const Parameterization& kind : kinds) {
    Correlated law;
    law.parameterization = kind;
    CAPTURE(kind.scheduler.name, name_of(kind.prediction));
    // x0 | x1 = 1.5: the mean is 1 + rho / s (1.5 - -2), the variance 1 - rho^2.
    const auto x = summary(filled(law.field(), options(kind, 48), 1000, {kMissing, real(1.5)}, 0));
    CHECK(x.mean == Approx(1 + 0.8 / 2 * 3.5).margin(0.06));
    CHECK(x.std == Approx(0.6).margin(0.045));
  }
}

TEST_CASE("imputation: with one particle, the replacement method is wrong by a measured amount") {
  const Correlated law;
  const auto one = summary(
      filled(law.field(), options(law.parameterization, 1), 1000, {kMissing, real(1.5)}, 0));
  CHECK(std::abs(one.mean - 2.4) > 0.15);
}

TEST_CASE("imputation: both ends of a mixture get their conditional probabilities") {
  // Given x1 = 0.2, the ends x0 = -2 and x0 = 2 have the weights 0.3 N(0.2; -0.5, 0.6) and
  // 0.7 N(0.2; 0.5, 0.6).
  const auto data = GaussianMixture(
      {0.3, 0.7}, std::vector<std::vector<double>>{{-2, -0.5}, {2, 0.5}}, {0.6, 0.6});
  const Field field = oracle_field(make_oracle(GaussianSource(2), data), cond_ot());
  const auto x = filled(field, options({}, 48), 1000, {kMissing, real(0.2)}, 0);
  double right = 0;
  for (double v : x) right += v > 0;
  const auto normal = [](double d) { return std::exp(-d * d / (2 * 0.36)); };
  const double a = 0.3 * normal(0.7), b = 0.7 * normal(-0.3);
  CHECK(right / 1000 == Approx(b / (a + b)).margin(0.045));
}

TEST_CASE("imputation: a row without known numbers is a sample, and a whole row stays as it is") {
  const Correlated law;
  const auto free =
      summary(filled(law.field(), options(law.parameterization, 4), 2000, {kMissing, kMissing}, 1));
  CHECK(free.mean == Approx(-2).margin(0.15));
  CHECK(free.std == Approx(2).margin(0.1));
  CHECK(filled(law.field(), options(law.parameterization, 4), 1, {real(0.1), real(7)}, 1) ==
        std::vector<double>{double(real(7))});
}

TEST_CASE("imputation: a row's draws depend on the seed and on its number alone") {
  const Correlated law;
  const ImputeOptions few = options(law.parameterization, 8, 12);
  const int n = 70;
  Tensor points({n, 2}), all({n, 2}), other({n, 2}), tail({20, 2});
  for (int r = 0; r < n; ++r) {
    points.data()[2 * r] = r % 3 == 0 ? kMissing : real(r) / n;
    points.data()[2 * r + 1] = r % 3 == 1 ? kMissing : real(0.5);
  }
  Workers one(1), two(2);
  const ImputeReport report =
      Imputer(law.field(), 2, few, two).impute(n, points.data(), 1, all.data());
  Imputer(law.field(), 2, few, one).impute(n, points.data(), 1, other.data());
  CHECK(std::ranges::equal(all.values(), other.values()));
  Imputer(law.field(), 2, few, one).impute(20, points.data() + 2 * 50, 1, tail.data(), 50);
  CHECK(std::ranges::equal(std::span<const real>(all.values()).subspan(100), tail.values()));
  Imputer(law.field(), 2, few, one).impute(n, points.data(), 2, other.data());
  CHECK_FALSE(std::ranges::equal(all.values(), other.values()));
  for (int r = 0; r < n; ++r) {
    CHECK(std::isfinite(all.values()[2 * r]));
    if (r % 3 != 0) CHECK(all.values()[2 * r] == points.values()[2 * r]);
  }
  CHECK(
      report.evaluations ==
      96 * 8 *
          (2 * 12 -
           2));  // three blocks of 32 samples, 12 steps of two evaluations, one in the first and the last
  CHECK(report.least_effective >= 1);
  CHECK(report.mean_effective <= 8);
  CHECK(report.mean_effective >= report.least_effective);
}

TEST_CASE("imputation: every error names what is wrong") {
  Workers workers(1);
  const Field field = Correlated().field();
  const auto make = [&](Field model, int dim, const ImputeOptions& o) {
    Imputer(std::move(model), dim, o, workers);
  };
  ImputeOptions late = options({}, 4);
  late.times = time_grid(4, 0.5, 1);
  // From t = 0.25 on, the share of the data falls, so that noise would have to be taken away.
  ImputeOptions rising = options({}, 4);
  rising.times = time_grid(4);
  rising.parameterization.scheduler = {
      .name = "rising", .formula = [](double t, const Scheduler&) {
        return t == 0 ? Coefficients{0, 1, 1, 0} : Coefficients{2 - t, 1, -1, 0};
      }};
  Imputer imputer(field, 2, options({}, 4), workers);
  Imputer broken([](Var x, Var) { return x * real(INFINITY); }, 2, options({}, 4), workers);
  real row[2] = {1, kMissing};
  check_refusals({
      {[&] { make({}, 2, options({}, 4)); }, "[impute] no model is given"},
      {[&] { make(field, 0, options({}, 4)); }, "[impute] points of 0 numbers; give at least 1"},
      {[&] { make(field, 2, options({}, 0)); },
       "[impute] 0 particles for each sample; give at least 1"},
      {[&] { make(field, 2, late); },
       "[impute] the times go from 0.5 to 1 on cond_ot; they must increase, and begin where the path is noise alone"},
      {[&] { make(field, 2, rising); },
       "[impute] the noise does not decrease from t = 0.25 on rising; the path must lose noise at every step"},
      {[&] { imputer.impute(-1, nullptr, 0, nullptr); },
       "[impute] -1 points from sample 0 on; give 0 or more"},
      {[&] { imputer.impute(2147483647, nullptr, 0, nullptr); },
       "[impute] 2147483647 points with 4 particles each, which is more than 2^32 in all; fill the points in parts"},
  });
  CHECK_THROWS_WITH(broken.impute(1, row, 0, row),
                    Contains("[impute] the model's output at t=0.000000 is not finite"));
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
