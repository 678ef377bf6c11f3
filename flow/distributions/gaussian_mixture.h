// A mixture of round Gaussians in any dimension, from
// a table of weights, means and standard deviations.
#pragma once

#include <vector>

#include "flow/distributions/distribution.h"

namespace pushforward::inline PF_REAL {

// The mixture p(x) = sum_k w_k N(x; mean_k, std_k^2 I). A row's label is its component k.
class GaussianMixture final : public Distribution {
 public:
  // weights (K) need not sum to 1; means are (K, D); stds (K) are positive.
  // Throws if the sizes differ, on a weight that is negative or not finite, on weights that are all
  // 0, and on a std that is not positive and finite.
  GaussianMixture(std::vector<double> weights, Tensor means, std::vector<double> stds);
  // Takes means (K, D) as doubles. The doubles are kept if rounding the rows to `real` would give
  // steps of more than 1/10,000 of a component's std.
  GaussianMixture(std::vector<double> weights, const std::vector<std::vector<double>>& means,
                  std::vector<double> stds);

  int dim() const override { return means_.cols(); }
  int classes() const override { return means_.rows(); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  std::optional<Mixture> mixture() const override;
  // Writes the core of each row, from which `finish` computes the row: its standard normal numbers
  // if the means are kept as doubles, and the row itself otherwise.
  void draw_core(Stream stream, std::uint32_t first_row, int rows, real* out,
                 int* labels) const override;
  void finish(const RowAt& at, int first_column, int columns, double* x, RowUnits) const override;
  bool wide() const override { return !exact_means_.empty(); }

 private:
  int component(double u) const;
  int component_of(Stream stream, std::uint32_t row) const;
  double mean(int k, int j) const {
    return wide() ? exact_means_[static_cast<std::size_t>(k) * means_.cols() + j]
                  : static_cast<double>(means_(k, j));
  }

  std::vector<double> until_;  // until_[k]: the probability of components 0 .. k
  Tensor means_;
  std::vector<double> exact_means_;  // (K, D); empty if `real` is precise enough
  std::vector<double> stds_;
};

}  // namespace pushforward::inline PF_REAL
