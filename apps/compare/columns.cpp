#include "apps/compare/columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace pushforward::app {
namespace {

constexpr double kTooFew = std::numeric_limits<double>::quiet_NaN();

// Returns the q-quantile of n sorted numbers: the number at position q (n - 1), counted from 0,
// with linear interpolation between positions.
double quantile_of(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<double> shares_of(const std::vector<double>& x, std::size_t values) {
  std::vector<double> shares(values);
  for (const double v : x) shares[static_cast<std::size_t>(v)] += 1 / static_cast<double>(x.size());
  return shares;
}

void compare_categories(ComparedColumn& c, const std::vector<double>& a,
                        const std::vector<double>& b) {
  const std::size_t values = c.column.type.values.size();
  c.shares_a = shares_of(a, values);
  c.shares_b = shares_of(b, values);
  const double m = static_cast<double>(a.size()), n = static_cast<double>(b.size());
  for (std::size_t v = 0; v < values; ++v) {
    c.total_variation += 0.5 * std::abs(c.shares_a[v] - c.shares_b[v]);
    const double pooled = (m * c.shares_a[v] + n * c.shares_b[v]) / (m + n);
    // The mean of |z| for a normal z is its standard deviation times the root of 2 / pi.
    c.chance += 0.5 * std::sqrt(2 / std::numbers::pi * pooled * (1 - pooled) * (1 / m + 1 / n));
  }
}

// The columns of a set of points, shifted to mean 0 and scaled to norm 1, so that the correlation
// of two columns is their inner product. A constant column becomes 0.
struct UnitColumns {
  std::size_t rows, dim;
  std::vector<double> x;  // by columns: (dim, rows)
  std::vector<char> constant;

  explicit UnitColumns(PointSet points)
      : rows(static_cast<std::size_t>(points.rows)),
        dim(static_cast<std::size_t>(points.dim)),
        x(rows * dim),
        constant(dim) {
    for (std::size_t k = 0; k < dim; ++k) {
      double* const column = x.data() + k * rows;
      double mean = 0, square = 0;
      for (std::size_t r = 0; r < rows; ++r) {
        column[r] = points.row(static_cast<int>(r))[k];
        mean += column[r] / static_cast<double>(rows);
      }
      const auto [low, high] = std::minmax_element(column, column + rows);
      constant[k] = *low == *high ? 1 : 0;
      for (std::size_t r = 0; r < rows; ++r) column[r] -= mean;
      for (std::size_t r = 0; r < rows; ++r) square += column[r] * column[r];
      for (std::size_t r = 0; r < rows && constant[k] == 0; ++r) column[r] /= std::sqrt(square);
    }
  }

  double correlation(std::size_t j, std::size_t k) const {
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r) sum += x[j * rows + r] * x[k * rows + r];
    return sum;
  }
};

}  // namespace

NumberSummary summary_of(std::vector<double> x) {
  const double n = static_cast<double>(x.size());
  NumberSummary s;
  double square = 0;
  for (const double v : x) s.mean += v / n;
  for (const double v : x) square += (v - s.mean) * (v - s.mean);
  s.std = x.size() < 2 ? kTooFew : std::sqrt(square / (n - 1));
  std::sort(x.begin(), x.end());
  s.median = quantile_of(x, 0.5);
  const bool few = n < kRowsForQuantiles;
  s.low = few ? kTooFew : quantile_of(x, 0.05);
  s.high = few ? kTooFew : quantile_of(x, 0.95);
  return s;
}

std::vector<ComparedColumn> compare_columns(const SharedTables& tables, std::size_t a,
                                            std::size_t b) {
  std::vector<ComparedColumn> compared;
  for (std::size_t k = 0; k < tables.columns.size(); ++k) {
    ComparedColumn c{tables.columns[k]};
    std::vector<double> of_a = tables.column(a, k), of_b = tables.column(b, k);
    if (c.column.category()) {
      compare_categories(c, of_a, of_b);
    } else {
      c.a = summary_of(of_a);
      c.b = summary_of(of_b);
      c.ks = kolmogorov_smirnov(of_a, of_b);
    }
    compared.push_back(std::move(c));
  }
  return compared;
}

ComparedCorrelations compare_correlations(const StandardizedTables& tables, std::size_t a,
                                          std::size_t b) {
  ComparedCorrelations found;
  const PointSet of_a = tables.points(a), of_b = tables.points(b);
  if (std::min(of_a.rows, of_b.rows) < kRowsForCorrelation || tables.names.size() > kMostCorrelated)
    return found;
  const UnitColumns units_a(of_a), units_b(of_b);
  for (std::size_t j = 0; j < units_a.dim; ++j)
    for (std::size_t k = j + 1; k < units_a.dim; ++k) {
      if (units_a.constant[j] || units_b.constant[j] || units_a.constant[k] ||
          units_b.constant[k] || tables.columns[j] == tables.columns[k])
        continue;
      const double r = units_a.correlation(j, k), s = units_b.correlation(j, k);
      if (found.pairs++ > 0 && std::abs(r - s) <= std::abs(found.a - found.b)) continue;
      found.first = tables.names[j];
      found.second = tables.names[k];
      found.a = r;
      found.b = s;
    }
  const auto variance = [](double r, int n) { return (1 - r * r) * (1 - r * r) / (n - 1); };
  found.error = std::sqrt(variance(found.a, of_a.rows) + variance(found.b, of_b.rows));
  return found;
}

}  // namespace pushforward::app
