// Warns about columns whose cells were read, but may mean something else: codes with zeros before
// them, dates written as whole numbers, points that separate thousands, a total below the rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/formats/columns.h"
#include "apps/tables/cells.h"
#include "apps/tables/csv_cells.h"

namespace pushforward::app {

// A column as it was read. `words` names it in messages, as in "column \"x\"", and `key` is its name
// in the key `types` of a config. `cells` are its texts without missing ones.
struct ReadColumn {
  std::string words;
  std::string key;
  ColumnKind kind = ColumnKind::number;
  Cells cells{};
};

// Returns a text for each doubt about the column. `separator` is that of the file, and `types` the
// full name of the key that sets kinds, or "" if the user cannot set it.
std::vector<std::string> cell_warnings(const ReadColumn& column, const NumberStyle& style,
                                       char separator, const std::string& types);

// Returns whether a text is the name of a row of totals, such as "Total" or "Mean:".
bool names_a_total(std::string_view text);

}  // namespace pushforward::app
