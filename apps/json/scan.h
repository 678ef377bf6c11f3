// Finds the tokens of a JSON text with their places; it
// judges nothing, so that a parser can say where it stands.
#pragma once

#include <cstddef>
#include <string_view>

namespace pushforward::app {

// Where something was written: a line and a column of a file, both from
// 1 (columns count characters, not bytes), or, when `override_index` >=
// 0, that entry of the list of command-line overrides.
struct Place {
  int line = 0;
  int column = 0;
  int override_index = -1;
};

// One token: its bytes [begin, end) and its place. At
// the end of the text `begin == end == text.size()`.
struct JsonToken {
  std::size_t begin = 0;
  std::size_t end = 0;
  Place place;
  bool unclosed = false;  // a string whose closing quote is missing on its line
};

// Walks over a text token by token: a string, a number or word, or a single other character.
// White space, a byte order mark, `//` and `/* */` comments are passed over.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text);

  // The next token, whatever it is.
  JsonToken next();

  // The next token that is a value, a key, or opens or closes
  // an object or array (commas and colons are passed over).
  JsonToken next_event();

  // The text of a token.
  std::string_view text(const JsonToken& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

 private:
  void step();         // moves one byte on, keeping line and column
  void skip_blanks();  // white space and comments

  std::string_view text_;
  std::size_t at_ = 0;
  Place here_{1, 1, -1};
};

// The place of byte `offset` of `text`.
Place find_place(std::string_view text, std::size_t offset);

}  // namespace pushforward::app
