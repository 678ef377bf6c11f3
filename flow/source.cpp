#include "flow/source.h"

#include "autograd/kernels.h"
#include "autograd/random_fill.h"

namespace pushforward::inline PF_REAL {
namespace {

void scale_and_shift(real* x, double a, double b, int rows, int dim, int* labels) {
  const std::int64_t n = static_cast<std::int64_t>(rows) * dim;
  if (a != 1 || b != 0) affine(x, static_cast<real>(a), static_cast<real>(b), x, n);
  if (labels) std::fill_n(labels, rows, 0);
}

}  // namespace

GaussianSource::GaussianSource(int dim, double std, double mean)
    : dim_(dim), std_(std), mean_(mean) {
  check(dim > 0, "gaussian", "dimension ", dim, "; it must be positive");
  check(std > 0 && std::isfinite(std), "gaussian", "std is ", std,
        "; it must be positive and finite");
  check(std::isfinite(mean), "gaussian", "mean is ", mean, "; it must be finite");
}

void GaussianSource::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                          int* labels) const {
  fill_normal(stream, first_row, rows, dim_, out);
  scale_and_shift(out, std_, mean_, rows, dim_, labels);
}

UniformSource::UniformSource(int dim, double low, double high) : dim_(dim), low_(low), high_(high) {
  check(dim > 0, "uniform", "dimension ", dim, "; it must be positive");
  check(low < high && std::isfinite(high - low), "uniform", "low ", low, " and high ", high,
        "; low must be below high, both finite");
}

void UniformSource::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                         int* labels) const {
  fill_uniform(stream, first_row, rows, dim_, out);
  scale_and_shift(out, high_ - low_, low_, rows, dim_, labels);
}

}  // namespace pushforward::inline PF_REAL
