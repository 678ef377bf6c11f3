// Tests dequantisation: rows get uniform noise within a bin. Tests the density, and the bound on
// the probability of a quantised row.
#include "flow/distributions/dequantised.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "flow/density/likelihood.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/source.h"
#include "tests/tools/catch.h"
#include "tests/tools/statistics.h"

namespace pushforward::inline PF_REAL {
namespace {

const Stream kDequantisedStream{3, Purpose::data, 2};

// Returns rows of whole numbers. All elements of row k are k, and its label is k.
std::shared_ptr<const ArrayData> whole(int rows, int cols) {
  Tensor x({rows, cols});
  std::vector<int> labels;
  for (int r = 0; r < rows; ++r) {
    std::fill_n(x.row(r).data(), cols, static_cast<real>(r));
    labels.push_back(r);
  }
  return std::make_shared<ArrayData>(std::move(x), labels);
}

}  // namespace

TEST_CASE("rows are those of the inner distribution plus uniform noise") {
  const auto inner = whole(4, 5);
  const DequantisedData distribution(inner, 0.5);
  std::vector<int> plain_labels, labels;
  constexpr int n = 4000;
  const Tensor plain = draw_rows(*inner, kDequantisedStream, n, &plain_labels),
               x = draw_rows(distribution, kDequantisedStream, n, &labels);
  CHECK(labels == plain_labels);
  CHECK(distribution.classes() == 4);
  std::vector<double> noise;
  for (int i = 0; i < 5 * n; ++i)
    noise.push_back(2 * (static_cast<double>(x.data()[i]) - static_cast<double>(plain.data()[i])));
  CHECK(*std::min_element(noise.begin(), noise.end()) >= 0);
  CHECK(*std::max_element(noise.begin(), noise.end()) <= 1);
  CHECK(plausible(kolmogorov_tail(noise, [](double u) { return std::clamp(u, 0., 1.); })));
  // The noise is independent of the row and of the other columns. It is also independent of the
  // noise of a source that uses the same data set.
  std::vector<double> first, second, last, row, other;
  const Tensor source = draw_rows(distribution, kDequantisedStream.with(Purpose::noise), n);
  for (int r = 0; r < n; ++r) {
    first.push_back(noise[5 * r]);
    second.push_back(noise[5 * r + 1]);
    last.push_back(noise[5 * r + 4]);
    row.push_back(static_cast<double>(plain(r, 0)));
    other.push_back(std::fmod(static_cast<double>(source(r, 0)), 0.5));
  }
  CHECK(std::abs(correlation_score(first, second)) < 4);
  CHECK(std::abs(correlation_score(first, last)) < 4);
  CHECK(std::abs(correlation_score(first, row)) < 4);
  CHECK(std::abs(correlation_score(first, other)) < 4);
  // A row depends only on its number.
  Tensor part({100, 5});
  distribution.draw(kDequantisedStream, 150, 100, part.data(), nullptr);
  CHECK(std::equal(part.data(), part.data() + 500, x.data() + 750));
  CHECK_THROWS_WITH(DequantisedData(inner, 0),
                    "[dequantise] the width of a bin is 0; it must be positive and finite");
}

TEST_CASE("the density and units of dequantised data are right") {
  const DequantisedData distribution(whole(4, 2), 2);  // the boxes [k, k + 2]^2 overlap
  const real x[] = {real(0.5), real(0.5), real(1.5), real(1.2), real(0.5), real(2.9), 7, 7};
  double out[4];
  REQUIRE(distribution.log_density(4, x, out));
  CHECK(out[0] == Approx(std::log(1 / 16.)));
  CHECK(out[1] == Approx(std::log(2 / 16.)));
  CHECK(out[2] < -1e300);
  CHECK(out[3] < -1e300);
  CHECK_FALSE(DequantisedData(std::make_shared<GaussianSource>(2)).log_density(1, x, out));
  // All drawn points have a density above 0, and restore converts them to the units of the raw
  // data.
  const auto scaled =
      std::make_shared<DequantisedData>(affine_data(whole(256, 3), 1 / 127.5, -1), 1 / 127.5);
  Tensor y = draw_rows(*scaled, kDequantisedStream, 3000);
  std::vector<double> all(3000);
  REQUIRE(scaled->log_density(3000, y.data(), all.data()));
  CHECK(*std::min_element(all.begin(), all.end()) > -1e300);
  scaled->restore(3000, y.data());
  const Tensor raw = draw_rows(*whole(256, 3), kDequantisedStream, 3000);
  for (int i = 0; i < 9000; ++i) {
    CHECK(double(y.data()[i]) > double(raw.data()[i]) - 1e-4);
    CHECK(double(y.data()[i]) < double(raw.data()[i]) + 1 + 1e-4);
  }
}

TEST_CASE("the mean density of a dequantised row bounds the row's probability") {
  // The model is a normal distribution on the line. A row's probability is the probability of its
  // bin.
  const GaussianSource model(1, 1.3, 0.4);
  const auto cdf = [](double x) { return 0.5 * std::erfc(-(x - 0.4) / 1.3 / std::sqrt(2.)); };
  for (double width : {0.25, 1., 2.}) {
    Tensor one({1, 1});
    one(0, 0) = real(-0.5);
    const DequantisedData distribution(std::make_shared<ArrayData>(one), width);
    constexpr int n = 20000;
    const Tensor x = draw_rows(distribution, kDequantisedStream, n);
    std::vector<double> log_p(n);
    REQUIRE(model.log_density(n, x.data(), log_p.data()));
    double bits = 0;
    for (double l : log_p) bits += bits_per_dimension(l, 1, std::log(width)) / n;
    const double exact = -std::log2(cdf(-0.5 + width) - cdf(-0.5));
    CAPTURE(width);
    CHECK(bits > exact);                                 // it is an upper bound on the bits
    CHECK(bits < exact + 0.02 * width * width + 0.002);  // the bound is tight if p is smooth
  }
}

TEST_CASE("bits per dimension of uniform data are known") {
  // A uniform distribution over 256 levels has 8 bits, both as whole numbers and scaled to [-1, 1].
  CHECK(bits_per_dimension(-3 * std::log(256.), 3, 0) == Approx(8));
  CHECK(bits_per_dimension(-3 * std::log(2.), 3, 3 * std::log(2. / 256)) == Approx(8));
}

}  // namespace pushforward::inline PF_REAL
