#include "flow/distributions/source.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/random_fill.h"
#include "flow/distributions/log_density.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using namespace kernels;

namespace {

void scale_and_shift(real* x, double a, double b, int rows, int dim, int* labels) {
  const std::int64_t n = static_cast<std::int64_t>(rows) * dim;
  if (a != 1 || b != 0) affine(x, static_cast<real>(a), static_cast<real>(b), x, n);
  if (labels) std::fill_n(labels, rows, 0);
}

}  // namespace

GaussianSource::GaussianSource(int dim, double std, double mean)
    : dim_(dim), std_(std), mean_(mean) {
  check(dim > 0, "gaussian", "the dimension is ", dim, "; it must be positive");
  check(std > 0 && std::isfinite(std), "gaussian", "std is ", std,
        "; it must be positive and finite");
  check(std::isfinite(mean), "gaussian", "mean is ", mean, "; it must be finite");
}

void GaussianSource::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                          int* labels) const {
  fill_normal(stream, first_row, rows, dim_, out);
  scale_and_shift(out, std_, mean_, rows, dim_, labels);
}

bool GaussianSource::log_density(int rows, const real* x, double* out) const {
  for (int r = 0; r < rows; ++r, x += dim_) {
    double square = 0;
    for (int j = 0; j < dim_; ++j) square += std::pow(static_cast<double>(x[j]) - mean_, 2);
    out[r] = log_normal(square, std_, dim_);
  }
  return true;
}

UniformSource::UniformSource(int dim, double low, double high) : dim_(dim), low_(low), high_(high) {
  check(dim > 0, "uniform", "the dimension is ", dim, "; it must be positive");
  check(low < high && std::isfinite(high - low), "uniform", "low ", low, " and high ", high,
        "; low must be below high, and both finite");
}

void UniformSource::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                         int* labels) const {
  fill_uniform(stream, first_row, rows, dim_, out);
  scale_and_shift(out, high_ - low_, low_, rows, dim_, labels);
}

bool UniformSource::log_density(int rows, const real* x, double* out) const {
  const double inside = -dim_ * std::log(high_ - low_);
  const double hair = 2 * static_cast<double>(std::numeric_limits<real>::epsilon()) *
                      std::max(std::abs(low_), std::abs(high_));
  for (int r = 0; r < rows; ++r, x += dim_) {
    const bool within = std::all_of(x, x + dim_, [&](real v) {
      return static_cast<double>(v) >= low_ - hair && static_cast<double>(v) <= high_ + hair;
    });
    out[r] = within ? inside : -std::numeric_limits<double>::infinity();
  }
  return true;
}

}  // namespace pushforward::inline PF_REAL
