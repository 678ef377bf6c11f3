// Tables of the names that a user can write ("silu", "adamw"), each with a line of explanation.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <span>
#include <string>

namespace pushforward {

// A name that a user can choose, with its explanation. Its index in the table of choices is its
// value in the enumeration.
struct Choice {
  const char* name;
  const char* doc;  // one line, no full stop
};

// Returns the index of `name` in the table. Throws on an unknown name and lists the known ones:
// `[activation] "sliu" is not known; one of: silu, gelu, relu`.
int choose(const char* where, const std::string& name, std::span<const Choice> table);

}  // namespace pushforward
