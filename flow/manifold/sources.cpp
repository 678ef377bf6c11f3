#include "flow/manifold/sources.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "flow/distributions/log_density.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The first index of uniform numbers in a row of a stream, beyond those of its normal numbers.
constexpr std::uint32_t kUniforms = 1u << 20;

// Checks a mixture and replaces empty weights by equal ones. `width` names the widths.
ManifoldMixture checked(ManifoldMixture mixture, const char* where, const char* width, bool zero) {
  const std::size_t count = mixture.means.size();
  check(count > 0, where, "there are no components; give at least one mean");
  if (mixture.weights.empty()) mixture.weights.assign(count, 1);
  check(mixture.widths.size() == count && mixture.weights.size() == count, where, count, " means, ",
        mixture.widths.size(), " ", width, "s and ", mixture.weights.size(),
        " weights; give one of each for every component");
  for (std::size_t k = 0; k < count; ++k) {
    check(mixture.means[k].size() == mixture.means.front().size() && !mixture.means[k].empty(),
          where, "mean ", k, " has ", mixture.means[k].size(), " numbers and mean 0 has ",
          mixture.means.front().size(), "; give all as many, at least one");
    const double w = mixture.widths[k], p = mixture.weights[k];
    check(std::isfinite(w) && (zero ? w >= 0 : w > 0), where, width, " ", k, " is ", w,
          "; it must be finite and ", zero ? "0 or more" : "above 0");
    check(std::isfinite(p) && p > 0, where, "weight ", k, " is ", p,
          "; it must be finite and above 0");
  }
  double total = 0;
  for (const double p : mixture.weights) total += p;
  for (double& p : mixture.weights) p /= total;
  return mixture;
}

// Returns the component of a row.
int component_of(const ManifoldMixture& mixture, Stream stream, std::uint32_t row) {
  double left = stream.uniform(row, kUniforms);
  for (std::size_t k = 0; k + 1 < mixture.weights.size(); ++k) {
    left -= mixture.weights[k];
    if (left < 0) return static_cast<int>(k);
  }
  return static_cast<int>(mixture.weights.size()) - 1;
}

// Writes a random unit vector of n numbers, from the normal numbers of a row.
void draw_direction(Stream stream, std::uint32_t row, std::uint32_t first, int n, real* out) {
  double square = 0;
  for (int j = 0; j < n; ++j) {
    const double z = stream.normal(row, first + static_cast<std::uint32_t>(j));
    out[j] = static_cast<real>(z);
    square += z * z;
  }
  for (int j = 0; j < n; ++j)
    out[j] = static_cast<real>(static_cast<double>(out[j]) / std::sqrt(square));
}

// Returns the first number of a random unit vector of n numbers.
double draw_first(Stream stream, std::uint32_t row, std::uint32_t first, int n) {
  double square = 0;
  for (int j = 0; j < n; ++j)
    square += std::pow(stream.normal(row, first + static_cast<std::uint32_t>(j)), 2);
  return stream.normal(row, first) / std::sqrt(square);
}

}  // namespace

void UniformOnManifold::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                             int* labels) const {
  for (int r = 0; r < rows; ++r, out += dim()) {
    const std::uint32_t row = first_row + static_cast<std::uint32_t>(r);
    for_each_factor(manifold_, [&](const Factor& factor, int at) {
      const auto first = static_cast<std::uint32_t>(at);
      if (factor.geometry == Geometry::sphere || factor.geometry == Geometry::rotation)
        return draw_direction(stream, row, first, factor.dim, out + at);
      for (int j = 0; j < factor.dim; ++j) {
        const auto index = first + static_cast<std::uint32_t>(j);
        out[at + j] = static_cast<real>(factor.geometry == Geometry::torus
                                            ? std::numbers::pi *
                                                  (2 * stream.uniform(row, kUniforms + index) - 1)
                                            : stream.normal(row, index));
      }
    });
    project_row(manifold_, out);
  }
  if (labels) std::fill_n(labels, rows, 0);
}

bool UniformOnManifold::log_density(int rows, const real* x, double* out) const {
  double of_compact = 0;
  for (const Factor& factor : manifold_.factors())
    if (factor.geometry != Geometry::euclidean) of_compact -= Manifold({factor}).log_volume();
  for (int r = 0; r < rows; ++r, x += dim()) {
    out[r] = of_compact;
    for_each_factor(manifold_, [&](const Factor& factor, int at) {
      if (factor.geometry != Geometry::euclidean) return;
      double square = 0;
      for (int j = at; j < at + factor.dim; ++j) square += std::pow(static_cast<double>(x[j]), 2);
      out[r] += log_normal(square, 1, factor.dim);
    });
  }
  return true;
}

VonMisesFisherMixture::VonMisesFisherMixture(ManifoldMixture mixture)
    : mixture_(checked(std::move(mixture), "vmf_mixture", "kappa", true)),
      manifold_(sphere(dim())) {
  const int n = dim();
  for (std::size_t k = 0; k < mixture_.means.size(); ++k) {
    double square = 0;
    for (const double m : mixture_.means[k]) square += m * m;
    check(square > 0 && std::isfinite(square), "vmf_mixture", "mean ", k, " has the length ",
          std::sqrt(square), "; give a direction");
    for (double& m : mixture_.means[k]) m /= std::sqrt(square);
    log_constants_.push_back(std::log(mixture_.weights[k]) +
                             log_vmf_constant(n, mixture_.widths[k]));
  }
}

// Draws the cosine of the angle to the mean by rejection from a density that is close to it (Wood
// 1994, "Simulation of the von Mises Fisher distribution"). At least about two attempts in three
// succeed.
double VonMisesFisherMixture::draw_cosine(Stream stream, std::uint32_t row, double kappa) const {
  const int n = dim();
  const double m = n - 1, b = m / (2 * kappa + std::sqrt(4 * kappa * kappa + m * m));
  const double x = (1 - b) / (1 + b), c = kappa * x + m * std::log(1 - x * x);
  for (std::uint32_t attempt = 1;; ++attempt) {
    // (1 + the first number of a random direction) / 2 has the distribution Beta(m/2, m/2).
    const double first = draw_first(stream, row, attempt * static_cast<std::uint32_t>(n + 4), n);
    const double z = (1 + first) / 2;
    const double w = (1 - (1 + b) * z) / (1 - (1 - b) * z);
    const double u = stream.uniform(row, kUniforms + 8 + attempt);
    if (kappa * w + m * std::log(1 - x * w) - c >= std::log(u)) return std::clamp(w, -1., 1.);
  }
}

void VonMisesFisherMixture::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                                 int* labels) const {
  const int n = dim();
  for (int r = 0; r < rows; ++r, out += n) {
    const std::uint32_t row = first_row + static_cast<std::uint32_t>(r);
    const auto k = static_cast<std::size_t>(component_of(mixture_, stream, row));
    const std::vector<double>& mean = mixture_.means[k];
    const double cosine = draw_cosine(stream, row, mixture_.widths[k]),
                 sine = std::sqrt(std::max(0., 1 - cosine * cosine));
    // The part of a random direction that is normal to the mean has a uniform direction itself.
    draw_direction(stream, row, 0, n, out);
    double along = 0, square = 0;
    const auto across = [&](int j) {
      return static_cast<double>(out[j]) - along * mean[static_cast<std::size_t>(j)];
    };
    for (int j = 0; j < n; ++j)
      along += static_cast<double>(out[j]) * mean[static_cast<std::size_t>(j)];
    for (int j = 0; j < n; ++j) square += across(j) * across(j);
    for (int j = 0; j < n; ++j)
      out[j] = static_cast<real>(cosine * mean[static_cast<std::size_t>(j)] +
                                 sine * across(j) / std::sqrt(square));
    project_row(manifold_, out);
    if (labels) labels[r] = static_cast<int>(k);
  }
}

bool VonMisesFisherMixture::log_density(int rows, const real* x, double* out) const {
  for (int r = 0; r < rows; ++r, x += dim()) {
    double square = 0;
    for (int j = 0; j < dim(); ++j) square += std::pow(static_cast<double>(x[j]), 2);
    LogSum sum;
    for (std::size_t k = 0; k < mixture_.means.size(); ++k) {
      double along = 0;
      for (int j = 0; j < dim(); ++j)
        along += static_cast<double>(x[j]) * mixture_.means[k][static_cast<std::size_t>(j)];
      sum.add(log_constants_[k] + mixture_.widths[k] * along / std::sqrt(square));
    }
    out[r] = sum.value();
  }
  return true;
}

WrappedNormalMixture::WrappedNormalMixture(ManifoldMixture mixture)
    : mixture_(checked(std::move(mixture), "wrapped_mixture", "std", false)),
      manifold_(torus(dim())) {}

void WrappedNormalMixture::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                                int* labels) const {
  for (int r = 0; r < rows; ++r, out += dim()) {
    const std::uint32_t row = first_row + static_cast<std::uint32_t>(r);
    const auto k = static_cast<std::size_t>(component_of(mixture_, stream, row));
    for (int j = 0; j < dim(); ++j)
      out[j] = static_cast<real>(
          wrapped_angle(mixture_.means[k][static_cast<std::size_t>(j)] +
                        mixture_.widths[k] * stream.normal(row, static_cast<std::uint32_t>(j))));
    project_row(manifold_, out);
    if (labels) labels[r] = static_cast<int>(k);
  }
}

bool WrappedNormalMixture::log_density(int rows, const real* x, double* out) const {
  for (int r = 0; r < rows; ++r, x += dim()) {
    LogSum sum;
    for (std::size_t k = 0; k < mixture_.means.size(); ++k) {
      double log_p = std::log(mixture_.weights[k]);
      for (int j = 0; j < dim(); ++j)
        log_p +=
            log_wrapped_normal(static_cast<double>(x[j]),
                               mixture_.means[k][static_cast<std::size_t>(j)], mixture_.widths[k]);
      sum.add(log_p);
    }
    out[r] = sum.value();
  }
  return true;
}

}  // namespace pushforward::inline PF_REAL
