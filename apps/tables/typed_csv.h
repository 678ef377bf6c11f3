// Reads CSV tables whose columns have kinds: numbers, whole numbers, categories, angles, dates and
// times. One column may be the class of each row.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tables/csv.h"

namespace pushforward::app {

// The treatment of rows with missing cells. `keep` keeps the row, and its missing numbers are NaN.
// `model` does so, too, but drops rows whose class or a condition is missing, and rows of which no
// other column is known.
enum class MissingRows { drop, refuse, keep, model };

// Options for reading a typed table.
struct TypedCsvOptions {
  CsvOptions csv{};
  // If true, the kinds of columns that `kinds` does not have are guessed from their cells. If false,
  // they are numbers.
  bool guess = true;
  // The kinds of columns by name; a table without names has the numbers 0, 1, ... as names.
  std::map<std::string, ColumnKind> kinds{};
  // The kinds that these columns had when a run was trained on the file. They are not guessed again.
  std::map<std::string, ColumnKind> remembered{};
  // Other columns that the config names, which must be in the table.
  std::vector<std::string> named{};
  // The column that has the class of each row; empty: none. It is no column of the result.
  std::string label{};
  // The columns that are conditions, by name or number. TypedTable::conditions has their places.
  std::vector<CsvColumn> conditions{};
  MissingRows missing_rows = MissingRows::drop;
  // The cells that are missing values. If the list is empty, these are empty cells, NaN, and the
  // words of CellKind::missing (csv_cells.h).
  std::vector<std::string> missing{};
  // Advice about a missing cell that is refused, beside filling it in and removing its row.
  std::string cure_of_missing{};
  // Whether an error about a cell says how a missing cell is written.
  bool advises_missing = false;
  // The values of categories, by column name. A cell with another text is then a fault.
  std::map<std::string, std::vector<std::string>> values{};
};

// The layout of a table of text in the words of the config (table_words.h), its number of columns,
// and the texts of its missing cells.
struct TableLayout {
  std::string separator{}, decimal{}, names_in{};
  std::size_t file_columns = 0;
  std::vector<std::string> missing{};
};

// A table (N, D), whose member `columns` has the kind of each column. If the file has a column of
// classes, the struct also has the class of each row, the texts of the classes, the name of that
// column, and its place among the columns of the table. At least one column is no condition.
struct TypedTable {
  NdArray table;
  // The name of each column in the keys of options: in a file without names its number there, which
  // is not its number in the table if columns are chosen.
  std::vector<std::string> keys{};
  TableLayout layout{};
  std::vector<int> labels{};
  std::vector<std::string> classes{};
  std::string label{};
  std::size_t label_at = 0;
  std::vector<std::size_t> conditions{};  // the columns of the table that are conditions, in order
};

// A category may have at most this many values.
inline constexpr std::size_t kMostCategories = 256;

// Reads the table in `path`. A column whose kind is guessed is
// - integer if all cells are whole numbers, and else a number if all are numbers;
// - a date or time if all cells are ISO dates or times;
// - a category if all cells are texts, but not if they look like numbers or dates in another
//   notation, which are refused with a cure.
// The values of a category are in alphabetical order, or in that of numbers if all are numbers.
// Throws Failure (exit 4) as read_csv does.
TypedTable read_typed_csv(const std::string& path, const TypedCsvOptions& options,
                          FileSystem& files = posix());

// Parses a typed table; `source` names the file in errors.
TypedTable parse_typed_csv(std::string_view text, const std::string& source,
                           const TypedCsvOptions& options);

}  // namespace pushforward::app
