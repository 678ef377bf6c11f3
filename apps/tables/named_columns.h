// Finds the columns of a table that the keys of a config name.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/tables/csv_rows.h"

namespace pushforward::app {

// Returns the name of a column in the keys of options: its name, or its number if the file has no
// names.
std::string key_of(const CsvRows& rows, std::size_t column);

// Throws Failure (exit 4) if a name of the key `types` is not that of one of the columns. `label` is
// the name of the column of classes, or "".
void check_named(const CsvRows& rows, const std::vector<std::size_t>& columns,
                 const std::vector<std::string>& names, const std::string& label);

// Returns the places among `columns` of the columns that are conditions, in order. Throws Failure
// (exit 4) if one is not among them, is named twice, or if no other column is left.
std::vector<std::size_t> find_conditions(const CsvRows& rows,
                                         const std::vector<std::size_t>& columns,
                                         const std::vector<CsvColumn>& wanted);

}  // namespace pushforward::app
