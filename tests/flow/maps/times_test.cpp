// Tests the pairs of times of flow maps, the share of the diagonal, and alpha-Flow's curriculum.
#include "flow/maps/times.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "flow/maps/loss.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

struct Pairs {
  std::vector<real> s, t, part;
};

Pairs drawn(const MapTimes& times, int rows, std::uint32_t first = 0) {
  const std::size_t n = static_cast<std::size_t>(rows);
  Pairs p{std::vector<real>(n), std::vector<real>(n), std::vector<real>(n)};
  draw_map_times(times, {3, Purpose::path_noise, 1}, first, rows,
                 {p.s.data(), p.t.data(), p.part.data()});
  return p;
}

double mean(const std::vector<real>& x) {
  double sum = 0;
  for (const real one : x) sum += double(one);
  return sum / double(x.size());
}

}  // namespace

TEST_CASE("map times: uniform pairs fill the triangle s < t") {
  const int n = 40000;
  const Pairs p = drawn({}, n);
  int half = 0;
  for (std::size_t k = 0; k < p.s.size(); ++k) {
    CHECK_FALSE(p.s[k] > p.t[k]);
    half += p.t[k] < real(0.5);
  }
  // The mean of the smaller of two uniform numbers is 1/3, and both are below 1/2 in 1/4 of draws.
  CHECK(mean(p.s) == Approx(1. / 3).margin(0.006));
  CHECK(mean(p.t) == Approx(2. / 3).margin(0.006));
  CHECK(mean(p.part) == Approx(0.5).margin(0.006));
  CHECK(double(half) / n == Approx(0.25).margin(0.01));
}

TEST_CASE("map times: pairs start at 0 and run backward as often as requested") {
  const int n = 20000;
  const Pairs p = drawn({.from_start = 0.25, .both_ways = true}, n);
  int zero = 0, backward = 0;
  for (std::size_t k = 0; k < p.s.size(); ++k) {
    zero += std::min(p.s[k], p.t[k]) == 0;
    backward += p.s[k] > p.t[k];
  }
  CHECK(double(zero) / n == Approx(0.25).margin(0.012));
  CHECK(double(backward) / n == Approx(0.5).margin(0.012));
}

TEST_CASE("map times: sorted logit-normal draws, each row by itself") {
  const MapTimes times{.each = logit_normal_time(-0.4, 1)};
  const Pairs all = drawn(times, 200), later = drawn(times, 50, 100);
  for (std::size_t k = 0; k < 50; ++k) {
    CHECK(all.s[100 + k] == later.s[k]);
    CHECK(all.t[100 + k] == later.t[k]);
    CHECK(all.part[100 + k] == later.part[k]);
  }
}

TEST_CASE("map times: the shares of chunks add up") {
  for (const double share : {0., 0.25, 0.5, 0.7, 1.}) {
    int sum = 0;
    for (int first = 0; first < 300; first += 16) sum += diagonal_rows(share, first, 16);
    CHECK(sum == diagonal_rows(share, 0, 304));
    CHECK(sum == static_cast<int>(share * 304 + 1e-9));
  }
  CHECK(diagonal_rows(0.7, 0, 10) == 7);
}

TEST_CASE("map times: alpha falls from 1 to 0") {
  CHECK(alpha_after(0) == 1);
  CHECK(alpha_after(1) == 0);
  CHECK(alpha_after(0.5) == 0.5);
  CHECK(alpha_after(0.4) == Approx(1 - alpha_after(0.6)));
  CHECK(alpha_after(0.4, 10) == Approx(1 / (1 + std::exp(-1.))));
}

TEST_CASE("map times: mistakes are named") {
  CHECK_THROWS_WITH(drawn({.from_start = 1.5}, 1),
                    "[map_times] from_start is 1.5; it is a probability, from 0 to 1");
  CHECK_THROWS_WITH(drawn({.each = stratified_time()}, 1),
                    "[map_times] the distribution \"stratified\" has no quantile function or is "
                    "stratified; give a distribution of single times");
  CHECK_THROWS_WITH(diagonal_rows(1.5, 0, 4),
                    "[map_times] the share of the diagonal is 1.5; it must be from 0 to 1");
  CHECK_THROWS_WITH(diagonal_rows(0.5, -1, 4),
                    "[map_times] 4 rows from row -1 on; both numbers must be 0 or more");
  CHECK_THROWS_WITH(alpha_after(2),
                    "[map_loss] the progress is 2 and the sharpness 25; the first must be from 0 "
                    "to 1, the second above 0");
}

}  // namespace pushforward::inline PF_REAL
