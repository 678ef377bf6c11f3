#include "apps/recording/table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

#include "apps/figures/column_axis.h"

namespace pushforward::app {
namespace {

constexpr std::size_t kShownRows = 12;

TableColumn kind_of(const Points& table, std::size_t k) {
  return k < table.kinds.size() ? table.kinds[k] : TableColumn{};
}

Json column_json(const ColumnAxis& axis, double origin) {
  Json column = {{"name", axis.name},
                 {"kind", name_of(axis.type.kind)},
                 {"bars", axis.discrete},
                 {"origin", origin},
                 {"low", axis.limits.low - origin},
                 {"high", axis.limits.high - origin},
                 {"low_text", cell_text(axis.type, axis.limits.low)},
                 {"high_text", cell_text(axis.type, axis.limits.high)}};
  if (axis.discrete) {
    Json places = Json::array();
    for (const double value : axis.values) places.push_back(cell_text(axis.type, value));
    column["places"] = std::move(places);
  }
  return column;
}

std::vector<double> shown_numbers(const Points& table, const std::vector<ColumnAxis>& axes,
                                  const std::vector<double>& origins) {
  std::vector<double> numbers(table.values.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t k = i % table.cols;
    const double x = table.values[i];
    numbers[i] = axes[k].discrete ? axes[k].place(x) : x - origins[k];
  }
  return numbers;
}

Json first_rows(const Points& samples) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < std::min(samples.rows, kShownRows); ++i) {
    Json row = Json::array();
    for (std::size_t k = 0; k < samples.cols; ++k)
      row.push_back(cell_text(kind_of(samples, k), samples.at(i, k), true));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

PageMessage table_message(const Points& samples, const Points& data) {
  if (data.rows > 0 && data.cols != samples.cols)
    throw std::invalid_argument("[report] the data has " + std::to_string(data.cols) +
                                " columns and the samples have " + std::to_string(samples.cols));
  std::vector<const Points*> tables{&samples};
  if (data.rows > 0) tables.push_back(&data);
  std::vector<ColumnAxis> axes;
  std::vector<double> origins;
  PageMessage message("table");
  Json columns = Json::array();
  for (std::size_t k = 0; k < samples.cols; ++k) {
    axes.push_back(make_column_axis(tables, k));
    origins.push_back(axes[k].discrete ? 0 : axes[k].limits.low);
    columns.push_back(column_json(axes[k], origins[k]));
  }
  message.head["columns"] = std::move(columns);
  message.head["rows"] = first_rows(samples);
  message.add("samples", {samples.rows, samples.cols}, shown_numbers(samples, axes, origins));
  if (data.rows > 0)
    message.add("data", {data.rows, data.cols}, shown_numbers(data, axes, origins));
  return message;
}

}  // namespace pushforward::app
