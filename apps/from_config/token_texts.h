// Reads word lists and text files as tokens.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/formats/file_mark.h"
#include "apps/json/json.h"
#include "apps/report/files_read.h"

namespace pushforward::app {

// Returns whether a row of data is held out for eval. The choice depends only on a hash of its
// bytes.
bool is_held_out(std::string_view bytes, double share);

// Returns which of the rows of a data set the key held_out holds out: by a share, a hash of their
// bytes; by an array, their numbers from 0. The path of a file holds none of these rows out. `name`
// is the name of the data for messages. Throws Failure (exit 2) if a number is not that of a row.
std::function<bool(std::size_t row, std::string_view bytes)> row_chooser(const Json& choice,
                                                                         std::size_t rows,
                                                                         const std::string& name);

// The words that a section of type words keeps, and their letters. Each word is kept once (with each
// of its classes), without blanks at its ends, in the order of the list. Letters are sorted by code point.
struct WordList {
  std::vector<std::string> training, held_out;
  // The class of each of these words if a file has classes of the list's words, else empty.
  std::vector<std::string> training_classes, held_out_classes;
  std::vector<std::string> letters;
  FileMark mark;      // the size and hash of the list's file
  FileReport report;  // what was read and what was left out
};
// Reads the word list of a section of type words. Throws Failure (exit 4) if no word is kept or the
// list cannot be read. The message then names the Debian package of the usual list.
WordList read_words(const Json& section);

// The text of a section of type text. Its characters are tokens, and `glyphs` has the character of
// each token. Every line end is \n.
struct TextFile {
  std::vector<int> training, held_out;
  std::vector<std::string> glyphs;
  FileMark mark;      // the size and hash of the file
  FileReport report;  // what was read and what was changed
};
// Reads the file of a section of type text. Throws Failure (exit 4) if the file cannot be read, is
// not UTF-8 or is shorter than one training window.
TextFile read_text(const Json& section);

}  // namespace pushforward::app
