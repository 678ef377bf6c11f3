// Tables of names: what a user writes ("silu", "adamw") and one line on what it means. Each table
// stands beside the enumeration that it names.
#pragma once

#include <span>
#include <string>

namespace pushforward {

// One alternative. A table of these lists an enumeration in its order, so the index is the value.
struct Choice {
  const char* name;
  const char* doc;  // one line, no full stop
};

// The index of `name` in the table. Fails with the list of what there is: `[activation] "sliu" is
// not known; one of: silu, gelu, relu`.
int choose(const char* where, const std::string& name, std::span<const Choice> table);

}  // namespace pushforward
