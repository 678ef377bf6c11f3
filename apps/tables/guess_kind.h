// Guesses the kind of a column from its cells.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "apps/formats/columns.h"
#include "apps/tables/cells.h"
#include "apps/tables/csv_cells.h"

namespace pushforward::app {

// Returns the kind of a column with these cells, none of which is missing: integer if all are whole
// numbers, number if all are numbers, date or time if all are ISO dates or times, else category.
// `style` is that of the numbers.
ColumnKind guess_kind(const Cells& cells, const NumberStyle& style);

// The first cell of a column that is probably meant to hold numbers or dates, but is not written so,
// such as "5 kg" or "1,234" in a column of such cells.
struct OddNumber {
  std::size_t at = 0;
  CellKind kind = CellKind::text;
};
// Returns that cell, or nothing if the column is of numbers, dates, times, or words.
std::optional<OddNumber> find_odd_number(const Cells& cells, const NumberStyle& style);

}  // namespace pushforward::app
