// A finite data set: an array of rows, drawn with replacement or epoch by epoch.
#pragma once

#include <vector>

#include "flow/distributions/distribution.h"

namespace pushforward {

// How the rows of a finite set are drawn.
struct RowOrder {
  // 0: with replacement. Else the number of rows drawn a step: row k of step s is place s batch + k
  // of an endless sequence of random permutations, so every n places hold each row once.
  int batch = 0;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

class ArrayData final : public Distribution {
 public:
  // values (n, D), n > 0, finite; labels (n), each in 0 .. max, or empty. Fails on anything else.
  explicit ArrayData(Tensor values, std::vector<int> labels = {}, RowOrder order = {});

  int dim() const override { return values_.cols(); }
  int classes() const override { return classes_; }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  // A point mass of weight 1 / n at every row.
  std::optional<Mixture> mixture() const override;
  const Tensor* all() const override { return &values_; }
  std::span<const int> all_labels() const override { return labels_; }

  // Which row of the array row `row` of the stream is.
  int index(Stream stream, std::uint32_t row) const;

 private:
  Tensor values_;
  std::vector<int> labels_;
  RowOrder order_;
  int classes_ = 0;
};

}  // namespace pushforward::inline PF_REAL
