#include "apps/tables/column_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "apps/formats/stored_text.h"
#include "apps/tables/dropped_columns.h"
#include "apps/tables/guess_kind.h"
#include "apps/tables/named_columns.h"
#include "apps/tables/row_warnings.h"

namespace pushforward::app {
namespace {

// Returns the advice for columns[place], which has texts beside numbers: the keys that read it and
// all others like it.
std::string cure_of_texts(const ReadColumns& read, std::size_t place) {
  std::vector<std::string> categories, too_many;
  for (std::size_t k = place; k < read.columns.size(); ++k) {
    const std::string key = key_of(read.rows, read.columns[k]);
    if (read.options.kinds.contains(key) || read.options.values.contains(key)) continue;
    const auto odd = find_odd_number(read.kept.known_cells(read.columns[k]), read.rows.style());
    if (!odd || odd->kind != CellKind::text) continue;
    if (read.kept.different(read.columns[k]) > kMostCategories)
      too_many.push_back(fmt::format("\"{}\"", key));
    else
      categories.push_back(fmt::format("\"{}\": \"category\"", key));
  }
  const std::size_t texts = read.kept.different(read.columns[place]);
  if (texts > kMostCategories)
    return fmt::format(
        "leave the column out with '{}=[{}]', since it has {} different texts, and a "
        "category may have {}",
        read.rows.setting("drop"), fmt::join(too_many, ","), texts, kMostCategories);
  return fmt::format(
      "set '{}={{{}}}' if {}", read.rows.setting("types"), fmt::join(categories, ", "),
      categories.size() == 1 ? "the column is a category" : "these columns are categories");
}

// If few cells of a column are numbers, returns the first of them as words, for the end of the error
// about the others, and else "".
std::string example_of_number(const ReadColumns& read, std::size_t column) {
  std::size_t numbers = 0, first = 0;
  const Cells cells = read.kept.cells(column);
  for (std::size_t row = 0; row < cells.size(); ++row)
    if (read_cell(cells[row], read.rows.style()).kind == CellKind::number && numbers++ == 0)
      first = row;
  if (numbers == 0 || 2 * numbers > cells.size()) return "";
  return fmt::format("; \"{}\" in line {} is a number", shown_text(cells[first]),
                     read.rows.line_of(read.kept.numbers()[first]));
}

}  // namespace

void fault_of_odd_number(const ReadColumns& read, std::size_t place, std::string_view text,
                         CellKind kind) {
  const std::size_t column = read.columns[place];
  const Cells cells = read.kept.cells(column);
  const auto at = std::find(cells.begin(), cells.end(), text) - cells.begin();
  std::string note;
  if (kind == CellKind::text && read.rows.options().keys.empty())
    note = "give all cells of the column one kind" + example_of_number(read, column);
  else if (kind == CellKind::text)
    note = cure_of_texts(read, place) +
           choice_of_missing(read.rows, read.kept.known_cells(column), text, read.options.missing) +
           example_of_number(read, column);
  else if (kind == CellKind::missing || kind == CellKind::empty || kind == CellKind::not_finite)
    note = cure_of_missing(read.rows, text, read.options.missing, false);
  if (read.rows.options().has_drop)
    note += (note.empty() ? "leave the column out with " : ", or leave it out with ") +
            drop_words({key_of(read.rows, column)});
  read.rows.fault_in_cell(read.kept.numbers()[static_cast<std::size_t>(at)], column, kind, note);
}

void fault_of_many_texts(const ReadColumns& read, std::size_t column, std::size_t texts) {
  std::vector<std::string> names;
  for (const std::size_t other : read.columns) {
    const Cells known = read.kept.known_cells(other);
    const bool many = read.kept.different(other) > kMostCategories &&
                      !find_odd_number(known, read.rows.style()) &&
                      guess_kind(known, read.rows.style()) == ColumnKind::category;
    if (many || other == column) names.push_back(key_of(read.rows, other));
  }
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(fmt::format("\"{}\"", name));
  const bool is_data =
      std::find(read.columns.begin(), read.columns.end(), column) != read.columns.end();
  std::string cure = "take another column for the classes";
  if (is_data)
    cure = read.rows.options().keys.empty() && !read.rows.options().has_drop
               ? std::string("remove the column")
               : fmt::format("leave {} out with {}", names.size() == 1 ? "it" : "such columns",
                             read.rows.options().has_drop
                                 ? drop_words(names)
                                 : fmt::format("'{}=[{}]'", read.rows.setting("drop"),
                                               fmt::join(quoted, ",")));
  read.rows.fault_in_file(fmt::format("{} has {} different texts, and a category may have {}",
                                      read.rows.column_words(column), texts, kMostCategories),
                          cure);
}

}  // namespace pushforward::app
