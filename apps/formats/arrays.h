// Reads and writes arrays. The ending of a name, in capitals or not, chooses the format of a
// written file. The format of a file that is read is found from its content.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "apps/formats/npy.h"

namespace pushforward::app {

// Throws Failure (exit 2) unless the name of a file to write ends in .npy, .csv or .tsv. Call it
// before the work starts.
void check_array_name(const std::string& path);

// Takes pairs of an option's name and its file; an empty file means that the option is not used.
// Throws Failure (exit 2) if two options name the same file.
void check_distinct(std::initializer_list<std::pair<const char*, std::string>> files);

// Reads an array from an NPY file or a table of text (CSV) with any name, packed by gzip or not.
// Throws Failure (exit 4) or FileError.
NdArray read_array(const std::string& path);
// Writes an array in the format of the name. For .csv and .tsv it must be a table or a list.
void write_array(const std::string& path, const NdArray& array);

// Returns whether the name has this ending, in capitals or not: true for ("A.CSV", ".csv").
bool has_ending(const std::string& path, std::string_view ending);

}  // namespace pushforward::app
