// Opens the config that a command line names, or suggests what the user probably meant.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"

namespace pushforward::app {

// Loads the config in the file `path`. Throws Failure as load_config does. If the file is missing
// or is no config, the message suggests what the user probably meant: a similar file, an installed
// config or a command. `verb`, the name of the command, begins the message.
Config open_config(const char* verb, const std::string& path,
                   const std::vector<std::string>& overrides);

// Prints the config's warnings on stderr.
void print_warnings(const Config& config);

}  // namespace pushforward::app
