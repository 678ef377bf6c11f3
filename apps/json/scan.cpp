#include "apps/json/scan.h"

namespace pushforward::app {
namespace {

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
         c == '-' || c == '.' || c == '_' || byte >= 0x80;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

JsonScanner::JsonScanner(std::string_view text) : text_(text) {
  if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
}

void JsonScanner::step() {
  if (text_[at_] == '\n') {
    ++here_.line;
    here_.column = 1;
  } else if (!continues_character(text_[at_])) {
    ++here_.column;
  }
  ++at_;
}

void JsonScanner::skip_blanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const std::string_view pair = text_.substr(at_, 2);
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      step();
    } else if (pair == "//") {
      while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') step();
    } else if (pair == "/*") {
      const std::size_t close = text_.find("*/", at_ + 2);
      const std::size_t end = close == std::string_view::npos ? text_.size() : close + 2;
      while (at_ < end) step();
    } else {
      return;
    }
  }
}

JsonToken JsonScanner::next() {
  skip_blanks();
  JsonToken token{at_, at_, here_, false};
  if (at_ == text_.size()) return token;
  if (text_[at_] == '"') {
    step();
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) step();
      step();
    }
    token.unclosed = at_ == text_.size() || text_[at_] == '\n';
    if (!token.unclosed) step();
  } else if (is_word(text_[at_])) {
    while (at_ < text_.size() && is_word(text_[at_])) step();
  } else {
    step();
  }
  token.end = at_;
  return token;
}

JsonToken JsonScanner::next_event() {
  for (;;) {
    const JsonToken token = next();
    const std::string_view word = text(token);
    if (word != "," && word != ":") return token;
  }
}

Place find_place(std::string_view text, std::size_t offset) {
  Place place{1, 1, -1};
  std::size_t at = text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  for (; at < offset && at < text.size(); ++at) {
    if (text[at] == '\n') {
      ++place.line;
      place.column = 1;
    } else if (!continues_character(text[at])) {
      ++place.column;
    }
  }
  return place;
}

}  // namespace pushforward::app
