// Whether bytes are UTF-8.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace pushforward {

// The byte of `text` at which it stops being UTF-8 (Unicode,
// table 3-7: no overlong forms, no surrogates), or nothing.
std::optional<std::size_t> not_utf8_at(std::string_view text);

}  // namespace pushforward
