// Whole-number data made continuous by uniform noise of one bin's width in every column.
#pragma once

#include <vector>

#include "flow/distributions/distribution.h"

namespace pushforward::inline PF_REAL {

// The rows x of another distribution plus u, with u uniform on (0, width) in each column: uniform
// dequantisation (Uria, Murray, Larochelle 2013; Theis, van den Oord, Bethge 2016, section 3.1).
// Let the rows x lie on a grid of that width, let p be a model's density of x + u, and let P(x) be
// the integral of p over the bin [x, x + width)^D. Then
//   E_u ln p(x + u) + D ln width <= ln P(x),
// so the mean of bits_per_dimension (flow/density/likelihood.h) over x + u is an upper bound of
// -log2 P(x) / D.
//
// The noise has its own random stream, so the inner distribution draws the same rows with and
// without it. `restore` converts to the inner distribution's raw units and keeps the noise.
class DequantisedData final : public Distribution {
 public:
  // `width` is the width of a bin in the inner distribution's units: 1 for whole numbers, 1/255 for
  // bytes divided by 255. Throws unless it is positive and finite, and without data.
  explicit DequantisedData(DistributionPtr inner, double width = 1);

  int dim() const override { return inner_->dim(); }
  int classes() const override { return inner_->classes(); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  void restore(int rows, real* x) const override { inner_->restore(rows, x); }
  ColumnUnits units() const override { return inner_->units(); }
  // The held-out rows of the inner distribution, with noise of the same width.
  std::shared_ptr<const Distribution> held_out() const override;
  int row_count() const override { return inner_->row_count(); }
  std::span<const std::string> names() const override { return inner_->names(); }
  void draw_core(Stream stream, std::uint32_t first_row, int rows, real* out,
                 int* labels) const override {
    inner_->draw_core(stream, first_row, rows, out, labels);
  }
  void finish(const RowAt& at, int first_column, int columns, double* x,
              RowUnits units) const override;
  bool wide() const override { return wide_; }
  // Writes ln p for a finite set of n rows, where p is the number of bins that contain x, divided by
  // n width^D. Each query is one pass over the set. Other distributions have no density in closed
  // form.
  bool log_density(int rows, const real* x, double* out) const override;
  double log_scale() const override { return inner_->log_scale(); }

  double width() const { return width_; }

 private:
  DistributionPtr inner_;
  double width_;
  std::vector<double>
      inner_scale_;  // the size of a unit of inner_ in the units of the data, for each column
  bool wide_;        // true if `real` would round the noise off
};

}  // namespace pushforward::inline PF_REAL
