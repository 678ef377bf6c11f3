// A mixture of round Gaussians in any dimension, from
// a table of weights, means and standard deviations.
#pragma once

#include <vector>

#include "flow/distributions/distribution.h"

namespace pushforward::inline PF_REAL {

// p(x) = sum_k w_k N(x; mean_k, std_k^2 I). A row's label is its component.
class GaussianMixture final : public Distribution {
 public:
  // weights (K) need not sum to 1; means are (K, D); stds (K) are positive.
  // Throws if the sizes differ, on a weight that is negative or not finite, on weights that are all
  // 0, and on a std that is not positive and finite.
  GaussianMixture(std::vector<double> weights, Tensor means, std::vector<double> stds);

  int dim() const override { return means_.cols(); }
  int classes() const override { return means_.rows(); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  std::optional<Mixture> mixture() const override;

 private:
  int component(double u) const;

  std::vector<double> until_;  // until_[k]: the probability of components 0 .. k
  Tensor means_;
  std::vector<double> stds_;
};

}  // namespace pushforward::inline PF_REAL
