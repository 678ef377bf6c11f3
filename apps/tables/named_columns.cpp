#include "apps/tables/named_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "apps/tables/csv_remarks.h"

namespace pushforward::app {

std::string key_of(const CsvRows& rows, std::size_t column) {
  return rows.names().empty() ? std::to_string(column) : rows.names()[column];
}

void check_named(const CsvRows& rows, const std::vector<std::size_t>& columns,
                 const std::vector<std::string>& names, const std::string& label) {
  for (const std::string& name : names) {
    const auto is = [&](std::size_t column) { return key_of(rows, column) == name; };
    if (std::any_of(columns.begin(), columns.end(), is)) continue;
    std::vector<std::string> known;
    for (const std::size_t k : columns) known.push_back(key_of(rows, k));
    bool left_out = false;
    for (std::size_t k = 0; k < rows.width(); ++k) left_out = left_out || key_of(rows, k) == name;
    const bool is_label = !label.empty() && label == name;
    rows.fault_in_file(
        fmt::format("{} names \"{}\", which is {}", rows.setting("types"), name,
                    is_label   ? "the column of classes and not data"
                    : left_out ? fmt::format("left out by {} or {}", rows.setting("drop"),
                                             rows.setting("columns"))
                               : "no column of the table"),
        "choose from " + listed(known));
  }
}

std::vector<std::size_t> find_conditions(const CsvRows& rows,
                                         const std::vector<std::size_t>& columns,
                                         const std::vector<CsvColumn>& all_wanted) {
  std::vector<std::size_t> places;
  const std::string key = rows.setting("condition");
  for (const CsvColumn& wanted : all_wanted) {
    const auto* const number = std::get_if<std::size_t>(&wanted);
    const auto is = [&](std::size_t column) {
      return number ? column == *number : key_of(rows, column) == std::get<std::string>(wanted);
    };
    const auto found = std::find_if(columns.begin(), columns.end(), is);
    if (found == columns.end()) {
      std::vector<std::string> known;
      for (const std::size_t k : columns) known.push_back(key_of(rows, k));
      rows.fault_in_file(
          fmt::format("{} names {}, which is no column of the table", key,
                      number ? std::to_string(*number) : '"' + std::get<std::string>(wanted) + '"'),
          "choose from " + listed(known));
    }
    places.push_back(static_cast<std::size_t>(found - columns.begin()));
  }
  std::sort(places.begin(), places.end());
  const auto twice = std::adjacent_find(places.begin(), places.end());
  if (twice != places.end())
    rows.fault_in_file(fmt::format("{} names {} twice, by name and by number", key,
                                   rows.column_words(columns[*twice])),
                       "leave one of them out");
  if (!places.empty() && places.size() == columns.size())
    rows.fault_in_file(
        fmt::format("{} names all {} columns, so none is left to learn", key, places.size()),
        "leave a column out of it");
  return places;
}

}  // namespace pushforward::app
