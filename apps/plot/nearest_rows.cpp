#include "apps/plot/nearest_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "apps/plot/data.h"

namespace pushforward::app {
namespace {

constexpr std::size_t kFewest = 20, kPart = 10;  // at least so many rows, or one part in ten

bool is_category(const ConditionCode& code, std::size_t k) {
  return code.table().columns()[k].type.kind == ColumnKind::category;
}

// Returns the numbers of the rows that have the categories of the condition.
std::vector<std::size_t> rows_of_categories(const DataRows& rows, const ConditionCode& code,
                                            const std::vector<double>& condition) {
  const std::size_t columns = code.columns();
  std::vector<std::size_t> same;
  for (std::size_t row = 0; row < rows.points.shape[0]; ++row) {
    bool fits = true;
    for (std::size_t k = 0; k < columns; ++k)
      fits = fits && (!is_category(code, k) || rows.conditions[row * columns + k] == condition[k]);
    if (fits) same.push_back(row);
  }
  return same;
}

}  // namespace

NearestRows rows_near(const DataRows& rows, const ConditionCode& code,
                      const std::vector<double>& condition) {
  std::vector<std::size_t> chosen = rows_of_categories(rows, code, condition);
  bool measured = false;
  for (std::size_t k = 0; k < code.columns(); ++k) measured = measured || !is_category(code, k);
  if (measured) {
    // The codes of equal categories are equal, so they add nothing to a distance.
    const std::vector<double> at = code.encode(condition), all = code.encode(rows.conditions);
    const std::size_t width = code.width();
    std::vector<std::pair<double, std::size_t>> distances;
    for (const std::size_t row : chosen) {
      double squares = 0;
      for (std::size_t e = 0; e < width; ++e)
        squares += (all[row * width + e] - at[e]) * (all[row * width + e] - at[e]);
      distances.emplace_back(squares, row);
    }
    std::sort(distances.begin(), distances.end());
    chosen.resize(std::min(chosen.size(), std::max(kFewest, (chosen.size() + kPart - 1) / kPart)));
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = distances[i].second;
  }
  const std::size_t columns = rows.points.shape[1];
  NdArray table = rows.points;
  table.values.clear();
  table.shape[0] = chosen.size();
  for (const std::size_t row : chosen) {
    const auto first = rows.points.values.begin() + static_cast<std::ptrdiff_t>(row * columns);
    table.values.insert(table.values.end(), first, first + static_cast<std::ptrdiff_t>(columns));
  }
  return {as_points(table), fmt::format("data: the {} of {} rows {} the condition", chosen.size(),
                                        rows.points.shape[0], measured ? "nearest to" : "with")};
}

}  // namespace pushforward::app
