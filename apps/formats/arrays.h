// Reads and writes arrays; the ending of the file name, .npy or .csv, chooses the format.
#pragma once

#include <string>

#include "apps/formats/npy.h"

namespace pushforward::app {

// Throws Failure (exit 2) unless the name ends in .npy or .csv. Call it before the work starts.
void check_array_name(const std::string& path);

// Reads an array of either format. Throws Failure (exit 4) or FileError.
NdArray read_array(const std::string& path);
// Writes an array in either format. For .csv it must be a table or a list.
void write_array(const std::string& path, const NdArray& array);

}  // namespace pushforward::app
