// Reads tables of text with the columns of a run: points, latents or conditions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/run/table_of_run.h"
#include "apps/tables/arrays.h"
#include "apps/tables/cell_table.h"
#include "apps/tables/csv_rows.h"
#include "apps/tables/typed_csv.h"

namespace pushforward::app {

// What a file should have. The code of `table` is not null.
struct WantedTable {
  RunTable table;
  std::string verb;                                // begins the errors
  std::string whose = "the run's data";            // the owner of the columns in messages
  MissingRows missing_rows = MissingRows::refuse;  // or `keep`, which allows columns that lack
  std::vector<std::string> data_names{};           // latents: the names of the run's data
  std::string cure_of_missing{};                   // TypedCsvOptions
};

// Reads a table with the wanted columns, in the style of the run's table (table_style.h) or of the tables
// that the program writes (other_table.h), and reports it.
//
// If both the file and the wanted table have names, columns are taken by name, and others are left out.
// Otherwise they are taken in their order, and the file may also have the column of classes. A file
// without names whose number of columns is that of the file of the training may have all of these.
//
// Throws Failure (exit 4) that names the columns that lack, or both numbers of columns if they
// disagree.
TypedTable read_text_points(const WantedTable& wanted, const std::string& run,
                            const std::string& path, const ArrayBytes& content);

// A file of points as cells, with all of its columns, and the column of it that each of the wanted columns
// has (those of the data and of the conditions, in the order of the run's table), if the file has it.
struct PointsCells {
  CellTable cells;
  std::vector<std::optional<std::size_t>> columns{};
};

// Reads the cells of a table as read_text_points does, and throws as it does.
PointsCells cells_of_points(const WantedTable& wanted, const std::string& run,
                            const std::string& path, const ArrayBytes& content);

// Returns the options for reading the columns `chosen` of a table with this layout as all columns of
// the wanted table, in order. `present` are the numbers of the wanted columns that are chosen.
TypedCsvOptions options_of_columns(const RunTable& table, const CsvRows& layout,
                                   const std::vector<std::size_t>& chosen,
                                   const std::vector<std::size_t>& present);

// Returns the names of columns.
std::vector<std::string> names_of(const std::vector<CodedColumn>& columns);

}  // namespace pushforward::app
