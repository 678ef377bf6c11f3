// Finds the data files that are installed with the program.
#pragma once

#include <string>

namespace pushforward::app {

// Returns the path of a file of the project's data/ folder. It looks in the folder named by the
// environment variable PUSHFORWARD_DATA. If that is not set, it looks beside the installed program
// (../share/pushforward/data), then in the source tree of the build. If the file is in none of
// these, it throws Failure (exit 4) that lists the folders.
std::string data_file(const std::string& name);

}  // namespace pushforward::app
