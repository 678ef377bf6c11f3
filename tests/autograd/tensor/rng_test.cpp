// Tests the counter-based generator: published test vectors, statistics, and independence of
// streams.
#include "autograd/tensor/rng.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/statistics.h"

namespace pushforward {
namespace {

using RandomWords = std::array<std::uint32_t, 4>;

std::vector<double> uniforms(Stream s, int n, std::uint32_t index = 0) {
  std::vector<double> out;
  for (int r = 0; r < n; ++r) out.push_back(s.uniform(static_cast<std::uint32_t>(r), index));
  return out;
}

double uniform_cdf(double x) { return x; }
double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace

TEST_CASE("philox gives the published test vectors", "[rng]") {
  // These are the test vectors for philox4x32 with 10 rounds in Random123, examples/kat_vectors.
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        RandomWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        RandomWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        RandomWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream's words are philox of block, row, step and purpose, with the seed as key",
          "[rng]") {
  const Stream s{.seed = 0x299f31d0a4093822, .purpose = Purpose{0x03707344}, .step = 0x13198a2e};
  CHECK(s.words(0x85a308d3, 0x243f6a88) ==
        RandomWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
  CHECK(s.at(7).step == 7);
  CHECK(s.at(7).seed == s.seed);
  CHECK(s.with(Purpose::time).purpose == Purpose::time);
  CHECK(s.with(Purpose::time).step == s.step);
}

TEST_CASE("uniform numbers have the words of their block, normal ones are pairs of Box and Muller",
          "[rng]") {
  const Stream s{5, Purpose::noise, 3};
  for (std::uint32_t row = 0; row < 50; ++row) {
    const auto w = s.words(row, 2);
    const double u = s.uniform(row, 4), v = s.uniform(row, 5), x = s.normal(row, 4),
                 y = s.normal(row, 5);
    CHECK(std::floor(u * 0x1p32) == w[0]);
    CHECK(std::floor(v * 0x1p32) == w[2]);
    CHECK(x * x + y * y == Approx(-2 * std::log(u)).epsilon(1e-12));
    const double angle = std::atan2(y, x) / 6.283185307179586477;
    CHECK(std::abs(angle - v + (angle < 0 ? 1 : 0)) < 1e-12);
  }
}

TEST_CASE("every part of the counter and the key changes the words", "[rng]") {
  const Stream s{.seed = 1, .purpose = Purpose::noise, .step = 3};
  std::vector<RandomWords> seen{s.words(4, 5), s.words(5, 5), s.words(4, 6), s.at(4).words(4, 5),
                                s.with(Purpose::data).words(4, 5)};
  for (const std::uint64_t seed :
       {std::uint64_t{2}, std::uint64_t{1} << 32, std::uint64_t{1} << 63})
    seen.push_back(Stream{seed, Purpose::noise, 3}.words(4, 5));
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("each bit of a word is set half of the time", "[rng][statistics]") {
  const Stream s{.seed = 11};
  const int n = 100000;
  std::vector<int> ones(128, 0);
  for (int r = 0; r < n; ++r) {
    const RandomWords w = s.words(static_cast<std::uint32_t>(r), 0);
    for (int b = 0; b < 128; ++b)
      ones[static_cast<std::size_t>(b)] += w[static_cast<std::size_t>(b / 32)] >> (b % 32) & 1U;
  }
  for (const int k : ones) CHECK(std::fabs(k - n / 2.0) < 4.5 * std::sqrt(n / 4.0));
}

TEST_CASE("scalar uniforms are uniformly distributed", "[rng][statistics]") {
  const int n = 200000;
  for (const std::uint32_t index : {0U, 1U, 7U}) {
    const auto x = uniforms({.seed = 3}, n, index);
    CHECK(*std::min_element(x.begin(), x.end()) > 0);
    CHECK(*std::max_element(x.begin(), x.end()) < 1);
    std::vector<double> counts(256, 0);
    for (const double v : x) ++counts[static_cast<std::size_t>(v * 256)];
    CAPTURE(index);
    CHECK(plausible(chi_square_tail(counts, std::vector<double>(256, n / 256.0))));
    CHECK(plausible(kolmogorov_tail(x, uniform_cdf)));
  }
}

TEST_CASE("scalar normals are normally distributed", "[rng][statistics]") {
  const int n = 200000;
  for (const std::uint32_t index : {0U, 1U, 4U}) {
    std::vector<double> x;
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    for (int r = 0; r < n; ++r) {
      const double v = Stream{.seed = 4}.normal(static_cast<std::uint32_t>(r), index);
      x.push_back(v);
      m1 += v, m2 += v * v, m3 += v * v * v, m4 += v * v * v * v;
    }
    CAPTURE(index);
    CHECK(plausible(kolmogorov_tail(x, normal_cdf)));
    const double root = std::sqrt(static_cast<double>(n));
    CHECK(std::fabs(m1 / n) * root < 4);                        // the variance of x is 1
    CHECK(std::fabs(m2 / n - 1) * root < 4 * std::sqrt(2.0));   // the variance of x^2 is 2
    CHECK(std::fabs(m3 / n) * root < 4 * std::sqrt(15.0));      // the variance of x^3 is 15
    CHECK(std::fabs(m4 / n - 3) * root < 4 * std::sqrt(96.0));  // the variance of x^4 is 96
  }
}

TEST_CASE("rows, indices, steps, purposes and seeds are uncorrelated", "[rng][statistics]") {
  const int n = 100000;
  const Stream s{.seed = 6, .purpose = Purpose::noise, .step = 10};
  const auto x = uniforms(s, n + 1);
  const std::vector<double> base(x.begin(), x.end() - 1), next_row(x.begin() + 1, x.end());
  CHECK(std::fabs(correlation_score(base, next_row)) < 4);
  CHECK(std::fabs(correlation_score(base, uniforms(s, n, 1))) < 4);
  CHECK(std::fabs(correlation_score(base, uniforms(s, n, 2))) < 4);
  CHECK(std::fabs(correlation_score(base, uniforms(s.at(11), n))) < 4);
  CHECK(std::fabs(correlation_score(base, uniforms(s.with(Purpose::time), n))) < 4);
  CHECK(std::fabs(correlation_score(base, uniforms({7, s.purpose, s.step}, n))) < 4);
}

TEST_CASE("integers below n are uniformly distributed and below n", "[rng][statistics]") {
  const Stream s{.seed = 8};
  for (const int n : {1, 2, 10, 37}) {
    const int draws = 20000;
    std::vector<double> counts(static_cast<std::size_t>(n), 0);
    for (int r = 0; r < draws; ++r) {
      const int k = s.integer(n, static_cast<std::uint32_t>(r));
      REQUIRE((k >= 0 && k < n));
      ++counts[static_cast<std::size_t>(k)];
    }
    if (n >= 10)
      CHECK(plausible(
          chi_square_tail(counts, std::vector<double>(counts.size(), double(draws) / n))));
    else
      for (const double c : counts)
        CHECK(std::fabs(c - double(draws) / n) < 4 * std::sqrt(draws / 4.0));
  }
  const int large = std::numeric_limits<int>::max();
  for (std::uint32_t r = 0; r < 1000; ++r)
    CHECK((s.integer(large, r) >= 0 && s.integer(large, r) < large));
  CHECK_THROWS_WITH(s.integer(0, 0), "[rng] an integer below 0 was requested; n must be positive");
  CHECK_THROWS_WITH(s.integer(-3, 0),
                    "[rng] an integer below -3 was requested; n must be positive");
}

TEST_CASE("a permutation has every number once", "[rng]") {
  for (const int n : {0, 1, 2, 17, 1000}) {
    auto order = permutation({.seed = 2, .purpose = Purpose::shuffle}, n);
    REQUIRE(static_cast<int>(order.size()) == n);
    std::sort(order.begin(), order.end());
    for (int i = 0; i < n; ++i) REQUIRE(order[static_cast<std::size_t>(i)] == i);
  }
  CHECK_THROWS_WITH(permutation({}, -1), "[rng] a permutation of -1 numbers was requested");
}

TEST_CASE("all permutations are equally likely", "[rng][statistics]") {
  std::map<std::vector<int>, double> counts;
  const int draws = 24000;
  for (int k = 0; k < draws; ++k)
    ++counts[permutation(
        {.seed = 5, .purpose = Purpose::shuffle, .step = static_cast<std::uint32_t>(k)}, 4)];
  REQUIRE(counts.size() == 24);
  std::vector<double> seen;
  for (const auto& [order, count] : counts) seen.push_back(count);
  CHECK(plausible(chi_square_tail(seen, std::vector<double>(24, draws / 24.0))));
}

TEST_CASE("the number of fixed points of a permutation has its expected value",
          "[rng][statistics]") {
  double fixed = 0;
  const int draws = 4000;
  for (int k = 0; k < draws; ++k) {
    const auto order = permutation({.seed = 6, .step = static_cast<std::uint32_t>(k)}, 50);
    for (int i = 0; i < 50; ++i) fixed += order[static_cast<std::size_t>(i)] == i;
  }
  // The number of fixed points of a random permutation has mean 1 and variance 1.
  CHECK(std::fabs(fixed / draws - 1) < 4 / std::sqrt(draws));
}

TEST_CASE("categorical draws follow the weights, and rows do not depend on the chunk",
          "[rng][statistics]") {
  const std::vector<double> weights{1, 0, 2, 0.5, 4, 1, 1, 3, 0.25, 2, 1, 0};
  const Stream s{.seed = 9, .purpose = Purpose::label};
  const int n = 100000;
  std::vector<int> drawn(n);
  categorical(s, weights, 0, drawn);
  std::vector<double> counts, expected;
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const auto c = static_cast<double>(std::count(drawn.begin(), drawn.end(), static_cast<int>(k)));
    if (weights[k] == 0) {
      CHECK(c == 0);
      continue;
    }
    counts.push_back(c);
    expected.push_back(n * weights[k] / total);
  }
  CHECK(plausible(chi_square_tail(counts, expected)));
  std::vector<int> part(100);
  categorical(s, weights, 4321, part);
  CHECK(std::equal(part.begin(), part.end(), drawn.begin() + 4321));
  const std::vector<double> one{0, 0, 7, 0};
  categorical(s, one, 0, part);
  CHECK(part == std::vector<int>(100, 2));
}

TEST_CASE("categorical refuses weights that are not a distribution", "[rng]") {
  std::vector<int> out(1);
  const std::vector<double> negative{1, -0.5}, none{0, 0}, broken{1, std::nan("")}, empty;
  CHECK_THROWS_WITH(categorical({}, negative, 0, out),
                    "[categorical] weight 1 is -0.5; weights must be finite and not negative");
  CHECK_THROWS_WITH(categorical({}, broken, 0, out),
                    "[categorical] weight 1 is nan; weights must be finite and not negative");
  CHECK_THROWS_WITH(categorical({}, none, 0, out),
                    "[categorical] all 2 weights are 0; at least one must be positive");
  CHECK_THROWS_WITH(categorical({}, empty, 0, out),
                    "[categorical] all 0 weights are 0; at least one must be positive");
}

TEST_CASE("the statistical tests notice a generator that is slightly wrong", "[statistics]") {
  const auto x = uniforms({.seed = 3}, 20000);
  std::vector<double> perturbed = x, grid;
  for (double& v : perturbed) v = std::pow(v, 1.05);
  for (int i = 0; i < 20000; ++i) grid.push_back((i + 0.5) / 20000);
  CHECK_FALSE(plausible(kolmogorov_tail(perturbed, uniform_cdf)));
  CHECK_FALSE(plausible(kolmogorov_tail(grid, uniform_cdf)));
  CHECK(std::fabs(correlation_score(x, perturbed)) > 4);
}

TEST_CASE("Philox of many rows at once equals Philox of each row") {
  const Stream stream{0x0123456789abcdef, Purpose::noise, 7};
  std::uint32_t word[4][100];
  std::uint32_t* const words[4] = {word[0], word[1], word[2], word[3]};
  for (int rows : {1, 3, 16, 37, 100}) {
    stream.words(0xfffffff0, rows, 5, words);  // the row number overflows
    for (int r = 0; r < rows; ++r) {
      const auto one = stream.words(0xfffffff0 + static_cast<std::uint32_t>(r), 5);
      for (int w = 0; w < 4; ++w) REQUIRE(word[w][r] == one[static_cast<std::size_t>(w)]);
    }
  }
}

}  // namespace pushforward
