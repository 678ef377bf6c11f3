// The cells of a table as texts, so that a verb can write the table again with other cells or more
// columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/tables/csv_rows.h"

namespace pushforward::app {

// A table of texts, which are written as they are: cells that need quotes have them. `names` is
// empty if the file has no names; they have quotes, too, only when they are written.
struct CellTable {
  std::size_t columns = 0;
  std::vector<std::string> names{};
  std::vector<std::string> cells{};  // row by row
  std::vector<bool> missing{};       // of each cell, whether nothing is known

  std::size_t rows() const { return columns == 0 ? 0 : cells.size() / columns; }
};

// Returns the columns of a file that have a name or a cell, in its order. Cells have their texts in the
// file. Only a number that is not written with a decimal point alone, such as 1,5 or 12 %, is
// written so; `texts` are the columns of the file in which this is a text. `missing` are the cells of
// which nothing is known, as in TypedCsvOptions.
CellTable cell_table(const CsvRows& rows, const std::vector<bool>& texts,
                     const std::vector<std::string>& missing);

// Returns the text of the file: the names, and a line for each row.
std::string csv_text(const CellTable& table, char separator);

}  // namespace pushforward::app
