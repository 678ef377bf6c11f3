#include "flow/distributions/gaussian_mixture.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/tensor/random_fill.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The index of the random number that chooses a row's component, above all indices
// of its coordinates.
constexpr std::uint32_t kComponentIndex = 0xfffffffe;

}  // namespace

GaussianMixture::GaussianMixture(std::vector<double> weights, Tensor means,
                                 std::vector<double> stds)
    : until_(std::move(weights)), means_(std::move(means)), stds_(std::move(stds)) {
  const std::size_t k = until_.size();
  check(means_.shape().rank == 2 && means_.cols() > 0, "gaussian_mixture", "means have shape ",
        means_.shape(), "; give (components, dimension)");
  check(k > 0 && static_cast<int>(k) == means_.rows() && stds_.size() == k, "gaussian_mixture", k,
        " weights, ", means_.rows(), " means and ", stds_.size(),
        " stds; give one of each for every component");
  double total = 0;
  for (std::size_t i = 0; i < k; ++i) {
    check(std::isfinite(until_[i]) && until_[i] >= 0, "gaussian_mixture", "weight ", i, " is ",
          until_[i], "; weights must be finite and not negative");
    check(std::isfinite(stds_[i]) && stds_[i] > 0, "gaussian_mixture", "std ", i, " is ", stds_[i],
          "; it must be positive and finite");
    total += until_[i];
    until_[i] = total;
  }
  check(total > 0, "gaussian_mixture", "all ", k, " weights are 0; at least one must be positive");
  for (double& u : until_) u /= total;
}

int GaussianMixture::component(double u) const {
  const auto it = std::upper_bound(until_.begin(), until_.end() - 1, u);
  return static_cast<int>(it - until_.begin());
}

void GaussianMixture::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                           int* labels) const {
  const int d = dim();
  fill_normal(stream, first_row, rows, d, out);
  for (int r = 0; r < rows; ++r, out += d) {
    const int k =
        component(stream.uniform(first_row + static_cast<std::uint32_t>(r), kComponentIndex));
    const real std = static_cast<real>(stds_[k]);
    for (int j = 0; j < d; ++j) out[j] = means_(k, j) + std * out[j];
    if (labels) labels[r] = k;
  }
}

std::optional<Mixture> GaussianMixture::mixture() const {
  Mixture m{.dim = dim()};
  for (int k = 0; k < means_.rows(); ++k) {
    const double weight = until_[k] - (k > 0 ? until_[k - 1] : 0);
    if (weight == 0) continue;
    m.weights.push_back(weight);
    m.stds.push_back(stds_[k]);
    for (int j = 0; j < m.dim; ++j) m.means.push_back(static_cast<double>(means_(k, j)));
  }
  return m;
}

}  // namespace pushforward::inline PF_REAL
