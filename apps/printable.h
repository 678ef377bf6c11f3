// Makes any text safe to show: on a terminal and in pictures.
#pragma once

#include <string>
#include <string_view>

namespace pushforward::app {

// Returns `text` in a form that is safe on a terminal and in a picture. Line ends and tabs are kept. Other control
// characters (C0, DEL, C1), bytes that are not UTF-8, and marks that change the direction of text
// are escaped as \x1b or \u202e.
std::string printable(std::string_view text);

}  // namespace pushforward::app
