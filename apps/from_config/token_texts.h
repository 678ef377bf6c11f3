// Reads word lists and text files as tokens.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// Returns whether a row of data is held out for eval. This depends only on a hash of its bytes.
bool is_held_out(std::string_view bytes, double share);

// The words that a data section of type words keeps, each once and in the order of the list, and
// their letters, sorted by code point.
struct WordList {
  std::vector<std::string> training, held_out;
  std::vector<std::string> letters;
};
// Throws Failure (exit 4) if the list cannot be read (the message names the Debian package of the
// usual list) or if no word is kept.
WordList read_words(const Json& section);

// The text of a data section of type text: its characters as tokens, and
// the character of each token.
struct TextFile {
  std::vector<int> training, held_out;
  std::vector<std::string> glyphs;
};
// Throws Failure (exit 4) if the file cannot be read, is not UTF-8 or is shorter than a window.
TextFile read_text(const Json& section);

}  // namespace pushforward::app
