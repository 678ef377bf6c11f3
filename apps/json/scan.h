// Finds the tokens of a JSON text and their places, without checking the syntax.
#pragma once

#include <cstddef>
#include <string_view>

namespace pushforward::app {

// The place of a value in a file: line and column, both from 1. Columns count characters, not
// bytes. If `override_index` >= 0, the value is from that entry of the command-line overrides
// instead.
struct Place {
  int line = 0;
  int column = 0;
  int override_index = -1;
};

// One token: its bytes [begin, end) and its place. The end of the text is a token with
// `begin == end == text.size()`.
struct JsonToken {
  std::size_t begin = 0;
  std::size_t end = 0;
  Place place;
  bool unclosed = false;  // a string whose closing quote is missing on its line
};

// Walks over a text token by token: a string, a number or word, or a single other character. White
// space, a byte order mark, `//` and `/* */` comments are skipped.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text);

  // Returns the next token of any kind.
  JsonToken next();

  // Returns the next token that is a value or a key, or that opens or closes an object or array. It
  // skips commas and colons.
  JsonToken next_event();

  // Returns the text of a token.
  std::string_view text(const JsonToken& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

 private:
  void step();         // advances by one byte and updates line and column
  void skip_blanks();  // skips white space and comments

  std::string_view text_;
  std::size_t at_ = 0;
  Place here_{1, 1, -1};
};

// Returns the place of byte `offset` of `text`.
Place find_place(std::string_view text, std::size_t offset);

}  // namespace pushforward::app
