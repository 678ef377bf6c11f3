// Explains JSON syntax errors: the most likely cause of a parser's "unexpected token", and its
// cure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/json/document.h"

namespace pushforward::app {

// Returns the fault at byte `offset` of `text`, where the parser stopped with
// the message `parser_says`.
JsonFault syntax_fault(std::string_view text, std::size_t offset, std::string_view parser_says);

// Prepares `text` for one line of a message: escapes control characters and
// cuts it to 40 characters.
std::string shorten(std::string_view text);

}  // namespace pushforward::app
