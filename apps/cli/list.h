// The topics of `pushforward list`.
#pragma once

#include <string>

namespace pushforward::app {

// Returns their names, separated by blanks.
std::string list_topics();

}  // namespace pushforward::app
