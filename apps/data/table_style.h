// How a table of text is written, as a csv section of a config says it: the layout, the signs in its
// numbers, comments, and cells that are missing.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"
#include "apps/tables/csv.h"

namespace pushforward::app {

// How a run's table is written, by its config, for files of points that are written in the same way:
// signs of numbers, separator, comments, and the cells that are missing.
struct TableStyle {
  CsvOptions csv{};
  std::vector<std::string> missing{};
};
// Returns the style of the table of a run with this data section, completed by what the run remembers
// of its table (table_memory.h), unless that is null. It is the default if the run's data is no table
// of text.
TableStyle style_of_data(const Json& data, const Json& memory);

// Sets header, columns, separator, signs of numbers and comments of the options from a csv section at
// `key`, such as "data.of". Throws Failure (exit 2) if the sign between thousands is the decimal
// sign, too.
CsvOptions layout_options(const Json& section, const std::string& key);

// Appends the columns that a key of a csv section lists, by name or number.
void add_columns(const Json& section, const char* key, std::vector<CsvColumn>& columns);

}  // namespace pushforward::app
