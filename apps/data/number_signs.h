// The signs in the numbers of a table, as a csv section of a config allows them.
#pragma once

#include "apps/json/json.h"
#include "apps/tables/csv.h"

namespace pushforward::app {

// Sets thousands, percent and currency of the options from a csv section. Throws Failure (exit 2) if
// the sign between thousands is the decimal sign, too.
void set_number_signs(const Json& section, CsvOptions& options);

// Returns the same signs for files of points of a run with this data section. They are none if the
// run's data is no table of text.
CsvOptions number_signs_of_data(const Json& data);

}  // namespace pushforward::app
