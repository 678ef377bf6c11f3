// The topics of `pushforward list`.
#pragma once

#include <string>

namespace pushforward::app {

// Returns the names of the topics, separated by blanks.
std::string list_topics();

}  // namespace pushforward::app
