// Tables of the names that a user can write ("silu", "adamw"), each with a line of explanation.
#pragma once

#include <span>
#include <string>

#include "autograd/tensor/check.h"

namespace pushforward {

// A name that a user can choose, with its explanation. Its index in the table of choices is its
// value in the enumeration.
struct Choice {
  const char* name;
  const char* doc;  // one line, no full stop
};

// Returns the index of `name` in the table. Throws on an unknown name and lists the known ones:
// `[activation] "sliu" is not known; one of: silu, gelu, relu`.
inline int choose(const char* where, const std::string& name, std::span<const Choice> table) {
  std::string known;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (name == table[i].name) return static_cast<int>(i);
    known += (i ? ", " : "") + std::string(table[i].name);
  }
  detail::fail(where, '"', name, "\" is not known; one of: ", known);
}

}  // namespace pushforward
