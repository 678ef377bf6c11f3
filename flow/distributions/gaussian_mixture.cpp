#include "flow/distributions/gaussian_mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "autograd/tensor/random_fill.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The index of the random number that chooses a row's component, above all indices
// of its coordinates.
constexpr std::uint32_t kComponentIndex = 0xfffffffe;

Tensor as_means(const std::vector<std::vector<double>>& rows) {
  const std::size_t d = rows.empty() ? 0 : rows.front().size();
  Tensor means({static_cast<int>(rows.size()), static_cast<int>(d)});
  for (int k = 0; k < means.rows(); ++k) {
    check(rows[k].size() == d, "gaussian_mixture", "mean ", k, " has ", rows[k].size(),
          " coordinates and the first ", d, "; give all as many");
    std::transform(rows[k].begin(), rows[k].end(), means.row(k).begin(),
                   [](double x) { return static_cast<real>(x); });
  }
  return means;
}

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

GaussianMixture::GaussianMixture(std::vector<double> weights,
                                 const std::vector<std::vector<double>>& means,
                                 std::vector<double> stds)
    : GaussianMixture(std::move(weights), as_means(means), std::move(stds)) {
  bool fine = true;
  for (std::size_t k = 0; k < means.size(); ++k) {
    for (const double x : means[k])
      fine = fine && std::abs(x) * static_cast<double>(std::numeric_limits<real>::epsilon()) <=
                         1e-4 * stds_[k];
  }
  for (std::size_t k = 0; k < means.size() && !fine; ++k)
    exact_means_.insert(exact_means_.end(), means[k].begin(), means[k].end());
}

int GaussianMixture::component_of(Stream stream, std::uint32_t row) const {
  return component(stream.uniform(row, kComponentIndex));
}

void GaussianMixture::draw_core(Stream stream, std::uint32_t first_row, int rows, real* out,
                                int* labels) const {
  if (!wide()) return draw(stream, first_row, rows, out, labels);
  fill_normal(stream, first_row, rows, dim(), out);
  for (int r = 0; labels && r < rows; ++r)
    labels[r] = component_of(stream, first_row + static_cast<std::uint32_t>(r));
}

void GaussianMixture::finish(const RowAt& at, int first_column, int columns, double* x,
                             RowUnits) const {
  if (!wide()) return;
  const int k = component_of(at.stream, at.row);
  for (int j = 0; j < columns; ++j) x[j] = mean(k, first_column + j) + stds_[k] * x[j];
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
    const int k = component_of(stream, first_row + static_cast<std::uint32_t>(r));
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
    for (int j = 0; j < m.dim; ++j) m.means.push_back(mean(k, j));
  }
  return m;
}

}  // namespace pushforward::inline PF_REAL
