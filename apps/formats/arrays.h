// Arrays by the ending of their file's name: .npy or .csv.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "apps/formats/npy.h"

namespace pushforward::app {

// Failure (usage) unless the name ends in .npy or .csv. Call it before the work, not after.
void check_array_name(const std::string& path);

// Failure (usage) where two of these files, named by
// their options, are the same; empty: not asked for.
void check_distinct(std::initializer_list<std::pair<const char*, std::string>> files);

// Reads either kind. Failure (exit 4), FileError.
NdArray read_array(const std::string& path);
// Writes either kind, a table for .csv.
void write_array(const std::string& path, const NdArray& array);

}  // namespace pushforward::app
