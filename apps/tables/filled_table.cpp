#include "apps/tables/filled_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/counted.h"
#include "apps/suggest.h"
#include "apps/tables/csv.h"

namespace pushforward::app {
namespace {

// Returns the name, or one made of it that is not among `taken`.
std::string free_name(std::string name, const std::vector<std::string>& taken) {
  while (std::ranges::count(taken, name)) name = "input_" + name;
  return name;
}

// Returns the column of the points that each column of the file has.
std::vector<std::optional<std::size_t>> columns_of_points(const CellTable& file,
                                                          const FilledRows& filled) {
  std::vector<std::optional<std::size_t>> of(file.columns);
  for (std::size_t k = 0; k < filled.columns.size(); ++k)
    if (filled.columns[k]) of[*filled.columns[k]] = k;
  return of;
}

// Returns the note about missing cells in columns that the run does not have, or "".
std::string note_of_others(const CellTable& file,
                           const std::vector<std::optional<std::size_t>>& of) {
  std::vector<std::string> names;
  std::size_t missing = 0;
  for (std::size_t c = 0; c < file.columns; ++c) {
    if (of[c]) continue;
    std::size_t here = 0;
    for (std::size_t row = 0; row < file.rows(); ++row)
      here += file.missing[row * file.columns + c];
    if (here > 0) names.push_back(file.names.empty() ? std::to_string(c) : file.names[c]);
    missing += here;
  }
  if (missing == 0) return "";
  return fmt::format("{} of {} {} not filled, since the flow does not draw {}",
                     counted(missing, "missing cell"), join_words(names, ", "),
                     missing == 1 ? "is" : "are",
                     names.size() == 1 ? "this column" : "these columns");
}

}  // namespace

FilledTable filled_table(const CellTable& file, const FilledRows& filled, char separator) {
  const std::vector<std::optional<std::size_t>> of = columns_of_points(file, filled);
  const NdArray& points = filled.points;
  const std::size_t width = points.shape.at(1);
  FilledTable result;
  CellTable table;
  std::vector<std::size_t> lacking;  // columns of the points that the file has not
  for (std::size_t k = 0; k < width; ++k)
    if (!filled.columns[k]) lacking.push_back(k);
  if (filled.draws > 1 && !file.names.empty()) {
    std::vector<std::string> taken = file.names;
    for (const std::size_t k : lacking) taken.push_back(points.names[k]);
    result.numbers = {free_name("row", taken), free_name("draw", taken)};
    table.names = result.numbers;
    result.notes.push_back(fmt::format(
        "column {} has the number of the row in the table, and column {} that of its draw, from 0",
        result.numbers[0], result.numbers[1]));
  } else if (filled.draws > 1) {
    result.notes.push_back(
        fmt::format("the table has no names, so no column numbers the draws: rows 0 to {} are the "
                    "draws of row 0, and so on",
                    filled.draws - 1));
  }
  table.names.insert(table.names.end(), file.names.begin(), file.names.end());
  for (const std::size_t k : lacking) table.names.push_back(points.names[k]);
  table.columns = result.numbers.size() + file.columns + lacking.size();
  for (std::size_t at = 0; at < points.shape[0]; ++at) {
    const std::size_t row = at / filled.draws;
    const auto value = [&](std::size_t k) {
      return value_cell(points, k, points.values[at * width + k]);
    };
    if (!result.numbers.empty()) {
      table.cells.push_back(std::to_string(row));
      table.cells.push_back(std::to_string(at % filled.draws));
    }
    for (std::size_t c = 0; c < file.columns; ++c) {
      const std::size_t i = row * file.columns + c;
      table.cells.push_back(of[c] && file.missing[i] ? value(*of[c]) : file.cells[i]);
    }
    for (const std::size_t k : lacking) table.cells.push_back(value(k));
  }
  if (std::string note = note_of_others(file, of); !note.empty())
    result.notes.push_back(std::move(note));
  result.text = csv_text(table, separator);
  return result;
}

std::string lost_columns(const CellTable& file, const FilledRows& filled, const std::string& out) {
  std::vector<std::string> names;
  const std::vector<std::optional<std::size_t>> of = columns_of_points(file, filled);
  for (std::size_t c = 0; c < file.columns; ++c)
    if (!of[c]) names.push_back(file.names.empty() ? std::to_string(c) : file.names[c]);
  if (names.empty()) return "";
  return fmt::format(
      "{} has only the columns that the flow draws, without {}; a name that ends in .csv keeps all "
      "columns of the table",
      out, join_words(names, ", "));
}

}  // namespace pushforward::app
