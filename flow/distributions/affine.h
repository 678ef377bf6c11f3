// Data in other units: y = scale x + shift for each column, and the inverse map.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "flow/distributions/distribution.h"

namespace pushforward {

// Says what the units of the data are after scaling and shifting. `inner`: the units of the wrapped
// data. Only the flow sees the scaled numbers, and `restore` converts samples back. standardize
// uses `inner`. `own`: y = scale x + shift is the data, where x is in the units of the wrapped
// data.
enum class AffineUnits { inner, own };

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The rows of another distribution, scaled and shifted. With units `inner`, `restore` undoes the
// scaling and shift. With units `own`, `restore` keeps the scaling and shift, and undoes only what
// the `restore` of the wrapped data undoes.
class AffineData final : public Distribution {
 public:
  // Takes the wrapped distribution `inner`, and one scale (finite, not 0) and one shift for each
  // column. Throws on other numbers, and if `inner` is null.
  AffineData(DistributionPtr inner, std::vector<double> scale, std::vector<double> shift,
             AffineUnits units = AffineUnits::inner);

  int dim() const override { return inner_->dim(); }
  int classes() const override { return inner_->classes(); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  void restore(int rows, real* x) const override;
  ColumnUnits units() const override;
  // The inner distribution's log-density minus sum_j ln |scale_j|.
  bool log_density(int rows, const real* x, double* out) const override;
  double log_scale() const override {
    return inner_->log_scale() + (units_ == AffineUnits::inner ? log_scale_ : 0);
  }
  const Tensor* all() const override;
  bool is_finite() const override { return inner_->is_finite(); }
  bool is_stored() const override { return inner_->is_stored(); }
  std::span<const int> all_labels() const override { return inner_->all_labels(); }
  // The held-out rows of the wrapped data, scaled and shifted by the same numbers.
  std::shared_ptr<const Distribution> held_out() const override;
  int row_count() const override { return inner_->row_count(); }
  int index(Stream stream, std::uint32_t row) const override { return inner_->index(stream, row); }
  std::span<const std::string> names() const override { return inner_->names(); }
  void draw_core(Stream stream, std::uint32_t first_row, int rows, real* out,
                 int* labels) const override {
    inner_->draw_core(stream, first_row, rows, out, labels);
  }
  void finish(const RowAt& at, int first_column, int columns, double* x,
              RowUnits units) const override;
  bool wide() const override { return true; }
  // Returns the inner mixture, scaled and shifted. Returns nothing if the scales differ in
  // magnitude, because a round Gaussian would become an ellipse. A mixture of point masses always
  // stays a mixture.
  std::optional<Mixture> mixture() const override;

  const std::vector<double>& scale() const { return scale_; }
  const std::vector<double>& shift() const { return shift_; }

 private:
  void transform(int rows, real* x) const;
  void undo(int rows, real* x) const;

  DistributionPtr inner_;
  std::vector<double> scale_, shift_;
  AffineUnits units_;
  double log_scale_ = 0;  // sum_j ln |scale_j|
  // All rows of a finite set, made at the first call of all() if the rows are stored elsewhere.
  struct Rows {
    std::once_flag once;
    Tensor values;
  };
  void make_rows() const;
  std::shared_ptr<Rows> all_;
};

// Returns the distribution of y = scale x + shift, with the same scale and shift in every column.
// Throws as AffineData does.
DistributionPtr affine_data(DistributionPtr inner, double scale, double shift);

// The mean and the standard deviation of each column, which `standardize` subtracts and divides by.
struct ColumnMoments {
  // The mean and std of each column. std has divisor n, and is 0 if all numbers are equal.
  std::vector<double> mean, std;
};

// Returns the mean and std of each column, computed in double over all rows of a finite set, or
// over 65,536 rows that are drawn from a fixed stream for any other distribution.
ColumnMoments column_moments(const Distribution& distribution);

enum class Standardize { columns, together };

// Returns the distribution of y = (x - mean) / std. `columns` uses the moments of each column, and
// only shifts a constant column. `together` uses one mean and one std of all numbers, which keeps
// the contrasts of images. Throws if `inner` is null.
DistributionPtr standardize(DistributionPtr inner, Standardize how = Standardize::columns);

}  // namespace pushforward::inline PF_REAL
