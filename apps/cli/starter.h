// Makes the config that `pushforward config init` prints, and reads the table that a config names.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"

namespace pushforward::app {

// Returns the path of the JSON Schema that is installed with the program, or "" if it is missing.
std::string shipped_schema();

// Reads the table that a config names, if its file exists, so that the report of the files that
// were read shows the kinds of the columns (report/files_read.h).
void report_table(const Config& config);

// Returns the text of a config for `what`, the name of a data set or the file of a table. `settings` are
// keys of the table, such as data.decimal=comma. A table that exists is read: columns that name its rows
// are left out, which a message says, and a table that the config cannot read is refused. Throws Failure
// (exit 2) if there is no such data set, or for settings without a table, (exit 4) for a table that cannot
// be read, with the key that reads it.
std::string starter_of(const std::string& what, const std::vector<std::string>& settings);

}  // namespace pushforward::app
