// The topics of `pushforward list`.
#pragma once

#include <string>

namespace pushforward::app {

// Their names, with blanks between.
std::string list_topics();

}  // namespace pushforward::app
