// Error messages of the library: `[where] what is wrong: the two things that disagree; what to do`.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <sstream>
#include <stdexcept>
#include <string>

namespace pushforward::detail {

// Throws std::invalid_argument with "[where] " followed by the parts.
template <class... Parts>
[[noreturn]] void fail(const char* where, const Parts&... parts) {
  std::ostringstream text;
  text << '[' << where << "] ";
  (text << ... << parts);
  throw std::invalid_argument(text.str());
}

// Calls fail(where, parts...) unless `ok`. The parts are always evaluated, so pass values,
// not calls that cost time.
template <class... Parts>
constexpr void check(bool ok, const char* where, const Parts&... parts) {
  if (!ok) fail(where, parts...);
}

}  // namespace pushforward::detail
