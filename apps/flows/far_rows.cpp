#include "apps/flows/far_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pushforward::app {
namespace {

constexpr double kSame = 1e-6;  // the relative difference of numbers that are written alike

// Returns how far a number is beyond [low, high], in widths of that range.
double widths_beyond(double x, double low, double high) {
  const double beyond = std::max(low - x, x - high), width = high - low;
  if (!(beyond > 0)) return 0;  // also NaN
  if (width > 0) return beyond / width;
  return beyond > kSame * std::max(1., std::abs(low)) ? HUGE_VAL : 0;
}

bool has_range(const TableCode* code, std::size_t code_column) {
  if (!code) return true;
  const CodedColumn& c = code->columns()[code->table_column(code_column)];
  return c.type.kind != ColumnKind::category && !c.angle();
}

}  // namespace

void FarRows::add(const FarRows& next) {
  if (count == 0) first = next.first;
  rows += next.rows;
  count += next.count;
}

std::vector<std::string> FarRows::notes() const {
  if (count == 0) return {};
  return {fmt::format(
      "{} of {} row{} {} far outside of the data of the training: {}; {}, and the network "
      "extrapolates there",
      count, rows, rows == 1 ? "" : "s", count == 1 ? "is" : "are", first,
      2 * count >= rows ? "probably the numbers are in other units, or are not scaled as those of "
                          "the data were"
                        : "probably these are outliers or errors")};
}

void add_notes(const std::vector<std::string>& more, std::vector<std::string>& notes) {
  notes.insert(notes.end(), more.begin(), more.end());
}

FarRows find_far_rows(const Units& units, const TableCode* code, const NdArray& table,
                      std::span<const double> x, std::size_t first) {
  constexpr double kFar = 1;  // widths
  FarRows far;
  if (units.low.empty()) return far;
  if (code && code->plain()) code = nullptr;
  const std::size_t e = units.dim(), d = code ? code->columns().size() : e;
  far.rows = e > 0 ? x.size() / e : 0;
  for (std::size_t row = 0; row < far.rows; ++row) {
    std::size_t worst = e;
    double most = kFar;
    for (std::size_t j = 0; j < e; ++j) {
      const double here = widths_beyond(x[row * e + j], units.low[j], units.high[j]);
      if (here <= most || !has_range(code, j)) continue;
      most = here;
      worst = j;
    }
    if (worst == e || far.count++ > 0) continue;
    std::vector<double> low = units.low, high = units.high;
    if (code) {
      low.resize(d);
      high.resize(d);
      code->decode(units.low, low);
      code->decode(units.high, high);
    }
    const std::size_t k = code ? code->table_column(worst) : worst;
    const auto text = [&](double value) {
      return code ? cell_text(code->columns()[k].type, value) : fmt::format("{:.6g}", value);
    };
    far.first = fmt::format(
        "row {} has {} in column {}, which {}", first + row, text(table.values[row * d + k]),
        code ? code->columns()[k].name : column_name(units.names, k),
        std::isinf(most) ? fmt::format("had {} in all of it", text(low[k]))
                         : fmt::format("went from {} to {}", text(low[k]), text(high[k])));
  }
  return far;
}

std::vector<std::string> notes_of_far_conditions(const ConditionCode& code,
                                                 const std::vector<double>& conditions) {
  constexpr double kFar = 5;  // standard deviations
  const std::vector<double> z = code.encode(conditions);
  std::string first;
  std::size_t count = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const std::size_t j = i % code.width(), row = i / code.width(),
                      k = code.table().table_column(j);
    const CodedColumn& column = code.table().columns()[k];
    const bool standardized = code.scale()[j] != 1 || code.shift()[j] != 0;
    if (column.type.kind == ColumnKind::category || !standardized || std::abs(z[i]) <= kFar)
      continue;
    if (count++ == 0)
      first = fmt::format("{} {} is {:.3g} standard deviations from the mean of the run's data",
                          column.name, cell_text(column.type, conditions[row * code.columns() + k]),
                          std::abs(z[i]));
  }
  if (count == 0) return {};
  std::string more;
  if (count > 1)
    more = fmt::format(", and {} more {} as far", count - 1,
                       count == 2 ? "condition is" : "conditions are");
  return {first + more + ": the network extrapolates there, and its samples may be far off"};
}

}  // namespace pushforward::app
