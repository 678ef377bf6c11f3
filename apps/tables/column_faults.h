// The faults of a column as a whole: cells of several kinds, or too many texts for a category. The
// advice names all columns that have the same fault.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "apps/tables/kept_rows.h"

namespace pushforward::app {

// The columns of a table that is being read, and what it is read by.
struct ReadColumns {
  const CsvRows& rows;
  const std::vector<std::size_t>& columns;  // of data
  const KeptRows& kept;
  const TypedCsvOptions& options;
};

// Throws that `text`, a cell of columns[place], is no number or date as others of the column are.
// Columns before this place have no such fault.
[[noreturn]] void fault_of_odd_number(const ReadColumns& read, std::size_t place,
                                      std::string_view text, CellKind kind);

// Throws that a column of the file has too many different texts for a category.
[[noreturn]] void fault_of_many_texts(const ReadColumns& read, std::size_t column,
                                      std::size_t texts);

}  // namespace pushforward::app
