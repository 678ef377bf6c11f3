// Writes the table that `pushforward impute` has filled: all columns of the file, with its cells and
// the draws of the missing ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/tables/cell_table.h"

namespace pushforward::app {

// The rows that were filled: the points (N n, D), the n draws of a row after one another, and the
// column of the file that each of their columns has (columns_in_file).
struct FilledRows {
  const NdArray& points;
  std::vector<std::optional<std::size_t>> columns;
  std::size_t draws = 1;
};

// The text of the table, and what is to be said about it.
struct FilledTable {
  std::string text;
  std::vector<std::string> numbers{};  // the names of the columns that number rows and draws
  std::vector<std::string> notes{};
};

// Returns the table `file` with each missing cell of `filled` in its place. Columns that the file lacks
// come last. With several draws, two columns stand first: `row`, the number of the row in the file from
// 0, and `draw`, the number of its draw from 0. If the file has one of these names, "input_" stands
// before the new name. A table without names has no such columns, and a note says so.
FilledTable filled_table(const CellTable& file, const FilledRows& filled, char separator);

// Returns the note about columns of the file that a filled array in `out` does not have, or "".
std::string lost_columns(const CellTable& file, const FilledRows& filled, const std::string& out);

}  // namespace pushforward::app
