// Reads points for a run, and writes tables with a further column.
#pragma once

#include <string>

#include "apps/formats/npy.h"
#include "apps/run/table_code.h"

namespace pushforward::app {

// Points, and the class of each if their file has the column of classes of the run's table.
struct RunPoints {
  NdArray points;
  std::vector<int> labels{};
};

// Reads a file of points for the run in the folder `run`, and reports it. If the run's table has
// typed columns, a table of text is read by the kinds of its columns, which are chosen by name if
// the file has names. Throws Failure (exit 4) with `verb` in its message, or FileError.
RunPoints read_labelled_points(const std::string& run, const std::string& path,
                               const std::string& verb);
NdArray read_points_of_run(const std::string& run, const std::string& path,
                           const std::string& verb);

// Reads rows as read_labelled_points does, but their missing cells, and the columns that a file with
// names does not have, are allowed. Missing cells are NaN. The class of a row must not be missing.
RunPoints read_incomplete_points(const std::string& run, const std::string& path,
                                 const std::string& verb);

// Returns one row with the values of `text`, such as "species=Adelie,year=2008", and without other
// columns. Columns without names have numbers from 0. A value with a comma stands in double quotes.
// Throws Failure (exit 2) if a part of the text is no assignment to a column of the run's data, or
// assigns a column twice, and Failure (exit 4) if a value is not one of its column.
RunPoints given_row(const std::string& run, const std::string& text);

// Returns the table with `column` (N) inserted as column number `at`. The table has names if `name`
// belongs to them.
NdArray with_column(NdArray table, const NdArray& column, const std::string& name, std::size_t at);

}  // namespace pushforward::app
