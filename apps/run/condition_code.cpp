#include "apps/run/condition_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "apps/failure.h"

namespace pushforward::app {
namespace {

// Conditions are encoded with this number in place of the random noise of a table's code. So whole
// numbers are in the middle of their bin, and the radius of an angle is 1.
constexpr double kMiddle = 0.5;

std::vector<double> code_of_row(const TableCode& columns, std::span<const double> row) {
  std::vector<double> code(columns.width());
  for (std::size_t j = 0; j < code.size(); ++j) code[j] = columns.encoded(j, row, kMiddle);
  return code;
}

bool varies(const std::vector<double>& rows, std::size_t k, std::size_t columns) {
  for (std::size_t i = k; i < rows.size(); i += columns)
    if (rows[i] != rows[k]) return true;
  return false;
}

}  // namespace

ConditionCode::ConditionCode(TableCodePtr columns, std::vector<std::size_t> places,
                             std::vector<double> scale, std::vector<double> shift)
    : columns_(std::move(columns)),
      places_(std::move(places)),
      scale_(std::move(scale)),
      shift_(std::move(shift)) {
  if (!columns_ || columns_->columns().size() != places_.size() ||
      !std::is_sorted(places_.begin(), places_.end()) || columns_->width() != scale_.size() ||
      scale_.size() != shift_.size())
    throw std::invalid_argument(
        "[condition] the columns, places and scales of the conditions "
        "disagree");
}

std::vector<std::string> ConditionCode::names() const {
  std::vector<std::string> names;
  for (const CodedColumn& c : columns_->columns()) names.push_back(c.name);
  return names;
}

std::vector<double> ConditionCode::encode(const std::vector<double>& rows) const {
  const std::size_t c = columns(), n = rows.size() / c;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isfinite(rows[i])) continue;
    throw Failure(Exit::file,
                  fmt::format("[condition] row {} has no {}, on which the run is conditioned; give "
                              "each row a value of {}",
                              i / c, names()[i % c], fmt::join(names(), ", ")));
  }
  columns_->check({{n, c}, rows}, "condition");
  std::vector<double> codes;
  for (std::size_t row = 0; row < n; ++row) {
    const std::vector<double> code = code_of_row(*columns_, std::span(rows).subspan(row * c, c));
    for (std::size_t j = 0; j < code.size(); ++j) codes.push_back(scale_[j] * code[j] + shift_[j]);
  }
  return codes;
}

ConditionCodePtr make_condition_code(std::vector<CodedColumn> columns, bool named,
                                     std::vector<std::size_t> places,
                                     const std::vector<double>& rows) {
  const std::size_t c = columns.size(), n = rows.size() / c;
  for (std::size_t k = 0; k < c; ++k)
    if (!varies(rows, k, c))
      throw Failure(Exit::usage,
                    fmt::format("[data] the condition {} is {} in all rows that are trained on, so "
                                "nothing depends on it; leave it out of `condition`, and out of "
                                "the data with `drop`",
                                columns[k].name, cell_text(columns[k].type, rows[k])));
  const auto code = std::make_shared<TableCode>(std::move(columns), named);
  std::vector<double> mean(code->width(), 0), square(code->width(), 0);
  const auto each = [&](const auto& use) {
    for (std::size_t row = 0; row < n; ++row) {
      const std::vector<double> z = code_of_row(*code, std::span(rows).subspan(row * c, c));
      for (std::size_t j = 0; j < z.size(); ++j) use(j, z[j]);
    }
  };
  each([&](std::size_t j, double z) { mean[j] += z / static_cast<double>(n); });
  each([&](std::size_t j, double z) {
    square[j] += (z - mean[j]) * (z - mean[j]) / static_cast<double>(n);
  });
  std::vector<double> scale(code->width(), 1), shift(code->width(), 0);
  for (std::size_t j = 0; j < scale.size(); ++j) {
    const CodedColumn& column = code->columns()[code->table_column(j)];
    if (column.type.kind == ColumnKind::category) {
      shift[j] = -kMiddle;
    } else if (!column.angle() && column.scaled) {
      scale[j] = 1 / std::sqrt(square[j]);
      shift[j] = -mean[j] * scale[j];
    }
  }
  return std::make_shared<ConditionCode>(code, std::move(places), std::move(scale),
                                         std::move(shift));
}

SplitTable split_table(const NdArray& table, const std::vector<std::size_t>& places) {
  const std::size_t d = table.shape.at(1);
  SplitTable split{table, {}};
  split.rest.values.clear();
  split.rest.names.clear();
  split.rest.columns.clear();
  const auto given = [&](std::size_t k) {
    return std::binary_search(places.begin(), places.end(), k);
  };
  for (std::size_t i = 0; i < table.values.size(); ++i)
    (given(i % d) ? split.conditions : split.rest.values).push_back(table.values[i]);
  for (std::size_t k = 0; k < d; ++k) {
    if (given(k)) continue;
    if (!table.names.empty()) split.rest.names.push_back(table.names[k]);
    if (!table.columns.empty()) split.rest.columns.push_back(table.columns[k]);
  }
  split.rest.shape[1] = d - places.size();
  return split;
}

NdArray join_table(const NdArray& rest, const ConditionCode& code,
                   const std::vector<double>& conditions) {
  const std::size_t n = rest.shape.at(0), c = code.columns(), d = rest.shape.at(1) + c;
  NdArray whole = rest;
  whole.shape[1] = d;
  whole.values.clear();
  whole.names.clear();
  whole.columns.clear();
  std::vector<bool> given(d, false);
  for (const std::size_t place : code.places()) given[place] = true;
  for (std::size_t row = 0; row < n; ++row)
    for (std::size_t k = 0, from = row * c, other = row * (d - c); k < d; ++k)
      whole.values.push_back(given[k] ? conditions[from++] : rest.values[other++]);
  const std::vector<TableColumn> types = code.table().types();
  const std::vector<std::string> names = code.table().names();
  for (std::size_t k = 0, from = 0, other = 0; k < d; ++k) {
    const std::size_t at = given[k] ? from++ : other++;
    if (!rest.names.empty() && !names.empty())
      whole.names.push_back(given[k] ? names[at] : rest.names[at]);
    whole.columns.push_back(given[k]               ? types[at]
                            : rest.columns.empty() ? TableColumn{}
                                                   : rest.columns[at]);
  }
  whole.dtype = "<f8";
  return whole;
}

std::vector<CodedColumn> all_columns(const TableCode& code, const ConditionCodePtr& condition) {
  std::vector<CodedColumn> columns = code.columns();
  for (std::size_t k = 0; condition && k < condition->columns(); ++k) {
    if (condition->places()[k] > columns.size())
      throw std::invalid_argument("[condition] the table has no place for its conditions");
    columns.insert(columns.begin() + static_cast<std::ptrdiff_t>(condition->places()[k]),
                   condition->table().columns()[k]);
  }
  return columns;
}

}  // namespace pushforward::app
