#include "flow/distributions/affine.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pushforward::inline PF_REAL {

using detail::check;

AffineData::AffineData(DistributionPtr inner, std::vector<double> scale, std::vector<double> shift,
                       AffineUnits units)
    : inner_(std::move(inner)), scale_(std::move(scale)), shift_(std::move(shift)), units_(units) {
  check(inner_ != nullptr, "affine", "no data is given to scale and shift");
  const std::size_t d = static_cast<std::size_t>(inner_->dim());
  check(scale_.size() == d && shift_.size() == d, "affine", scale_.size(), " scales and ",
        shift_.size(), " shifts for ", d, " columns; give one of each per column");
  for (std::size_t j = 0; j < d; ++j) {
    check(std::isfinite(scale_[j]) && scale_[j] != 0 && std::isfinite(shift_[j]), "affine",
          "scale ", scale_[j], " and shift ", shift_[j], " of column ", j,
          "; both must be finite, and the scale not 0");
    log_scale_ += std::log(std::abs(scale_[j]));
  }
  if (!inner_->is_finite()) return;
  all_ = std::make_shared<Rows>();
  if (!inner_->is_stored()) make_rows();
}

void AffineData::make_rows() const {
  std::call_once(all_->once, [this] {
    all_->values = Tensor({inner_->row_count(), dim()});
    for (int i = 0; i < all_->values.rows(); ++i)
      finish_row(*this, {{}, 0, i}, all_->values.row(i).data());
  });
}

const Tensor* AffineData::all() const {
  if (!all_) return nullptr;
  make_rows();
  return &all_->values;
}

std::shared_ptr<const Distribution> AffineData::held_out() const {
  DistributionPtr rows = inner_->held_out();
  if (!rows) return nullptr;
  return std::make_shared<AffineData>(std::move(rows), scale_, shift_, units_);
}

void AffineData::finish(const RowAt& at, int first_column, int columns, double* x,
                        RowUnits units) const {
  inner_->finish(at, first_column, columns, x, units);
  if (units == RowUnits::data && units_ == AffineUnits::inner) return;
  for (int j = 0; j < columns; ++j)
    x[j] = scale_[first_column + j] * x[j] + shift_[first_column + j];
}

void AffineData::transform(int rows, real* x) const {
  const int d = dim();
  for (int r = 0; r < rows; ++r, x += d) {
    for (int j = 0; j < d; ++j) x[j] = static_cast<real>(scale_[j] * x[j] + shift_[j]);
  }
}

void AffineData::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                      int* labels) const {
  const std::size_t d = static_cast<std::size_t>(dim());
  if (all_) {
    const std::span<const int> classes = all_labels();
    for (int r = 0; r < rows; ++r, out += d) {
      const int i = index(stream, first_row + static_cast<std::uint32_t>(r));
      if (is_stored())
        finish_row(*this, {{}, 0, i}, out);
      else
        std::copy_n(all_->values.data() + static_cast<std::size_t>(i) * d, d, out);
      if (labels) labels[r] = classes.empty() ? 0 : classes[i];
    }
  } else if (!inner_->wide()) {
    inner_->draw(stream, first_row, rows, out, labels);
    transform(rows, out);
  } else {
    draw_core(stream, first_row, rows, out, labels);
    for (int r = 0; r < rows; ++r, out += d)
      finish_row(*this, {stream, first_row + static_cast<std::uint32_t>(r)}, out);
  }
}

void AffineData::undo(int rows, real* x) const {
  const int d = dim();
  for (int r = 0; r < rows; ++r, x += d) {
    for (int j = 0; j < d; ++j) x[j] = static_cast<real>((x[j] - shift_[j]) / scale_[j]);
  }
}

void AffineData::restore(int rows, real* x) const {
  undo(rows, x);
  inner_->restore(rows, x);
  if (units_ == AffineUnits::own) transform(rows, x);
}

// Let a row x of the wrapped data be S x + B in the units of the data, and let y = scale x + shift.
// With units `inner`, the data is S x + B = S / scale y + (B - S / scale shift). With units `own`,
// the data is scale (S x + B) + shift = S y + (scale B + shift - S shift), which is y if S = 1 and
// B = 0.
ColumnUnits AffineData::units() const {
  ColumnUnits units = inner_->units();
  for (std::size_t j = 0; j < scale_.size(); ++j) {
    if (units_ == AffineUnits::own) {
      units.shift[j] = scale_[j] * units.shift[j] + (1 - units.scale[j]) * shift_[j];
      continue;
    }
    units.scale[j] /= scale_[j];
    units.shift[j] -= units.scale[j] * shift_[j];
  }
  return units;
}

bool AffineData::log_density(int rows, const real* x, double* out) const {
  std::vector<real> inner(x, x + static_cast<std::size_t>(rows) * dim());
  undo(rows, inner.data());
  if (!inner_->log_density(rows, inner.data(), out)) return false;
  for (int r = 0; r < rows; ++r) out[r] -= log_scale_;
  return true;
}

std::optional<Mixture> AffineData::mixture() const {
  std::optional<Mixture> m = inner_->mixture();
  if (!m) return m;
  const bool points = std::all_of(m->stds.begin(), m->stds.end(), [](double s) { return s == 0; });
  const bool even = std::all_of(scale_.begin(), scale_.end(),
                                [&](double s) { return std::abs(s) == std::abs(scale_.front()); });
  if (!points && !even) return std::nullopt;
  // The means of point masses are the rows as they are drawn, including the rounding to `real`.
  const std::span<const real> drawn =
      is_finite() && points ? all()->values() : std::span<const real>();
  for (std::size_t k = 0, i = 0; k < m->stds.size(); ++k) {
    for (int j = 0; j < m->dim; ++j, ++i) {
      const double mean = scale_[j] * m->means[i] + shift_[j];
      m->means[i] = !drawn.empty() ? static_cast<double>(drawn[i])
                    : points       ? static_cast<double>(static_cast<real>(mean))
                                   : mean;
    }
    m->stds[k] *= std::abs(scale_.front());
  }
  return m;
}

DistributionPtr affine_data(DistributionPtr inner, double scale, double shift) {
  check(inner != nullptr, "affine", "no data is given to scale and shift");
  const std::size_t d = static_cast<std::size_t>(inner->dim());
  return std::make_shared<AffineData>(std::move(inner), std::vector<double>(d, scale),
                                      std::vector<double>(d, shift));
}

ColumnMoments column_moments(const Distribution& distribution) {
  constexpr int kRows = 65536;
  constexpr Stream kStream{0x6d6f6d656e7473, Purpose::data, 0xffffffff};
  const std::vector<double> drawn =
      distribution.is_stored()   ? std::vector<double>()
      : distribution.is_finite() ? all_wide_rows(distribution, RowUnits::own)
                                 : draw_wide_rows(distribution, kStream, kRows, RowUnits::own);
  const std::size_t d = static_cast<std::size_t>(distribution.dim()),
                    n = drawn.empty() ? static_cast<std::size_t>(distribution.row_count())
                                      : drawn.size() / d;
  const auto each = [&](const auto& visit) {
    if (drawn.empty())
      return each_wide_row(distribution, RowUnits::own, [&](int row, std::span<const double> x) {
        visit(row, x);
        return true;
      });
    for (std::size_t row = 0; row < n; ++row)
      visit(static_cast<int>(row), std::span(drawn).subspan(row * d, d));
  };
  ColumnMoments m{std::vector<double>(d, 0), std::vector<double>(d, 0)};
  std::vector<double> low, high;
  each([&](int row, std::span<const double> x) {
    if (row == 0) {
      low.assign(x.begin(), x.end());
      high = low;
    }
    for (std::size_t j = 0; j < d; ++j) {
      low[j] = std::min(low[j], x[j]);
      high[j] = std::max(high[j], x[j]);
      m.mean[j] += x[j];
    }
  });
  std::vector<double> unit(d, 1);  // units in which squares neither underflow nor overflow
  for (std::size_t j = 0; j < d; ++j) {
    const double range = high[j] - low[j];
    if (range > 0 && (range < 1e-100 || range > 1e100)) unit[j] = range;
    m.mean[j] = range == 0 ? low[j] : m.mean[j] / static_cast<double>(n);
  }
  each([&](int, std::span<const double> x) {
    for (std::size_t j = 0; j < d; ++j) m.std[j] += std::pow((x[j] - m.mean[j]) / unit[j], 2);
  });
  for (std::size_t j = 0; j < d; ++j)
    m.std[j] = unit[j] * std::sqrt(m.std[j] / static_cast<double>(n));
  return m;
}

DistributionPtr standardize(DistributionPtr inner, Standardize how) {
  check(inner != nullptr, "standardize", "no data is given to standardize");
  ColumnMoments m = column_moments(*inner);
  const std::size_t d = m.mean.size();
  if (how == Standardize::together) {
    double mean = 0, square = 0;
    for (std::size_t j = 0; j < d; ++j) {
      mean += m.mean[j] / static_cast<double>(d);
      square += (m.std[j] * m.std[j] + m.mean[j] * m.mean[j]) / static_cast<double>(d);
    }
    m = {std::vector<double>(d, mean),
         std::vector<double>(d, std::sqrt(std::max(0., square - mean * mean)))};
  }
  std::vector<double> scale(d), shift(d);
  for (std::size_t j = 0; j < d; ++j) {
    scale[j] = m.std[j] == 0 ? 1 : 1 / m.std[j];
    shift[j] = -m.mean[j] * scale[j];
  }
  return std::make_shared<AffineData>(std::move(inner), std::move(scale), std::move(shift));
}

}  // namespace pushforward::inline PF_REAL
