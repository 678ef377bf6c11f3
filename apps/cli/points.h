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

// Returns the table with `column` (N) inserted as column number `at`. The table has names if `name`
// belongs to them.
NdArray with_column(NdArray table, const NdArray& column, const std::string& name, std::size_t at);

}  // namespace pushforward::app
