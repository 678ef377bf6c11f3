// Word lists and text files as tokens.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// Whether a row of data is kept for eval: by a hash
// of its bytes, so that it depends on nothing else.
bool is_held_out(std::string_view bytes, double share);

// The words of a list that a data section of type words keeps, each once, in the list's order, and
// the letters they are made of in the order of their code points.
struct WordList {
  std::vector<std::string> training, held_out;
  std::vector<std::string> letters;
};
// Failure (exit 4) where the list cannot be read, naming the
// Debian package of the usual one, and where nothing is kept.
WordList read_words(const Json& section);

// The text of a data section of type text: its characters as tokens, and what each is written as.
struct TextFile {
  std::vector<int> training, held_out;
  std::vector<std::string> glyphs;
};
// Failure (exit 4) where the file cannot be read, is no UTF-8 or is shorter than a window.
TextFile read_text(const Json& section);

}  // namespace pushforward::app
