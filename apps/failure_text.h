// Errors of the user's settings and files, whose messages are made of their parts.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "apps/failure.h"

namespace pushforward::app {

// Return a Failure to throw: an error in what the user asks for (exit 2), and one of a file (exit 4).
template <class... Parts>
Failure usage_error(fmt::format_string<Parts...> text, Parts&&... parts) {
  return {Exit::usage, fmt::format(text, std::forward<Parts>(parts)...)};
}
template <class... Parts>
Failure file_error(fmt::format_string<Parts...> text, Parts&&... parts) {
  return {Exit::file, fmt::format(text, std::forward<Parts>(parts)...)};
}

}  // namespace pushforward::app
