#include "flow/distributions/distribution.h"

#include <algorithm>
#include <cmath>

#include "flow/distributions/log_density.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

constexpr int kFinishedColumns = 64;  // columns per call of `finish`, a multiple of 4

// Computes one row in blocks of columns, and calls `finished(first, x, count)` for each block.
// core(j) returns the number from which `finish` computes column j (see Distribution::draw_core).
template <class Core, class Finished>
void each_block(const Distribution& distribution, const RowAt& at, RowUnits units, const Core& core,
                const Finished& finished) {
  double x[kFinishedColumns];
  for (int first = 0; first < distribution.dim(); first += kFinishedColumns) {
    const int count = std::min(kFinishedColumns, distribution.dim() - first);
    for (int j = 0; j < count; ++j) x[j] = core(first + j);
    distribution.finish(at, first, count, x, units);
    finished(first, x, count);
  }
}

}  // namespace

void Distribution::restore(int, real*) const {}

void Distribution::finish(const RowAt&, int, int, double*, RowUnits) const {}

ColumnUnits Distribution::units() const {
  const auto d = static_cast<std::size_t>(dim());
  return {std::vector<double>(d, 1), std::vector<double>(d, 0)};
}

bool Distribution::log_density(int rows, const real* x, double* out) const {
  const std::optional<Mixture> m = mixture();
  if (!m || std::ranges::find(m->stds, 0) != m->stds.end()) return false;
  const std::size_t d = static_cast<std::size_t>(dim());
  for (int r = 0; r < rows; ++r, x += d) {
    LogSum sum;
    for (int k = 0; k < m->components(); ++k) {
      double square = 0;
      for (std::size_t j = 0; j < d; ++j)
        square += std::pow(static_cast<double>(x[j]) - m->mean(k)[j], 2);
      sum.add(std::log(m->weights[k]) + log_normal(square, m->stds[k], m->dim));
    }
    out[r] = sum.value();
  }
  return true;
}

Tensor draw_rows(const Distribution& distribution, Stream stream, int n, std::vector<int>* labels) {
  check(n >= 0, "data", n, " rows asked for; give 0 or more");
  Tensor x({n, distribution.dim()});
  if (labels) labels->assign(n, 0);
  distribution.draw(stream, 0, n, x.data(), labels ? labels->data() : nullptr);
  return x;
}

namespace {

std::vector<double> wide_rows_from(const Distribution& distribution, Stream stream,
                                   std::uint32_t first, int n, RowUnits units,
                                   std::vector<int>* labels) {
  check(n >= 0, "data", n, " rows asked for; give 0 or more");
  Tensor core({n, distribution.dim()});
  if (labels) labels->assign(n, 0);
  distribution.draw_core(stream, first, n, core.data(), labels ? labels->data() : nullptr);
  std::vector<double> rows;
  rows.reserve(core.values().size());
  for (int r = 0; r < n; ++r)
    each_block(
        distribution, {stream, first + static_cast<std::uint32_t>(r)}, units,
        [&](int j) { return static_cast<double>(core(r, j)); },
        [&](int, const double* x, int count) { rows.insert(rows.end(), x, x + count); });
  return rows;
}

}  // namespace

std::vector<double> draw_wide_rows(const Distribution& distribution, Stream stream, int n,
                                   RowUnits units, std::vector<int>* labels) {
  return wide_rows_from(distribution, stream, 0, n, units, labels);
}

std::vector<double> draw_row_block(const Distribution& distribution, Stream stream,
                                   std::uint32_t first, int n, RowUnits units) {
  return wide_rows_from(distribution, stream, first, n, units, nullptr);
}

void each_wide_row(const Distribution& distribution, RowUnits units,
                   const std::function<bool(int, std::span<const double>)>& visit) {
  check(distribution.is_finite(), "data",
        "all rows are asked for of a distribution that is no finite set; draw rows instead");
  std::vector<double> row(static_cast<std::size_t>(distribution.dim()));
  for (int i = 0; i < distribution.row_count(); ++i) {
    each_block(
        distribution, {{}, 0, i}, units, [](int) { return 0.; },
        [&](int first, const double* x, int count) { std::copy_n(x, count, row.begin() + first); });
    if (!visit(i, row)) return;
  }
}

std::vector<double> all_wide_rows(const Distribution& distribution, RowUnits units) {
  std::vector<double> rows;
  if (distribution.is_finite())
    rows.reserve(static_cast<std::size_t>(distribution.row_count()) *
                 static_cast<std::size_t>(distribution.dim()));
  each_wide_row(distribution, units, [&](int, std::span<const double> x) {
    rows.insert(rows.end(), x.begin(), x.end());
    return true;
  });
  return rows;
}

void finish_row(const Distribution& distribution, const RowAt& at, real* x) {
  each_block(
      distribution, at, RowUnits::own, [x](int j) { return static_cast<double>(x[j]); },
      [x](int first, const double* finished, int count) {
        for (int j = 0; j < count; ++j) x[first + j] = static_cast<real>(finished[j]);
      });
}

}  // namespace pushforward::inline PF_REAL
