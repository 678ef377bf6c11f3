#include "nn/choice.h"

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::fail;

int choose(const char* where, const std::string& name, std::span<const Choice> table) {
  std::string known;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (name == table[i].name) return static_cast<int>(i);
    known += (i ? ", " : "") + std::string(table[i].name);
  }
  fail(where, '"', name, "\" is not known; one of: ", known);
}

}  // namespace pushforward
