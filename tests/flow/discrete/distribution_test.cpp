// Tests distributions of tokens: rows that depend only on their number, frequencies, and errors.
#include "flow/discrete/distribution.h"

#include <algorithm>
#include <map>

#include "flow/discrete/levels.h"
#include "tests/tools/catch.h"
#include "tests/tools/statistics.h"

namespace pushforward {
namespace {

TokenTable abc_windows() {
  return {.length = 2, .tokens = {0, 1, 2, 0, 1, 1}, .labels = {0, 2, 1}};
}

const Stream kTokenDistributionStream{3, Purpose::data, 7};

// Checks that a draw that begins at any row equals the corresponding part of one longer draw.
void check_rows(const TokenDistribution& distribution) {
  const std::vector<int> all = draw_rows(distribution, kTokenDistributionStream, 50);
  std::vector<int> part(static_cast<std::size_t>(10) * distribution.length());
  distribution.draw(kTokenDistributionStream, 20, 10, part.data());
  CHECK(std::equal(part.begin(), part.end(), all.begin() + 20 * distribution.length()));
  CHECK(draw_rows(distribution, kTokenDistributionStream.at(8), 50) != all);
}

}  // namespace

TEST_CASE("a table's rows are drawn with their labels and in proportion to their weights") {
  constexpr int n = 30000;
  for (bool weighted : {false, true}) {
    TokenTable table = abc_windows();
    if (weighted) table.weights = {1, 0, 3};
    const TableDistribution distribution(table, 3);
    check_rows(distribution);
    CHECK(distribution.classes() == 3);
    CHECK(distribution.all()->rows() == 3);
    if (weighted) CHECK(distribution.all()->weights == std::vector<double>{0.25, 0, 0.75});
    std::vector<int> labels;
    const std::vector<int> rows = draw_rows(distribution, kTokenDistributionStream, n, &labels);
    std::vector<double> counts(3);
    for (int r = 0; r < n; ++r) {
      const int k = rows[2 * r] == 0 ? 0 : rows[2 * r] == 2 ? 1 : 2;
      CHECK(rows[2 * r + 1] == table.tokens[2 * k + 1]);
      CHECK(labels[r] == table.labels[k]);
      ++counts[k];
    }
    if (weighted) {
      CHECK(counts[1] == 0);
      CHECK(std::abs(counts[0] - n / 4.) < 5 * std::sqrt(n * 3. / 16));
    } else {
      CHECK(plausible(chi_square_tail(counts, std::vector<double>(3, n / 3.))));
    }
  }
}

TEST_CASE("windows are pieces of the text that begin at any place") {
  std::vector<int> text(12);
  for (int i = 0; i < 12; ++i) text[i] = i;
  const WindowDistribution distribution(text, 3, 12);
  check_rows(distribution);
  constexpr int n = 20000;
  std::vector<int> labels;
  const std::vector<int> rows = draw_rows(distribution, kTokenDistributionStream, n, &labels);
  std::vector<double> counts(10);
  for (int r = 0; r < n; ++r) {
    CHECK(rows[3 * r + 1] == rows[3 * r] + 1);
    CHECK(rows[3 * r + 2] == rows[3 * r] + 2);
    ++counts[rows[3 * r]];
  }
  CHECK(plausible(chi_square_tail(counts, std::vector<double>(10, n / 10.))));
  CHECK(labels == std::vector<int>(n, 0));
  CHECK(draw_rows(WindowDistribution({4, 2}, 2, 5), kTokenDistributionStream, 2) ==
        std::vector<int>{4, 2, 4, 2});
}

TEST_CASE("uniform tokens are uniform and independent") {
  const UniformTokens distribution(2, 5);
  check_rows(distribution);
  constexpr int n = 50000;
  const std::vector<int> rows = draw_rows(distribution, kTokenDistributionStream, n);
  std::vector<double> counts(25);
  for (int r = 0; r < n; ++r) ++counts[rows[2 * r] * 5 + rows[2 * r + 1]];
  CHECK(plausible(chi_square_tail(counts, std::vector<double>(25, n / 25.))));
}

TEST_CASE("levels divide a range, and a number outside gets the nearest level") {
  const TokenLevels levels{4, -1, 1};
  CHECK(levels.of(-1) == 0);
  CHECK(levels.of(-0.5) == 1);
  CHECK(levels.of(0.49) == 2);
  CHECK(levels.of(1) == 3);
  CHECK(levels.of(-1e300) == 0);
  CHECK(levels.of(1e300) == 3);
  for (int k = 0; k < 4; ++k) CHECK(levels.of(levels.centre(k)) == k);
  CHECK(levels.centre(0) == -0.75);
  const TokenLevels grey{17, -0.5, 16.5};
  for (int k = 0; k < 17; ++k) CHECK(grey.of(k) == k);
}

TEST_CASE("the error of an invalid distribution of tokens names row, position and token") {
  CHECK_THROWS_WITH(TableDistribution({.length = 2, .tokens = {0, 1, 2, 5}}, 3),
                    "[tokens] row 1, position 1 is token 5, and the vocabulary has 3, 0 to 2");
  CHECK_THROWS_WITH(TableDistribution({.length = 2, .tokens = {0, 1, 2}}, 3),
                    "[tokens] 3 tokens are not a positive number of rows of 2");
  CHECK_THROWS_WITH(TableDistribution({.length = 1, .tokens = {0, 1}, .labels = {0}}, 3),
                    "[tokens] 1 labels for 2 rows; give one per row");
  CHECK_THROWS_WITH(TableDistribution({.length = 1, .tokens = {0, 1}, .labels = {0, -2}}, 3),
                    "[tokens] label 1 is -2; labels count from 0");
  CHECK_THROWS_WITH(TableDistribution({.length = 1, .tokens = {0, 1}, .weights = {1, -1}}, 3),
                    "[tokens] weight 1 is -1; weights are finite and not negative");
  CHECK_THROWS_WITH(TableDistribution({.length = 1, .tokens = {0, 1}, .weights = {0, 0}}, 3),
                    "[tokens] all 2 weights are 0; at least one must be positive");
  CHECK_THROWS_WITH(
      WindowDistribution({0, 1}, 3, 2),
      "[tokens] a text of 2 tokens has no window of 3; give a longer text or a shorter window");
  CHECK_THROWS_WITH(WindowDistribution({0, 1, 2}, 2, 2),
                    "[tokens] position 2 of the text is token 2, and the vocabulary has 2, 0 to 1");
  CHECK_THROWS_WITH(UniformTokens(0, 2),
                    "[tokens] sequences of 0 tokens out of 2; both must be positive");
}

}  // namespace pushforward
