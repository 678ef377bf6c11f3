// Warns about rows of a table that are probably no data: a total below the others, and names or
// units in a row that is left out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/formats/columns.h"
#include "apps/formats/paged_list.h"
#include "apps/tables/cells.h"
#include "apps/tables/csv_rows.h"

namespace pushforward::app {

// Returns whether a cell means that nothing is known. `words` are the cells that mean it; if the list
// is empty, these are empty cells, NaN, and the words of CellKind::missing (csv_cells.h).
bool is_missing_cell(const CsvCell& cell, const std::vector<std::string>& words,
                     const NumberStyle& style);

// Returns the advice for the cell `text`, which the reader takes for a value since it is none of
// `words`, as in is_missing_cell: how a missing cell is written. It is "" unless the cell would be
// missing by the usual words, or `always` is true. It names the key of the words if the user can set it.
std::string cure_of_missing(const CsvRows& rows, std::string_view text,
                            const std::vector<std::string>& words, bool always);

// The columns of the file that were read, with their kinds; the rows that are in the result and the
// others; and the words for missing cells. The class of the rows may be one more column.
struct RowsRead {
  const std::vector<std::size_t>& columns;
  const std::vector<ColumnKind>& kinds;
  const PagedList<std::size_t>& kept;
  const PagedList<std::size_t>& left_out;
  const std::vector<std::string>& missing;
};

// Returns a text for each doubt.
std::vector<std::string> row_warnings(const CsvRows& rows, const RowsRead& read);

// Returns the advice to declare `text` a missing value, such as ", or 'data.missing=[...]' if ...". It
// is "" if the column with these cells has other texts beside numbers, or if the user cannot set it.
std::string choice_of_missing(const CsvRows& rows, const Cells& cells, std::string_view text,
                              const std::vector<std::string>& missing);

}  // namespace pushforward::app
