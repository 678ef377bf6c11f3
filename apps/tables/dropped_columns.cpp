#include "apps/tables/dropped_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "apps/failure.h"
#include "apps/suggest.h"
#include "apps/tables/csv_cells.h"

namespace pushforward::app {
namespace {

// Returns the number that the whole text is, or nothing.
std::optional<std::size_t> number_in(const std::string& text) {
  std::size_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  return number;
}

}  // namespace

DroppedColumns::DroppedColumns(const std::string& text) {
  if (text.empty()) return;
  for (const CsvCell& cell : split_cells(text, ',')) columns_.push_back(unquoted(cell.text));
  found_.resize(columns_.size());
}

std::vector<CsvColumn> DroppedColumns::in(const std::vector<std::string>& names,
                                          std::size_t width) {
  known_ = names;
  for (std::size_t k = 0; k < width && names.empty(); ++k) known_.push_back(std::to_string(k));
  std::vector<CsvColumn> here;
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    const std::optional<std::size_t> number = number_in(columns_[k]);
    if (std::ranges::count(names, columns_[k]))
      here.emplace_back(columns_[k]);
    else if (number && *number < width)
      here.emplace_back(*number);
    else
      continue;
    found_[k] = true;
  }
  return here;
}

NdArray DroppedColumns::without(NdArray table, const std::string& verb) {
  const std::size_t width = table.shape.at(1);
  std::vector<bool> keeps(width, true);
  for (const CsvColumn& column : in(table.names, width)) {
    const auto* const name = std::get_if<std::string>(&column);
    keeps[name ? static_cast<std::size_t>(std::ranges::find(table.names, *name) -
                                          table.names.begin())
               : std::get<std::size_t>(column)] = false;
  }
  const auto left = static_cast<std::size_t>(std::ranges::count(keeps, true));
  if (left == width) return table;
  if (left == 0)
    throw Failure(Exit::usage, fmt::format("[{}] {}--drop leaves no column; keep at least one",
                                           verb, file_prefix(table)));
  NdArray rest = table;
  rest.values.clear();
  rest.names.clear();
  rest.columns.clear();
  for (std::size_t i = 0; i < table.values.size(); ++i)
    if (keeps[i % width]) rest.values.push_back(table.values[i]);
  for (std::size_t k = 0; k < width; ++k) {
    if (!keeps[k]) continue;
    if (!table.names.empty()) rest.names.push_back(table.names[k]);
    if (!table.columns.empty()) rest.columns.push_back(table.columns[k]);
  }
  rest.shape[1] = left;
  return rest;
}

void DroppedColumns::check_found(const std::string& verb) const {
  for (std::size_t k = 0; k < columns_.size(); ++k)
    if (!found_[k])
      throw Failure(
          Exit::usage,
          fmt::format("[{}] --drop names \"{}\", which is no column; {}choose from: {}", verb,
                      columns_[k], did_you_mean(columns_[k], known_), join_words(known_, ", ")));
}

std::string fault_of_drop(const std::string& text) {
  try {
    for (const CsvCell& cell : split_cells(text, ','))
      if (cell.text.empty())
        return "\"" + text + "\" has an empty name; separate columns by one comma, as in id,note";
  } catch (const CsvQuoteFault& fault) {
    return "\"" + text + "\": " + fault.what() + "; " + fault.cure;
  }
  return "";
}

std::string drop_words(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + text_cell(name);
  const bool plain = list.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,-") ==
                     std::string::npos;
  return plain ? "--drop " + list : "--drop '" + list + "'";
}

}  // namespace pushforward::app
