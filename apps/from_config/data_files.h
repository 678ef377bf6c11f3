// Finds the data files that come with the program.
#pragma once

#include <string>

namespace pushforward::app {

// Returns the path of a file of the project's data/ folder. It looks in the folder that the
// environment variable PUSHFORWARD_DATA names; if that is not set, beside the installed program
// (../share/pushforward/data), then in the source tree it was built from. Throws Failure (exit 4)
// that lists the folders if the file is in none of them.
std::string data_file(const std::string& name);

}  // namespace pushforward::app
