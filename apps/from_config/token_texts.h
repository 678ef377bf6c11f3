// Reads word lists and text files as tokens.
#pragma once

#include <string>
#include <vector>

#include "apps/formats/file_mark.h"
#include "apps/json/json.h"
#include "apps/report/files_read.h"

namespace pushforward::app {

// Returns whether a row of data is held out for eval. This depends only on a hash of its bytes.
bool is_held_out(std::string_view bytes, double share);

// The words that a data section of type words keeps, each once and in the order of the list, without
// blanks at their ends, and their letters, sorted by code point.
struct WordList {
  std::vector<std::string> training, held_out;
  std::vector<std::string> letters;
  FileMark mark;      // of the list
  FileReport report;  // what was read and what was left out
};
// Throws Failure (exit 4) if the list cannot be read (the message names the Debian package of the
// usual list) or if no word is kept.
WordList read_words(const Json& section);

// The text of a data section of type text: its characters as tokens, and
// the character of each token. Every line end is \n.
struct TextFile {
  std::vector<int> training, held_out;
  std::vector<std::string> glyphs;
  FileMark mark;      // of the file
  FileReport report;  // what was read and what became of it
};
// Throws Failure (exit 4) if the file cannot be read, is not UTF-8 or is shorter than a window.
TextFile read_text(const Json& section);

}  // namespace pushforward::app
