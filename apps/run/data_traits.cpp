#include "apps/run/data_traits.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "flow/manifold/tape.h"

namespace pushforward::app::inline PF_REAL {

Units make_units(const Distribution& data) {
  ColumnUnits units = data.units();
  Units made{
      std::move(units.scale), std::move(units.shift), {data.names().begin(), data.names().end()}};
  if (!data.is_finite()) return made;
  each_wide_row(data, RowUnits::data, [&](int row, std::span<const double> x) {
    if (row == 0) made.constant.assign(x.begin(), x.end());
    for (std::size_t j = 0; j < x.size(); ++j)
      if (made.constant[j] && *made.constant[j] != x[j]) made.constant[j].reset();
    return true;
  });
  return made;
}

void add_range(const Distribution& data, Units& units) {
  const auto dim = static_cast<std::size_t>(data.dim());
  units.low.assign(dim, std::numeric_limits<double>::max());
  units.high.assign(dim, std::numeric_limits<double>::lowest());
  const auto add = [&](std::span<const double> x) {
    for (std::size_t j = 0; j < dim; ++j) {
      units.low[j] = std::min(units.low[j], x[j]);
      units.high[j] = std::max(units.high[j], x[j]);
    }
  };
  if (data.is_finite()) {
    each_wide_row(data, RowUnits::data, [&](int, std::span<const double> x) {
      add(x);
      return true;
    });
    return;
  }
  const Tensor rows = draw_rows(data, {0x72616e6765, Purpose::data, 0xffffffff}, 16384);
  std::vector<double> x(rows.values().begin(), rows.values().end());
  units.to_data(x);
  for (std::size_t at = 0; at < x.size(); at += dim) add(std::span(x).subspan(at, dim));
}

double measure_spread(const Distribution& data, const Manifold* manifold) {
  Tensor rows = draw_rows(data, {0x737072656164, Purpose::data, 0xffffffff}, 16384);
  if (manifold) rows = embedded_rows(*manifold, rows);
  const int n = rows.rows(), dim = rows.cols();
  double variance = 0;
  for (int c = 0; c < dim; ++c) {
    double mean = 0, square = 0;
    for (int r = 0; r < n; ++r) mean += static_cast<double>(rows(r, c)) / n;
    for (int r = 0; r < n; ++r) square += std::pow(static_cast<double>(rows(r, c)) - mean, 2) / n;
    variance += square / dim;
  }
  return variance > 0 ? std::sqrt(variance) : 1;
}

ClassShares count_class_shares(const Distribution& data) {
  if (data.classes() == 0) return {};
  if (!data.all_labels().empty()) return class_shares(data.all_labels(), data.classes());
  std::vector<int> labels;
  draw_rows(data, {0x6c6162656c73, Purpose::label, 0xffffffff}, 65536, &labels);
  return class_shares(labels, data.classes());
}

}  // namespace pushforward::app::inline PF_REAL
