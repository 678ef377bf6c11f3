// Tests draws from logits: temperature, top-p, and errors for logits without a distribution.
#include "flow/discrete/draw.h"

#include <cmath>
#include <limits>
#include <vector>

#include "autograd/tensor/rng.h"
#include "tests/tools/catch.h"
#include "tests/tools/statistics.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr real kRealInfinity = std::numeric_limits<real>::infinity(),
               kRealNan = std::numeric_limits<real>::quiet_NaN();
// The probabilities of the five tokens are 0.5, 0.1, 0, 0.3 and 0.1.
const std::vector<real> kLogits{std::log(real(5)), 0, -kRealInfinity, std::log(real(3)), 0};

std::vector<double> distribution(double temperature, double top_p) {
  std::vector<double> p(5);
  CHECK(TokenDraw(5, temperature, top_p).distribution(kLogits, p));
  CHECK(TokenDraw(5, temperature, top_p).distribution(kLogits) == p);
  return p;
}

void check_distribution(const std::vector<double>& got, const std::vector<double>& wanted) {
  for (int v = 0; v < 5; ++v) CHECK(got[v] == Approx(wanted[v]).margin(1e-6));
}

}  // namespace

TEST_CASE("temperature and top_p change a distribution as their formulas say") {
  check_distribution(distribution(1, 1), {0.5, 0.1, 0, 0.3, 0.1});
  check_distribution(distribution(0.5, 1), {25 / 36., 1 / 36., 0, 9 / 36., 1 / 36.});
  check_distribution(distribution(0, 1), {1, 0, 0, 0, 0});
  check_distribution(distribution(1, 0.5), {1, 0, 0, 0, 0});
  const auto cut = [](int top_k, double temperature, double top_p) {
    return TokenDraw(5, temperature, top_p, top_k).distribution(kLogits);
  };
  check_distribution(cut(1, 1, 1), {1, 0, 0, 0, 0});
  check_distribution(cut(2, 1, 1), {5 / 8., 0, 0, 3 / 8., 0});
  check_distribution(cut(3, 1, 1),
                     {5 / 9., 1 / 9., 0, 3 / 9., 0});  // the first of two equal tokens
  check_distribution(cut(4, 1, 1), {0.5, 0.1, 0, 0.3, 0.1});
  check_distribution(cut(2, 0.5, 1), {25 / 34., 0, 0, 9 / 34., 0});
  check_distribution(cut(3, 1, 0.6),
                     {5 / 8., 0, 0, 3 / 8., 0});  // top_p is a share of what top_k keeps
  TokenDraw likeliest(5, 1, 1, 2);
  CHECK(likeliest(kLogits.data(), 0.9) == 3);
  CHECK(likeliest.probability(3) == Approx(3 / 8.).epsilon(1e-6));
  check_distribution(distribution(1, 0.7), {5 / 8., 0, 0, 3 / 8., 0});
  check_distribution(distribution(1, 0.85),
                     {5 / 9., 1 / 9., 0, 3 / 9., 0});  // the first of two equal tokens is kept
  check_distribution(distribution(1, 1e-9), {1, 0, 0, 0, 0});
  check_distribution(distribution(1e-300, 1), {1, 0, 0, 0, 0});
}

TEST_CASE("drawn tokens follow the distribution, and tokens with probability 0 are not drawn") {
  constexpr int n = 20000;
  for (double top_p : {1., 0.85}) {
    TokenDraw draw(5, 1, top_p);
    const std::vector<double> p = distribution(1, top_p);
    std::vector<double> counts(5), got, expected;
    const Stream stream{2, Purpose::user, 0};
    for (int i = 0; i < n; ++i) ++counts[draw(kLogits.data(), stream.uniform(i))];
    for (int v = 0; v < 5; ++v) {
      if (p[v] == 0) {
        CHECK(counts[v] == 0);
        continue;
      }
      got.push_back(counts[v]);
      expected.push_back(n * p[v]);
    }
    CHECK(plausible(chi_square_tail(got, expected)));
    CHECK(draw(kLogits.data(), 1e-300) == 0);
    CHECK(draw(kLogits.data(), std::nextafter(1., 0.)) == (top_p == 1 ? 4 : 3));
  }
}

TEST_CASE("logits without a distribution are refused") {
  for (const std::vector<real>& logits : {std::vector<real>{0, kRealNan},
                                          {kRealNan, 0},
                                          {0, kRealInfinity},
                                          {-kRealInfinity, -kRealInfinity}}) {
    for (double temperature : {0., 1.}) CHECK(TokenDraw(2, temperature)(logits.data(), 0.5) == -1);
  }
  CHECK_THROWS_WITH(TokenDraw(2, -1),
                    "[sample] temperature is -1; it must be 0 or more, and finite");
  CHECK_THROWS_WITH(
      TokenDraw(2, 1, 0),
      "[sample] top_p is 0; it must be above 0 and at most 1, which keeps every token");
  CHECK_THROWS_WITH(TokenDraw(0), "[sample] a vocabulary of 0 tokens; it must have at least one");
  TokenDraw draw(2);
  std::vector<double> p(2);
  CHECK_THROWS_WITH(draw.distribution(kLogits, p),
                    "[sample] 5 logits and room for 2 probabilities of 2 tokens");
  CHECK(draw.distribution(std::vector<real>{0, kRealNan}).empty());
}

}  // namespace pushforward::inline PF_REAL
