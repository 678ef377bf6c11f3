// Tests time distributions: accurate quantiles, the distribution of draws, and one draw per
// stratum.
#include "flow/train/time_distribution.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"
#include "tests/tools/statistics.h"

namespace pushforward::inline PF_REAL {
namespace {

std::vector<double> draws(const TimeDistribution& distribution, int n, std::uint32_t step = 3) {
  std::vector<real> t(n);
  draw_times(distribution, {7, Purpose::time, step}, 0, n, n, t.data());
  return {t.begin(), t.end()};
}

struct TimeRow {
  TimeDistribution distribution;
  double (*cdf)(double t);
};

// Returns time distributions with their distribution functions, which do not use the quantile.
const std::vector<TimeRow>& rows() {
  static const std::vector<TimeRow> all{
      {uniform_time(), [](double t) { return t; }},
      {logit_normal_time(),
       [](double t) { return 0.5 * std::erfc(-std::log(t / (1 - t)) / std::sqrt(2.)); }},
      {logit_normal_time(-0.6, 1.6),
       [](double t) {
         return 0.5 * std::erfc(-(std::log(t / (1 - t)) + 0.6) / 1.6 / std::sqrt(2.));
       }},
      {cosmap_time(), [](double t) { return 2 / kPi * std::atan(t / (1 - t)); }},
      {u_shaped_time(), [](double t) { return 0.5 + std::sinh(4 * t - 2) / (2 * std::sinh(2.)); }},
      {u_shaped_time(0.3),
       [](double t) { return 0.5 + std::sinh(0.3 * (t - 0.5)) / (2 * std::sinh(0.15)); }},
      {beta_time(1.5, 1), [](double t) { return std::pow(t, 1.5); }},
      {beta_time(2, 2), [](double t) { return t * t * (3 - 2 * t); }},
      {noise_level_time(cond_ot()),
       [](double t) {
         return 0.5 * std::erfc((std::log((1 - t) / t) + 1.2) / 1.2 / std::sqrt(2.));
       }},
      {mode_time(0.8),
       [](double t) {  // finds u by bisection of the formula for t
         double low = 0, high = 1;
         for (int i = 0; i < 60; ++i) {
           const double u = (low + high) / 2, c = std::cos(kPi / 2 * u);
           (1 - u - 0.8 * (c * c - 1 + u) > t ? low : high) = u;
         }
         return 1 - low;
       }},
      {mode_time(-1), [](double t) { return 2 / kPi * std::asin(std::sqrt(t)); }},
  };
  return all;
}

}  // namespace

TEST_CASE("quantiles of the time distributions have ten correct digits") {
  const TimeDistribution narrow = logit_normal_time(-0.4, 1), wide = logit_normal_time(-0.6, 1.6);
  CHECK(narrow.quantile(0.1) == Approx(0.1568901253).epsilon(1e-9));
  CHECK(narrow.quantile(0.5) == Approx(0.4013123399).epsilon(1e-9));
  CHECK(narrow.quantile(0.9) == Approx(0.7071436404).epsilon(1e-9));
  CHECK(wide.quantile(0.1) == Approx(0.06595927679).epsilon(1e-9));
  CHECK(wide.quantile(0.5) == Approx(0.3543436938).epsilon(1e-9));
  CHECK(wide.quantile(0.9) == Approx(0.8100726808).epsilon(1e-9));
  const TimeDistribution cosmap = cosmap_time();
  CHECK(cosmap.quantile(0.1) == Approx(0.136728736).epsilon(1e-8));
  CHECK(cosmap.quantile(0.5) == Approx(0.5).epsilon(1e-12));
  CHECK(cosmap.quantile(0.9) == Approx(0.863271264).epsilon(1e-8));
}

TEST_CASE("quantiles rise from 0 to 1 and invert the distribution function") {
  for (const TimeRow& row : rows()) {
    CAPTURE(row.distribution.name);
    double before = 0;
    for (int k = 1; k < 64; ++k) {
      const double u = k / 64., t = row.distribution.quantile(u);
      CAPTURE(u, t);
      CHECK(t > before);
      CHECK(t < 1);
      CHECK(row.cdf(t) == Approx(u).epsilon(1e-9));
      before = t;
    }
  }
  // mode_time has a density that is infinite at t = 0 and 1 for the smallest scale, and infinite in
  // the middle for the largest.
  for (double scale : {-1., 0., 1.29, 2 / (kPi - 2)}) {
    const TimeDistribution distribution = mode_time(scale);
    CAPTURE(scale);
    CHECK(distribution.quantile(0) == 0);
    CHECK(distribution.quantile(1) == 1);
    for (int k = 0; k < 64; ++k)
      CHECK(distribution.quantile(k / 64.) < distribution.quantile((k + 1) / 64.));
  }
}

TEST_CASE("every time distribution has a quantile function, which refuses invalid probabilities") {
  for (const TimeDistribution& distribution :
       {uniform_time(), stratified_time(), TimeDistribution{}, logit_normal_time(), mode_time(),
        cosmap_time(), u_shaped_time(), beta_time(2, 1), noise_level_time(ve())}) {
    CAPTURE(distribution.name);
    CHECK(distribution.quantile(0) == 0);
    CHECK(distribution.quantile(1) == 1);
    CHECK(distribution.quantile(0.5) > 0);
  }
  CHECK(uniform_time().quantile(0.5) == 0.5);
  CHECK(stratified_time().quantile(0.25) == 0.25);
  CHECK_THROWS_WITH(uniform_time().quantile(1.5),
                    "[time] the quantile function of uniform is asked at u = 1.5; "
                    "u is a probability, 0 to 1");
  CHECK_THROWS_WITH(logit_normal_time().quantile(-0.25),
                    "[time] the quantile function of logit_normal is asked at u = -0.25; "
                    "u is a probability, 0 to 1");
}

TEST_CASE("times are drawn for the rows of a batch, from a valid distribution") {
  real t[4];
  TimeDistribution empty = uniform_time();
  empty.quantile = nullptr;
  CHECK_THROWS_WITH(draw_times(empty, {}, 0, 4, 4, t),
                    "[time] the distribution \"uniform\" has no quantile function; give it one, "
                    "or take uniform_time()");
  empty.name = "mine";
  empty.quantile = [](double) { return std::nan(""); };
  CHECK_THROWS_WITH(draw_times(empty, {}, 0, 4, 4, t),
                    "[time] the quantile function of \"mine\" gave NaN; "
                    "it must give a time for every u in (0, 1)");
  CHECK_THROWS_WITH(draw_times(uniform_time(), {}, 2, 4, 4, t),
                    "[time] 4 times from row 2 on in a batch of 4; "
                    "give rows of the batch, and how many it has");
}

TEST_CASE("draws follow their distribution, within (0, 1)") {
  for (const TimeRow& row : rows()) {
    CAPTURE(row.distribution.name);
    const std::vector<double> t = draws(row.distribution, 20000);
    CHECK(std::ranges::all_of(t, [](double x) { return x > 0 && x < 1; }));
    CHECK(plausible(kolmogorov_tail(t, row.cdf)));
  }
}

TEST_CASE("a stratified batch has one time in each stratum, for any chunks") {
  constexpr int n = 300;
  const TimeDistribution distribution = stratified_time();
  const std::vector<double> t = draws(distribution, n);
  for (int k = 0; k < n; ++k) {
    CHECK(t[k] >= double(k) / n);
    CHECK(t[k] <= double(k + 1) / n);
  }
  std::vector<real> part(44);
  draw_times(distribution, {7, Purpose::time, 3}, 256, 44, n, part.data());
  CHECK(std::equal(part.begin(), part.end(), t.begin() + 256,
                   [](real a, double b) { return static_cast<double>(a) == b; }));
  CHECK(draws(distribution, n, 4) != t);
}

TEST_CASE("noise levels beyond the path's range are replaced by those at its ends") {
  const TimeDistribution distribution = noise_level_time(edm(0.5, 2, 7), 0, 30);
  const std::vector<double> t = draws(distribution, 1000);
  CHECK(std::ranges::count_if(t, [](double x) { return x < 1e-6; }) > 450);
  CHECK(std::ranges::count_if(t, [](double x) { return x > 1 - 1e-6; }) > 450);
}

TEST_CASE("invalid time distributions are refused") {
  CHECK_THROWS_WITH(
      logit_normal_time(0, 0),
      "[time] logit_normal has mean 0 and std 0; both must be finite, and std positive");
  CHECK_THROWS_WITH(u_shaped_time(0),
                    "[time] the sharpness of u_shaped is 0; it must be above 0 and at most 100");
  CHECK_THROWS_WITH(beta_time(1, 0), "[time] beta has a 1 and b 0; both must be positive");
  CHECK_THROWS_WITH(mode_time(2),
                    Contains("[time] the scale of mode is 2; it must lie in [-1, 1.75"));
}

}  // namespace pushforward::inline PF_REAL
