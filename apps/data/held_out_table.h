// Reads the layout of a file of held-out rows, which may be written in another style than the table of
// the training.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"
#include "apps/tables/typed_csv.h"

namespace pushforward::app {

// The table whose rows are trained on: its file, its layout, and the names of its columns with that of
// the class, if it has names.
struct TrainedTable {
  std::string file;
  TableLayout layout;
  std::vector<std::string> names{};
};
TrainedTable trained_table(const TypedTable& read);
// The same, from what is remembered of it (remembered_report in table_memory.h).
TrainedTable trained_table(const Json& report, const std::string& file);

// Returns `asked`, the options for reading the file with the columns of the table, with the separator,
// decimal sign and place of the names of the file `path`: those that the run remembers of it (`memory`, or
// null), or else those of the table if it is written so, or those that fit best (other_table.h). Throws
// Failure (exit 4) "[data] path (key) ..." if the table has names, but the file has none or lacks some.
CsvOptions layout_of_held_out(const std::string& path, const std::string& key, CsvOptions asked,
                              const TrainedTable& table, const Json& memory);

// Returns the remark that the file has another style than the table, or "".
std::string remark_on_style(const TableLayout& layout, const TrainedTable& table);

}  // namespace pushforward::app
