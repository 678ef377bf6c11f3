// Finds how another file with the columns of a table is written, such as one of points or of held-out
// rows: as the table itself, or in another way.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tables/csv.h"

namespace pushforward::app {

// The columns that the other file may have. `names` are those that it should have, or none, and
// `widths` the numbers of columns that it may have without other ones.
struct OtherColumns {
  std::vector<std::string> names{};
  std::vector<std::size_t> widths{};
};

// The layout of the other file. `own` says whether it has the separator, decimal sign and other signs of
// numbers of the table.
struct OtherLayout {
  CsvOptions options{};
  bool own = true;
};

// Returns the layout in which the file with this text is read best: that of the table, the same signs of
// numbers with another separator, that of the tables that the program writes, with decimal points and a
// separator that is found, or the same with decimal commas. Commas that may be between cells or
// between thousands are not taken for decimal ones, unless those of the table are. In the best layout the first row has the most names of `columns`, then
// the most rows have a number of cells in `columns`, then the most cells are numbers. If two are equally
// good, it is the earlier one.
OtherLayout layout_of_other(std::string_view text, const CsvOptions& own,
                            const OtherColumns& columns);

}  // namespace pushforward::app
