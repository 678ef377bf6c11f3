// Tests matrices of random numbers: the distribution, and that an element depends only on
// its row and column.
#include "autograd/tensor/random_fill.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/statistics.h"

namespace pushforward::inline PF_REAL {
namespace {

const Stream kRandomFillStream{.seed = 12345, .purpose = Purpose::noise, .step = 7};

using Fill = void (*)(Stream, std::uint32_t, int, int, real*);

std::vector<real> filled(Fill fill, int rows, int cols, std::uint32_t first_row = 0,
                         Stream s = kRandomFillStream) {
  std::vector<real> x(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols) + 1, -77);
  fill(s, first_row, rows, cols, x.data());
  CHECK(x.back() == -77);  // the element after the matrix is not written
  x.pop_back();
  return x;
}

std::vector<double> column(const std::vector<real>& x, int cols, int col, int skip = 0) {
  std::vector<double> out;
  for (std::size_t i = static_cast<std::size_t>(col + skip * cols); i < x.size();
       i += static_cast<std::size_t>(cols))
    out.push_back(static_cast<double>(x[i]));
  return out;
}

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double uniform_distribution(double x) { return x; }

}  // namespace

TEST_CASE("an element depends only on its row and column, not on the chunk that it is drawn in",
          "[random]") {
  for (const Fill fill : {fill_normal, fill_uniform, fill_rademacher}) {
    for (const int cols : {1, 2, 3, 4, 5, 8, 13}) {
      const auto whole = filled(fill, 700, cols);  // needs more than one batch of random words
      for (const auto& [first, rows] : {std::pair{0, 1}, {1, 5}, {255, 3}, {128, 128}, {699, 1}}) {
        const auto part = filled(fill, rows, cols, static_cast<std::uint32_t>(first));
        CAPTURE(cols, first, rows);
        CHECK(std::equal(part.begin(), part.end(), whole.begin() + first * cols));
      }
      // An element does not depend on the number of columns.
      const auto wide = filled(fill, 20, cols + 5);
      for (int r = 0; r < 20; ++r) {
        CHECK(std::equal(wide.begin() + r * (cols + 5), wide.begin() + r * (cols + 5) + cols,
                         whole.begin() + r * cols));
      }
    }
  }
  CHECK(filled(fill_normal, 0, 3).empty());
}

TEST_CASE("normals are the Box-Muller transform of the stream's words, in float and double",
          "[random]") {
  const int rows = 100000, cols = 4;
  const auto x = filled(fill_normal, rows, cols);
  const double turn = 8 * std::atan(1.0), tolerance = sizeof(real) == 4 ? 4e-6 : 1e-14;
  double worst = 0;
  for (int r = 0; r < rows; ++r) {
    const auto w = kRandomFillStream.words(static_cast<std::uint32_t>(r), 0);
    for (std::size_t p = 0; p < 2; ++p) {
      const double u = (w[2 * p] + 0.5) * 0x1p-32, v = (w[2 * p + 1] + 0.5) * 0x1p-32;
      const double radius = std::sqrt(-2 * std::log(u));
      const std::size_t at = static_cast<std::size_t>(r) * 4 + 2 * p;
      worst = std::max(worst, std::fabs(static_cast<double>(x[at]) - radius * std::cos(turn * v)));
      worst =
          std::max(worst, std::fabs(static_cast<double>(x[at + 1]) - radius * std::sin(turn * v)));
    }
  }
  CAPTURE(worst);
  CHECK(worst < tolerance);
}

TEST_CASE("uniforms are the same numbers in float and double, and never 0 or 1", "[random]") {
  const int rows = 20000;
  const auto x = filled(fill_uniform, rows, 3);
  for (int r = 0; r < rows; ++r) {
    const auto w = kRandomFillStream.words(static_cast<std::uint32_t>(r), 0);
    for (std::size_t k = 0; k < 3; ++k) {
      const double want = (std::floor(w[k] * 0x1p-9) + 0.5) * 0x1p-23;
      const real got = x[static_cast<std::size_t>(r) * 3 + k];
      if (static_cast<double>(got) != want || !(got > 0) || !(got < 1))
        CHECK(static_cast<double>(got) == want);
    }
  }
}

TEST_CASE("normals are normally distributed in each column", "[random][statistics]") {
  const int rows = 100000, cols = 6;
  const auto x = filled(fill_normal, rows, cols);
  for (int c = 0; c < cols; ++c) {
    const auto v = column(x, cols, c);
    CAPTURE(c);
    CHECK(plausible(kolmogorov_tail(v, normal_distribution)));
    // The cells of the histogram have equal probabilities.
    std::vector<double> counts(64, 0);
    int beyond = 0;
    for (const double z : v) {
      ++counts[static_cast<std::size_t>(std::min(63.0, normal_distribution(z) * 64))];
      beyond += std::fabs(z) > 3;
    }
    CHECK(plausible(chi_square_tail(counts, std::vector<double>(64, rows / 64.0))));
    const double tail = rows * 0.0026997960632601866;
    CHECK(std::fabs(beyond - tail) < 4 * std::sqrt(tail));
  }
}

TEST_CASE("uniforms are uniformly distributed in each column", "[random][statistics]") {
  const int rows = 100000, cols = 5;
  const auto x = filled(fill_uniform, rows, cols);
  for (int c = 0; c < cols; ++c) {
    const auto v = column(x, cols, c);
    std::vector<double> counts(256, 0);
    for (const double u : v) ++counts[static_cast<std::size_t>(u * 256)];
    CAPTURE(c);
    CHECK(plausible(kolmogorov_tail(v, uniform_distribution)));
    CHECK(plausible(chi_square_tail(counts, std::vector<double>(256, rows / 256.0))));
  }
}

TEST_CASE("signs are -1 or 1, each with probability 1/2", "[random][statistics]") {
  const int rows = 50000;
  const auto x = filled(fill_rademacher, rows, 3);
  double total = 0;
  for (const real s : x) {
    if (s != 1 && s != -1) CHECK(s == 1);
    total += static_cast<double>(s);
  }
  CHECK(std::fabs(total) < 4 * std::sqrt(3.0 * rows));
}

TEST_CASE("columns, rows, steps, purposes and their squares are uncorrelated",
          "[random][statistics]") {
  const int rows = 50000, cols = 5;
  const auto squares = [](std::vector<double> v) {
    for (double& z : v) z *= z;
    return v;
  };
  const auto independent = [&](const std::vector<double>& a, const std::vector<double>& b) {
    CHECK(std::fabs(correlation_score(a, b)) < 4);
    CHECK(std::fabs(correlation_score(squares(a), squares(b))) < 4);
    CHECK(std::fabs(correlation_score(a, squares(b))) < 4);
  };
  for (const Fill fill : {fill_normal, fill_uniform}) {
    const auto x = filled(fill, rows, cols);
    for (int a = 0; a < cols; ++a) {
      for (int b = 0; b < a; ++b) independent(column(x, cols, a), column(x, cols, b));
    }
    auto before = column(x, cols, 0);
    before.pop_back();
    independent(before, column(x, cols, 0, 1));
    independent(column(x, cols, 0),
                column(filled(fill, rows, cols, 0, kRandomFillStream.at(8)), cols, 0));
    independent(
        column(x, cols, 0),
        column(filled(fill, rows, cols, 0, kRandomFillStream.with(Purpose::probe)), cols, 0));
    independent(column(x, cols, 0),
                column(filled(fill, rows, cols, 0, {12346, Purpose::noise, 7}), cols, 0));
  }
}

}  // namespace pushforward::inline PF_REAL
