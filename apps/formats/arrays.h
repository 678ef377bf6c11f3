// Reads and writes arrays. The ending of a name, in capitals or not, chooses the format of a
// written file. The format of a file that is read is found from its content.
#pragma once

#include <string>

#include "apps/formats/npy.h"

namespace pushforward::app {

// Throws Failure (exit 2) unless the name of a file to write ends in .npy, .csv or .tsv. Call it
// before the work starts.
void check_array_name(const std::string& path);

// Reads an array from an NPY file or a table of text (CSV) with any name, packed by gzip or not.
// Throws Failure (exit 4) or FileError.
NdArray read_array(const std::string& path);

// Orders the columns of a table as `names`, where both sides have names. Columns that are not asked
// for are left out. Says in a line on stderr what it moved or left out. Throws Failure (exit 4)
// "[what] ..." that lists both sides' names if one that is asked for is missing, and if a name that
// stands twice leaves the order open. `whose` says what has the names: "the run's data".
NdArray match_columns(NdArray table, const std::vector<std::string>& names, const char* what,
                      const std::string& whose);

// Writes an array in the format of the name. For .csv and .tsv it must be a table or a list; the
// names of its columns, if it has any, are the first line.
void write_array(const std::string& path, const NdArray& array);

// Returns whether the name has this ending, in capitals or not: true for ("A.CSV", ".csv").
bool has_ending(const std::string& path, std::string_view ending);

}  // namespace pushforward::app
