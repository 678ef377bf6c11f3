// Finds columns of texts that name the rows of a table, which no flow can learn.
#pragma once

#include <string>
#include <vector>

#include "apps/tables/typed_csv.h"

namespace pushforward::app {

// A column of the file, by its name or, if it has no name of its own, its number, and the reason why it
// is no data: "has 300 different texts, and a category may have 256".
struct RowNames {
  CsvColumn column;
  std::string words;  // "column \"id\""
  std::string why;
};

// Returns the columns of the table in `path`, among those that the options choose, whose cells are texts
// that differ in all of at least 10 rows, or that have more different texts than a category may have. Columns
// that the options name as class, condition or with a kind are not among them. Returns nothing if no
// other column would be left. Throws as read_typed_csv does.
std::vector<RowNames> find_row_names(const std::string& path, const TypedCsvOptions& options);

}  // namespace pushforward::app
