#include "flow/distributions/dequantised.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The noise uses the random stream of the rows, but with another purpose number, which is computed
// from the purpose of the rows. So a source and a data set that are dequantised with the same seed
// have independent noise.
Stream noise_stream(Stream rows) {
  return rows.with(static_cast<Purpose>(static_cast<std::uint32_t>(rows.purpose) + 0x40000000));
}

constexpr double kWord = 0x1p-32;

// Returns whether rounding to `real` would spoil the noise: whether neighbouring `real` numbers
// near the largest number of a finite set differ by more than 1/1000 of `width`, the width of the
// noise.
bool rounds_noise_off(const Distribution& inner, double width) {
  if (!inner.all()) return false;
  double largest = 0;
  for (const real x : inner.all()->values())
    largest = std::max(largest, std::abs(static_cast<double>(x)));
  return largest * static_cast<double>(std::numeric_limits<real>::epsilon()) > 1e-3 * width;
}

}  // namespace

DequantisedData::DequantisedData(DistributionPtr inner, double width)
    : inner_(std::move(inner)), width_(width) {
  check(inner_ != nullptr, "dequantise", "no data is given to add noise to");
  check(width_ > 0 && std::isfinite(width_), "dequantise", "the width of a bin is ", width_,
        "; it must be positive and finite");
  inner_scale_ = inner_->units().scale;
  wide_ = inner_->wide() || rounds_noise_off(*inner_, width_);
}

std::shared_ptr<const Distribution> DequantisedData::held_out() const {
  DistributionPtr rows = inner_->held_out();
  if (!rows) return nullptr;
  return std::make_shared<DequantisedData>(std::move(rows), width_);
}

void DequantisedData::finish(const RowAt& at, int first_column, int columns, double* x,
                             RowUnits units) const {
  inner_->finish(at, first_column, columns, x, units);
  const Stream noise = noise_stream(at.stream);
  std::array<std::uint32_t, 4> words{};
  for (int k = 0; k < columns; ++k) {
    const int j = first_column + k;
    if (j % 4 == 0) words = noise.words(at.row, static_cast<std::uint32_t>(j / 4));
    const double u = width_ * (words[j % 4] + 0.5) * kWord;
    x[k] += units == RowUnits::own ? u : inner_scale_[j] * u;
  }
}

void DequantisedData::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                           int* labels) const {
  const int d = dim();
  if (inner_->wide()) {
    draw_core(stream, first_row, rows, out, labels);
    for (int r = 0; r < rows; ++r, out += d)
      finish_row(*this, {stream, first_row + static_cast<std::uint32_t>(r)}, out);
    return;
  }
  inner_->draw(stream, first_row, rows, out, labels);
  const Stream noise = noise_stream(stream);
  for (int r = 0; r < rows; ++r, out += d) {
    const std::uint32_t row = first_row + static_cast<std::uint32_t>(r);
    std::array<std::uint32_t, 4> words{};
    for (int j = 0; j < d; ++j) {
      if (j % 4 == 0) words = noise.words(row, static_cast<std::uint32_t>(j / 4));
      out[j] = static_cast<real>(out[j] + width_ * (words[j % 4] + 0.5) * kWord);
    }
  }
}

bool DequantisedData::log_density(int rows, const real* x, double* out) const {
  const Tensor* all = inner_->all();
  if (!all) return false;
  const int d = dim(), n = all->rows();
  for (int r = 0; r < rows; ++r, x += d) {
    int held = 0;
    for (int i = 0; i < n; ++i) {
      const real* corner = all->row(i).data();
      bool in = true;
      for (int j = 0; j < d && in; ++j) {
        in = x[j] >= corner[j] && x[j] <= static_cast<real>(corner[j] + width_);
      }
      held += in;
    }
    out[r] = std::log(held) - std::log(n) - d * std::log(width_);
  }
  return true;
}

}  // namespace pushforward::inline PF_REAL
