// Tests one step of the chain that samples tokens: known numbers, valid probabilities, and that
// several steps of the scheme `kernel` compose to one.
#include "flow/discrete/step.h"

#include <string>

#include <algorithm>
#include <cmath>

#include "flow/path/time_grid.h"
#include "tests/tools/catch.h"

namespace pushforward {
namespace {

using TransitionMatrix = std::vector<std::vector<double>>;  // matrix[x][y]

// Returns the distribution of the state after a step, given x1, for each state x before it.
TransitionMatrix matrix(const TokenStep& step, const TokenPath& path, int x1) {
  TransitionMatrix m(path.states(), std::vector<double>(path.states()));
  for (int x = 0; x < path.states(); ++x) step.distribution(x, x1, m[x]);
  return m;
}

TransitionMatrix operator*(const TransitionMatrix& a, const TransitionMatrix& b) {
  TransitionMatrix c(a.size(), std::vector<double>(a.size()));
  for (std::size_t x = 0; x < a.size(); ++x)
    for (std::size_t y = 0; y < a.size(); ++y)
      for (std::size_t z = 0; z < a.size(); ++z) c[x][y] += a[x][z] * b[z][y];
  return c;
}

double conditional(const TokenPath& path, double t, int x1, int y) {
  return path.kappa(t) * (y == x1) + path.kappa.left(t) * path.source_probability(y);
}

std::vector<TokenPath> step_paths() {
  std::vector<TokenPath> all;
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform})
    for (const Kappa& kappa :
         {linear_kappa(), polynomial_kappa(2), sine_squared_kappa(), cosine_kappa()})
      all.push_back({kappa, kind, 4});
  return all;
}

const Corrector kCorrectors[] = {{},
                                 {Corrector::Kind::constant, 3},
                                 {Corrector::Kind::bump, 40},
                                 {Corrector::Kind::balanced, 1},
                                 {Corrector::Kind::remask, 10}};

}  // namespace

TEST_CASE("jumps of Euler's method and of the kernel have the known numbers") {
  const TokenPath path{linear_kappa(), SourceKind::uniform, 4};
  CHECK(TokenStep(path, CtmcMethod::euler, {}, 0.4, 0.5).move(0, 3).to_x1 ==
        Approx(0.1535182751).epsilon(1e-9));
  CHECK(TokenStep(path, CtmcMethod::kernel, {}, 0.4, 0.5).move(0, 3).to_x1 ==
        Approx(0.1666666667).epsilon(1e-9));
  // With the corrector `balanced` of strength 1, the total rate of leaving state 0 is 5.208333333.
  const TokenStep step(path, CtmcMethod::euler, {Corrector::Kind::balanced, 1}, 0.4, 0.5);
  std::vector<double> distribution(4);
  step.distribution(0, 3, distribution);
  const double jump = 0.4059746794;
  CHECK(1 - distribution[0] == Approx(jump).epsilon(1e-9));
  CHECK(distribution[1] == Approx(0.12 * jump).epsilon(1e-9));
  CHECK(distribution[2] == Approx(0.12 * jump).epsilon(1e-9));
  CHECK(distribution[3] == Approx(0.76 * jump).epsilon(1e-9));
  CHECK(step.max_probability() >= jump);
}

TEST_CASE("first-order steps are the masking sampler of Campbell et al.") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 4};
  const TokenStep step(path, CtmcMethod::adaptive, {Corrector::Kind::remask, 10}, 0.3, 0.31);
  CHECK(step.move(4, 2).to_x1 == Approx(0.05714285714).epsilon(1e-9));
  CHECK(step.move(2, 2).resampled == Approx(0.1).epsilon(1e-9));
  CHECK(step.resampled_state(2, 0.5) == 4);
  CHECK(step.remasks());
}

TEST_CASE("the probability of no jump before the last of n steps has the known numbers") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 2};
  const auto left = [&](CtmcMethod method, int n) {
    const std::vector<double> grid = time_grid(n);
    double stays = 1;
    for (int i = 0; i + 1 < n; ++i)
      stays *= TokenStep(path, method, {}, grid[i], grid[i + 1]).move(2, 0).stay;
    return stays;
  };
  CHECK(left(CtmcMethod::euler, 10) == Approx(0.1452980318).epsilon(1e-9));
  CHECK(left(CtmcMethod::euler, 64) == Approx(0.02366185778).epsilon(1e-9));
  CHECK(left(CtmcMethod::kernel, 10) == Approx(0.1).epsilon(1e-13));
  CHECK(left(CtmcMethod::kernel, 64) == Approx(1. / 64).epsilon(1e-13));
  // With kappa = t, a step of the scheme `adaptive` equals one of the scheme `kernel`.
  CHECK(left(CtmcMethod::adaptive, 10) == Approx(0.1).epsilon(1e-13));
}

TEST_CASE("the kernel moves p_t given x1 exactly, and several steps compose to one") {
  for (const TokenPath& path : step_paths()) {
    for (const Corrector& corrector : kCorrectors) {
      CAPTURE(int(*path.source), path.kappa.name(), name_of(corrector.kind));
      const auto at = [&](double from, double to) {
        return matrix(TokenStep(path, CtmcMethod::kernel, corrector, from, to), path, 1);
      };
      for (const auto& [a, b, c] : {std::array{0., 0.2, 0.6}, std::array{0.1, 0.5, 0.95}}) {
        const TransitionMatrix once = at(a, c), twice = at(a, b) * at(b, c);
        for (int x = 0; x < path.states(); ++x) {
          for (int y = 0; y < path.states(); ++y) {
            CHECK(twice[x][y] == Approx(once[x][y]).epsilon(1e-13).margin(1e-13));
          }
        }
        for (int y = 0; y < path.states(); ++y) {
          double p = 0;
          for (int x = 0; x < path.states(); ++x) p += conditional(path, a, 1, x) * once[x][y];
          CHECK(p == Approx(conditional(path, c, 1, y)).epsilon(1e-13).margin(1e-13));
        }
      }
    }
  }
}

TEST_CASE(
    "Euler and first-order steps move p_t given x1 with an error of second order in the step") {
  for (const TokenPath& path : step_paths()) {
    for (const Corrector& corrector : kCorrectors) {
      for (CtmcMethod method : {CtmcMethod::euler, CtmcMethod::adaptive}) {
        CAPTURE(int(*path.source), path.kappa.name(), name_of(corrector.kind), int(method));
        double error[2];
        for (int k = 0; k < 2; ++k) {
          const double from = 0.3, h = std::ldexp(1e-3, -k);
          const TransitionMatrix m =
              matrix(TokenStep(path, method, corrector, from, from + h), path, 1);
          error[k] = 0;
          for (int y = 0; y < path.states(); ++y) {
            double p = -conditional(path, from + h, 1, y);
            for (int x = 0; x < path.states(); ++x) p += conditional(path, from, 1, x) * m[x][y];
            error[k] = std::max(error[k], std::abs(p));
          }
        }
        // Halving the step divides the error by four, unless the step is exact.
        if (error[0] > 1e-12) CHECK(error[0] / error[1] == Approx(4).epsilon(0.1));
      }
    }
  }
}

TEST_CASE("no step has a probability below 0 or above 1") {
  for (const TokenPath& path : step_paths()) {
    for (const Corrector& corrector : kCorrectors) {
      for (CtmcMethod method : {CtmcMethod::kernel, CtmcMethod::euler, CtmcMethod::adaptive}) {
        CAPTURE(int(*path.source), path.kappa.name(), name_of(corrector.kind), int(method));
        const std::vector<double> times = chain_times(
            method, corrector, path.kappa, std::vector<double>{0, 1e-6, 0.3, 0.9, 1 - 1e-6, 1});
        CHECK(times.back() == 1);
        for (std::size_t i = 0; i + 1 < times.size(); ++i) {
          const TokenStep step(path, method, corrector, times[i], times[i + 1]);
          bool valid = true;
          std::vector<double> p(path.states());
          for (int x = 0; x < path.states(); ++x) {
            for (int x1 = 0; x1 < path.vocabulary; ++x1) {
              if (path.unmasked(x) && x != x1) continue;
              const TokenMove m = step.move(x, x1);
              valid = valid && m.to_x1 >= 0 && m.resampled >= 0 && m.stay >= 0 && m.to_x1 <= 1 &&
                      m.resampled <= 1 && m.stay <= 1 &&
                      m.to_x1 + m.resampled <= step.max_probability() * (1 + 1e-14);
              step.distribution(x, x1, p);
              double sum = 0;
              for (double q : p) valid = valid && q >= 0 && q <= 1 + 1e-15, sum += q;
              valid = valid && std::abs(sum - 1) < 1e-14;
              if (times[i + 1] == 1) valid = valid && p[x1] == 1;
            }
          }
          REQUIRE(valid);
        }
      }
    }
  }
}

TEST_CASE("adaptive times split the steps with large rates, and no others") {
  const std::vector<double> grid{0, 0.5, 0.9, 1};
  CHECK(chain_times(CtmcMethod::kernel, {}, cosine_kappa(), grid) == grid);
  CHECK(chain_times(CtmcMethod::euler, {}, cosine_kappa(), grid) == grid);
  CHECK(chain_times(CtmcMethod::adaptive, {}, linear_kappa(), grid) == grid);
  const Corrector strong{Corrector::Kind::constant, 10};
  const std::vector<double> times = chain_times(CtmcMethod::adaptive, strong, linear_kappa(), grid);
  for (double t : grid) CHECK(std::ranges::count(times, t) == 1);
  for (std::size_t i = 0; i + 2 < times.size(); ++i)
    CHECK((times[i + 1] - times[i]) * (1 / (1 - times[i]) + 10) <= 1 + 1e-12);
  CHECK(times.size() > 9);
  CHECK(times.size() < 20);
}

TEST_CASE("a grid that is even in kappa has exact ends and even jumps") {
  const Kappa kappa = sine_squared_kappa();
  const std::vector<double> grid = kappa_grid(kappa, 8);
  CHECK(grid.front() == 0);
  CHECK(grid.back() == 1);
  for (int i = 0; i <= 8; ++i) CHECK(kappa(grid[i]) == Approx(i / 8.).epsilon(1e-13).margin(1e-14));
}

TEST_CASE("the errors of invalid steps say what is wrong") {
  const TokenPath data{linear_kappa(), SourceKind::data, 4};
  CHECK_THROWS_WITH(TokenStep(data, CtmcMethod::kernel, {Corrector::Kind::bump, 1}, 0, 0.5),
                    "[sample] a corrector draws tokens from p_t(. "
                    "| x1), which has a closed form for mask and uniform sources only; "
                    "leave it out for a source of rows");
  CHECK_THROWS_WITH(TokenStep(data, CtmcMethod::kernel, {}, 0.5, 0.5),
                    "[sample] a step from t = 0.5 to 0.5; a chain goes forward in [0, 1]");
  CHECK_THROWS_WITH(chain_times(CtmcMethod::kernel, {}, linear_kappa(), std::vector<double>{1, 0}),
                    "[sample] a chain runs from t = 1 to 0; it must go forward in [0, 1]");
  CHECK_THROWS_WITH(
      chain_times(CtmcMethod::euler, {}, polynomial_kappa(0.5), std::vector<double>{0, 0.5, 1}),
      "[sample] polynomial jumps at an infinite rate at t = 0; "
      "begin a little later, or take the kernel");
  CHECK_THROWS_WITH(chain_times(CtmcMethod::adaptive, {Corrector::Kind::constant, 1e9},
                                linear_kappa(), std::vector<double>{0, 0.5, 1}),
                    Contains("which takes more than a million adaptive steps"));
}

TEST_CASE("a step checks the states and tokens that it is given") {
  const TokenPath uniform{linear_kappa(), SourceKind::uniform, 3},
      mask{linear_kappa(), SourceKind::mask, 3}, rows{linear_kappa(), SourceKind::data, 3},
      single{linear_kappa(), SourceKind::uniform, 1};
  for (const CtmcMethod method : {CtmcMethod::kernel, CtmcMethod::euler}) {
    for (const double end : {0.5, 1.}) {
      const TokenStep step(uniform, method, {}, 0.2, end), from_masks(mask, method, {}, 0.2, end);
      std::vector<double> row(3, 7.), masked(4);
      CHECK_THROWS_WITH(step.distribution(9, 12, row),
                        "[token path] there is no state 9; the path has 3, 0 to 2");
      CHECK(row == std::vector<double>(3, 7.));
      CHECK_THROWS_WITH(step.move(9, 7),
                        "[token path] there is no state 9; the path has 3, 0 to 2");
      CHECK_THROWS_WITH(step.move(0, 7),
                        "[token path] there is no token 7; the vocabulary has 3, 0 to 2");
      CHECK_THROWS_WITH(step.move(-1, 0),
                        "[token path] there is no state -1; the path has 3, 0 to 2");
      CHECK_THROWS_WITH(
          from_masks.distribution(4, 0, masked),
          "[token path] there is no state 4; the path has 4, 0 to 3, the last of them the mask");
      CHECK_THROWS_WITH(from_masks.distribution(3, 3, masked),
                        "[token path] there is no token 3; the vocabulary has 3, 0 to 2");
      CHECK_THROWS_WITH(from_masks.distribution(3, 1, row),
                        "[sample] a row of 3 probabilities, and the path has 4 states");
      CHECK_NOTHROW(from_masks.distribution(3, 1, masked));
      CHECK(from_masks.distribution(3, 1) == masked);
    }
  }
  const TokenStep step(uniform, CtmcMethod::kernel, {}, 0.2, 0.5);
  CHECK(step.resampled_state(1, 0) == 0);
  CHECK(step.resampled_state(1, 0.75) == 2);
  CHECK_THROWS_WITH(step.resampled_state(3, 0.5),
                    "[token path] there is no state 3; the path has 3, 0 to 2");
  CHECK_THROWS_WITH(step.resampled_state(1, 1.5),
                    "[sample] a state is drawn by u = 1.5; u must lie in [0, 1)");
  const std::string none =
      "[sample] the source has no state but 0 to draw; ask of a mask source about tokens, "
      "or of a uniform one with a vocabulary of two or more";
  CHECK_THROWS_WITH(TokenStep(single, CtmcMethod::kernel, {}, 0.2, 0.5).resampled_state(0, 0.5),
                    none);
  CHECK_THROWS_WITH(TokenStep(rows, CtmcMethod::kernel, {}, 0.2, 0.5).resampled_state(0, 0.5),
                    none);
  CHECK(TokenStep(mask, CtmcMethod::kernel, {}, 0.2, 0.5).resampled_state(0, 0.5) == 3);
}

}  // namespace pushforward
