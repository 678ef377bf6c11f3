// Says a number of things in words: "1 row", "2 rows".
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace pushforward::app {

// Returns the number and the word, which gets an s unless the number is 1.
template <class Number>
std::string counted(Number number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace pushforward::app
