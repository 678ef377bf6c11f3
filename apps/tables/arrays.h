// Reads and writes arrays. The ending of a name, in capitals or not, selects the format of a
// written file. The format of a file to be read is recognised by its content.
#pragma once

#include <string>

#include "apps/formats/npy.h"

namespace pushforward::app {

// Throws Failure (exit 2) unless the name of an output file ends in .npy, .csv or .tsv. Call it
// before the work starts.
void check_array_name(const std::string& path);

// Reads an array from an NPY file or a table of text (CSV), compressed by gzip or not. The file's
// name does not matter. Throws Failure (exit 4) or FileError.
NdArray read_array(const std::string& path);

// Returns whether the file is read as an NPY file: by its ending, or by its first bytes.
bool is_npy_file(const std::string& path);

// The content of a file of an array, which is read only once, so that it may come from a pipe: the
// bytes without compression, whether they are an NPY file or a table of text, and the mark of the file.
struct ArrayBytes {
  std::string bytes;
  bool npy = false;
  FileMark mark;
};
// Reads the file. Throws FileError, and Failure (exit 4) if its compression is damaged.
ArrayBytes read_array_bytes(const std::string& path);
// Returns the array in the file with this content. Throws Failure (exit 4).
NdArray parse_array(const ArrayBytes& content, const std::string& path);

// Puts the columns of a table, with their kinds, in the order of `names`, if both have names.
// Columns that are not in `names` are left out. A line on stderr says which columns were moved or
// left out. Throws Failure (exit 4) "[what] ..." with the table's column names and `names` if a
// column of `names` is missing, or if a repeated name makes the order ambiguous. `whose` names in
// messages the owner of `names`, such as "the run's data".
NdArray match_columns(NdArray table, const std::vector<std::string>& names, const char* what,
                      const std::string& whose);

// Writes an array in the format that the ending of the file's name selects. For .csv and .tsv it
// must have one or two axes. If its columns have names, these are the first line.
void write_array(const std::string& path, const NdArray& array);

// Returns whether the name has this ending, in capitals or not: true for ("A.CSV", ".csv").
bool has_ending(const std::string& path, std::string_view ending);

}  // namespace pushforward::app
