// Draws the values of a parameter from its distribution.
#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/tensor/random_fill.h"
#include "nn/init.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Makes the rows of `a` orthonormal (rows <= cols). Modified Gram-Schmidt is applied twice to each
// row, which makes them orthogonal to working precision (Giraud, Langou 2005).
void orthonormalise(int rows, int cols, std::vector<double>& a) {
  for (int r = 0; r < rows; ++r) {
    double* row = &a[std::size_t(r) * cols];
    for (int pass = 0; pass < 2; ++pass) {
      for (int q = 0; q < r; ++q) {
        const double* other = &a[std::size_t(q) * cols];
        double overlap = 0;
        for (int c = 0; c < cols; ++c) overlap += row[c] * other[c];
        for (int c = 0; c < cols; ++c) row[c] -= overlap * other[c];
      }
    }
    double norm = 0;
    for (int c = 0; c < cols; ++c) norm += row[c] * row[c];
    for (int c = 0; c < cols; ++c) row[c] /= std::sqrt(norm);
  }
}

// Fills `out` with `gain` times a random matrix, which has orthonormal rows if it is wide, or
// orthonormal columns if it is tall.
void fill_orthogonal(double gain, Shape shape, Stream stream, real* out) {
  check(shape.rank == 2, "init", "orthogonal needs a matrix: the parameter has shape ", shape,
        "; choose another distribution");
  const int rows = shape[0], cols = shape[1], few = std::min(rows, cols),
            many = std::max(rows, cols);
  std::vector<double> a(std::size_t(few) * many);
  for (int r = 0; r < few; ++r) {
    for (int c = 0; c < many; ++c)
      a[std::size_t(r) * many + c] =
          stream.normal(static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(c));
  }
  orthonormalise(few, many, a);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < cols; ++c) {
      const double q = rows <= cols ? a[std::size_t(r) * many + c] : a[std::size_t(c) * many + r];
      out[std::size_t(r) * cols + c] = static_cast<real>(gain * q);
    }
  }
}

// Returns factor k of n factors that grow evenly in logarithm from 1 to 2^octaves. If n is 1, the
// factor is 1.
double octave_factor(double octaves, std::int64_t k, std::int64_t n) {
  return n < 2 ? 1 : std::exp2(octaves * static_cast<double>(k) / static_cast<double>(n - 1));
}

void fill_axes(Init init, Shape shape, real* out) {
  const std::int64_t rows = shape.rows(), cols = shape.cols();
  std::fill_n(out, rows * cols, real(0));
  for (std::int64_t j = 0; j < cols; ++j) {
    const std::int64_t row = j % rows, in_row = (cols - row + rows - 1) / rows;
    out[row * cols + j] =
        static_cast<real>(init.scale * octave_factor(init.octaves, j / rows, in_row));
  }
}

}  // namespace

void fill_init(Init init, Shape shape, Stream stream, real* out) {
  check(std::isfinite(init.scale), "init", "the distribution's number is ", init.scale,
        "; it must be finite");
  check(std::isfinite(init.octaves), "init", "octaves is ", init.octaves, "; it must be finite");
  const std::int64_t n = shape.size();
  const real scale = static_cast<real>(init.scale);
  switch (init.kind) {
    case Init::Kind::constant: std::fill_n(out, n, scale); return;
    case Init::Kind::uniform:
      fill_uniform(stream, 0, shape.rows(), shape.cols(), out);
      for (std::int64_t i = 0; i < n; ++i) out[i] = (2 * out[i] - 1) * scale;
      return;
    case Init::Kind::normal:
      fill_normal(stream, 0, shape.rows(), shape.cols(), out);
      for (std::int64_t i = 0; i < n; ++i) out[i] *= scale;
      if (init.octaves == 0) return;
      for (std::int64_t i = 0; i < n; ++i)
        out[i] *= static_cast<real>(octave_factor(init.octaves, i % shape.cols(), shape.cols()));
      return;
    case Init::Kind::orthogonal: fill_orthogonal(init.scale, shape, stream, out); return;
    case Init::Kind::axes: fill_axes(init, shape, out); return;
  }
}

}  // namespace pushforward::inline PF_REAL
