// Checks whether a text is valid UTF-8.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace pushforward {

// Returns the index of the first byte of `text` that is not valid UTF-8 (Unicode, table 3-7: no
// overlong forms, no surrogates), or nothing if all bytes are valid.
std::optional<std::size_t> not_utf8_at(std::string_view text);

}  // namespace pushforward
