// Opens the config that a command line names, and says what was meant where there is none.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"

namespace pushforward::app {

// Loads the config in the file `path`. Throws Failure as load_config does; where the file is missing
// or no config, the message names the file, the shipped config or the command that was probably
// meant. `verb` begins it.
Config open_config(const char* verb, const std::string& path,
                   const std::vector<std::string>& overrides);

// Prints the config's warnings on stderr.
void print_warnings(const Config& config);

}  // namespace pushforward::app
