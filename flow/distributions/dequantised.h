// Whole-number data made continuous: uniform noise of one bin's width on every column.
#pragma once

#include "flow/distributions/distribution.h"

namespace pushforward::inline PF_REAL {

// Another distribution's rows x plus u, u uniform on (0, width) in each column: uniform
// dequantisation (Uria, Murray, Larochelle 2013; Theis, van den Oord, Bethge 2016, section 3.1).
// With rows that stand on a grid of that width, a model's density p of x + u and its probability of
// the bin of x, P(x) = integral of p over [x, x + width)^D, obey
//   E_u ln p(x + u) + D ln width <= ln P(x),
// so that the mean of bits_per_dimension (flow/density/likelihood.h) over x + u is an upper bound
// of
// -log2 P(x) / D.
//
// The noise of a row is a stream of its own: with and without it, the inner distribution draws the
// same rows. `restore` goes back to the inner distribution's raw units, and keeps the noise.
class DequantisedData final : public Distribution {
 public:
  // `width` is that of a bin in the inner distribution's units, positive and
  // finite: 1 for whole numbers, 1/255 for bytes divided by 255. Fails on anything else.
  explicit DequantisedData(DistributionPtr inner, double width = 1);

  int dim() const override { return inner_->dim(); }
  int classes() const override { return inner_->classes(); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  void restore(int rows, real* x) const override { inner_->restore(rows, x); }
  ColumnUnits units() const override { return inner_->units(); }
  // Of a finite set of n rows: the number of boxes that hold x,
  // over n width^D. One pass over the set for each row asked about.
  bool log_density(int rows, const real* x, double* out) const override;
  double log_scale() const override { return inner_->log_scale(); }

  double width() const { return width_; }

 private:
  DistributionPtr inner_;
  double width_;
};

}  // namespace pushforward::inline PF_REAL
