// Where the data that comes with the program lies.
#pragma once

#include <string>

namespace pushforward::app {

// The path of a file of the project's data/ folder: in the folder that the environment variable
// PUSHFORWARD_DATA names, beside an installed program (../share/pushforward/data), or in the
// sources it was built from. Failure (exit 4) that lists where it looked.
std::string data_file(const std::string& name);

}  // namespace pushforward::app
