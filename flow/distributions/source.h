// Sources, the distributions p0 at t = 0: normal and uniform numbers. Any
// data set can be a source too.
#pragma once

#include "flow/distributions/distribution.h"

namespace pushforward::inline PF_REAL {

// Independent normal coordinates, each N(mean, std^2). Throws unless the dimension and std
// are positive and the mean is finite.
class GaussianSource final : public Distribution {
 public:
  explicit GaussianSource(int dim, double std = 1, double mean = 0);
  int dim() const override { return dim_; }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  bool log_density(int rows, const real* x, double* out) const override;
  std::optional<Mixture> mixture() const override {
    return Mixture{dim_, {1}, std::vector<double>(static_cast<std::size_t>(dim_), mean_), {std_}};
  }

 private:
  int dim_;
  double std_, mean_;
};

// Independent coordinates, each uniform on (low, high). Throws unless the dimension is positive and
// low < high, both finite.
class UniformSource final : public Distribution {
 public:
  UniformSource(int dim, double low, double high);
  int dim() const override { return dim_; }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  // The bounds belong to the support, and so do points just outside them that round-off produces.
  bool log_density(int rows, const real* x, double* out) const override;

 private:
  int dim_;
  double low_, high_;
};

}  // namespace pushforward::inline PF_REAL
