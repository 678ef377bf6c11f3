// Distributions on manifolds: uniform, von Mises-Fisher mixtures on spheres, wrapped normal mixtures
// on tori.
#pragma once

#include <utility>
#include <vector>

#include "flow/distributions/distribution.h"
#include "flow/manifold/manifold.h"

namespace pushforward {

// Returns ln C(kappa) of the density C exp(kappa mean . x) on S^(n-1), by quadrature to about 1e-12,
// and in closed form for n = 3: kappa / (4 pi sinh kappa). kappa is 0 or more.
double log_vmf_constant(int n, double kappa);

// Returns the entropy of one von Mises-Fisher distribution in nats, -ln C - kappa E[mean . x].
double vmf_entropy(int n, double kappa);

// Returns ln p(angle) of N(mean, std^2) wrapped to [-pi, pi), the sum over all turns.
double log_wrapped_normal(double angle, double mean, double std);

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The uniform distribution on a manifold. Its density is 1 / volume. Coordinates of euclidean
// factors, which have no uniform distribution, are standard normal instead.
class UniformOnManifold final : public Distribution {
 public:
  explicit UniformOnManifold(Manifold manifold) : manifold_(std::move(manifold)) {}
  int dim() const override { return manifold_.dim(); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  bool log_density(int rows, const real* x, double* out) const override;

 private:
  Manifold manifold_;
};

// The components of a mixture on a manifold: weights that need not sum to 1, and a mean and a width
// for each component.
struct ManifoldMixture {
  std::vector<std::vector<double>> means;
  std::vector<double> widths;   // kappa or std of each component
  std::vector<double> weights;  // empty: all equal
};

// The mixture of von Mises-Fisher distributions C(kappa) exp(kappa mean . x) on the sphere S^(n-1),
// whose widths are the kappas. Rows are drawn as by Wood (1994). A row's label is its component.
class VonMisesFisherMixture final : public Distribution {
 public:
  // The means (K, n) are normalised. Throws without components, if sizes differ, on a mean that is
  // null or of fewer than 2 numbers, on a kappa that is not finite or below 0, and on a weight that
  // is not positive and finite.
  explicit VonMisesFisherMixture(ManifoldMixture mixture);
  int dim() const override { return static_cast<int>(mixture_.means.front().size()); }
  int classes() const override { return static_cast<int>(mixture_.means.size()); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  bool log_density(int rows, const real* x, double* out) const override;

 private:
  double draw_cosine(Stream stream, std::uint32_t row, double kappa) const;

  ManifoldMixture mixture_;
  Manifold manifold_;
  std::vector<double> log_constants_;  // ln of weight times C of each component
};

// The mixture of normal distributions N(mean, std^2 I) of k angles, wrapped to [-pi, pi). The means
// are in radians. A row's label is its component.
class WrappedNormalMixture final : public Distribution {
 public:
  // Throws without components, if sizes differ, on a mean without numbers, and on a std or weight
  // that is not positive and finite.
  explicit WrappedNormalMixture(ManifoldMixture mixture);
  int dim() const override { return static_cast<int>(mixture_.means.front().size()); }
  int classes() const override { return static_cast<int>(mixture_.means.size()); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  bool log_density(int rows, const real* x, double* out) const override;

 private:
  ManifoldMixture mixture_;
  Manifold manifold_;
};

}  // namespace pushforward::inline PF_REAL
