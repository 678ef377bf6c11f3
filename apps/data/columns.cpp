#include "apps/data/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/failure_text.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr std::size_t kRowsLookedAt = 65536;
constexpr int kRowsDrawn = 4096;
constexpr std::size_t kNamesListed = 8;

std::size_t count_distinct(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return static_cast<std::size_t>(std::unique(x.begin(), x.end()) - x.begin());
}

std::vector<double> column_of(const std::vector<double>& rows, std::size_t dim, std::size_t j,
                              std::size_t count) {
  std::vector<double> column;
  for (std::size_t r = 0; r < count; ++r) column.push_back(rows[r * dim + j]);
  return column;
}

// Returns the first kRowsLookedAt rows of a finite set.
std::vector<double> first_rows(const Distribution& data, RowUnits units) {
  std::vector<double> rows;
  each_wide_row(data, units, [&](int row, std::span<const double> x) {
    rows.insert(rows.end(), x.begin(), x.end());
    return static_cast<std::size_t>(row) + 1 < kRowsLookedAt;
  });
  return rows;
}

// Appends a line for each column in which different numbers become equal in `real`.
void describe_rounding(const Distribution& data, const Units& units,
                       std::vector<std::string>& lines) {
  if (sizeof(real) == sizeof(double) || !data.wide()) return;
  const Stream stream{0x726f756e64, Purpose::data, 0xffffffff};
  const bool finite = data.is_finite();
  std::vector<double> rows, kept;
  if (finite) {
    rows = first_rows(data, RowUnits::data);
    for (const double x : first_rows(data, RowUnits::own))
      kept.push_back(static_cast<double>(static_cast<real>(x)));
  } else {
    const Tensor rounded = draw_rows(data, stream, kRowsDrawn);
    rows = draw_wide_rows(data, stream, kRowsDrawn, RowUnits::data);
    kept.assign(rounded.values().begin(), rounded.values().end());
  }
  const std::size_t dim = units.dim(), n = rows.size() / dim,
                    all = finite ? static_cast<std::size_t>(data.row_count()) : n;
  for (std::size_t j = 0; j < dim; ++j) {
    const std::size_t before = count_distinct(column_of(rows, dim, j, n)),
                      after = count_distinct(column_of(kept, dim, j, n));
    // Among n numbers, a few become equal in `real` by chance, which is harmless.
    const double by_chance = 0.01 + static_cast<double>(n) / (1 << 22);
    if (static_cast<double>(after) >= static_cast<double>(before) * (1 - by_chance)) continue;
    lines.push_back(fmt::format(
        "column {}: {} distinct values become {} in float32{}; standardize the data or set "
        "precision=float64",
        column_name(units.names, j), before, after,
        finite && n < all ? fmt::format(" among the first {} rows", n)
        : finite          ? ""
                          : fmt::format(" among {} drawn rows", n)));
  }
}

}  // namespace

void check_range(const Distribution& data) {
  if (!data.is_finite()) return;
  each_wide_row(data, RowUnits::own, [&](int row, std::span<const double> x) {
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (std::isfinite(static_cast<real>(x[j]))) continue;
      throw usage_error(
          "[data] row {}, column {} is {}, and float32 holds numbers up to "
          "{:.2g}; standardize the data or set precision=float64",
          row, column_name(data.names(), j), x[j], std::numeric_limits<real>::max());
    }
    return true;
  });
}

std::vector<std::string> describe_columns(const Distribution& data, const Units& units,
                                          Constants constants) {
  std::vector<std::string> lines;
  describe_rounding(data, units, lines);
  if (constants == Constants::told) return lines;
  std::vector<std::string> constant;
  for (std::size_t j = 0; j < units.constant.size(); ++j)
    if (units.constant[j])
      constant.push_back(fmt::format("{} ({})", column_name(units.names, j), *units.constant[j]));
  if (constant.empty()) return lines;
  const std::size_t more = constant.size() - std::min(constant.size(), kNamesListed);
  const bool one = constant.size() == 1;
  constant.resize(constant.size() - more);
  lines.push_back(fmt::format(
      "column{} {}{} {} constant: samples have exactly the data's number there, and densities mean "
      "nothing in {}; leave {} out of the data for densities",
      one ? "" : "s", fmt::join(constant, ", "), more ? fmt::format(" and {} more", more) : "",
      one ? "is" : "are", one ? "it" : "them", one ? "it" : "them"));
  return lines;
}

std::vector<double> per_column(const Json& value, int dim, const char* key) {
  if (value.is_number()) return std::vector<double>(dim, value.get<double>());
  auto numbers = value.get<std::vector<double>>();
  if (static_cast<int>(numbers.size()) != dim) {
    throw usage_error(
        "[data] `{}` of affine has {} numbers, but the data has {} columns; "
        "give one number, or one per column",
        key, numbers.size(), dim);
  }
  return numbers;
}

Units with_affine(const Units& units, const Json& data_section) {
  if (!data_section.contains("of")) return units;
  const Units inner = with_affine(units, data_section.at("of"));
  if (data_section.at("type") != "affine") return inner;
  const int dim = static_cast<int>(units.dim());
  return inner.then(per_column(data_section.at("scale"), dim, "scale"),
                    per_column(data_section.at("shift"), dim, "shift"));
}

double log_growth_of_bins(const Json& data_section, int dim) {
  if (data_section.at("type") == "dequantize" || !data_section.contains("of")) return 0;
  double growth = log_growth_of_bins(data_section.at("of"), dim);
  if (data_section.at("type") == "affine")
    for (const double scale : per_column(data_section.at("scale"), dim, "scale"))
      growth += std::log(std::abs(scale));
  return growth;
}

}  // namespace pushforward::app::inline PF_REAL
