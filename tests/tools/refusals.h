// Checks a table of calls that must fail, each with the text of its error.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>

#include "tests/tools/catch.h"

namespace pushforward {

struct Refusal {
  std::function<void()> call;
  std::string text;  // the full text, from "[where]" on
};

inline void check_refusals(std::initializer_list<Refusal> table) {
  for (const Refusal& row : table) {
    CAPTURE(row.text);
    CHECK_THROWS_WITH(row.call(), row.text);
  }
}

}  // namespace pushforward
