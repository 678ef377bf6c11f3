#include "apps/json/faults.h"

#include <cstdio>
#include <vector>

namespace pushforward::app {
namespace {

// The tokens around the fault.
struct FaultContext {
  JsonToken token;              // the token with the fault
  JsonToken previous;           // the token before it; empty at the beginning
  std::vector<JsonToken> open;  // opening brackets that are not closed yet
  bool complete = false;        // the document ends before the fault
  bool after_key = false;       // true if a colon should be in the place of `token`
};

bool opens(std::string_view word) { return word == "{" || word == "["; }
bool closes(std::string_view word) { return word == "}" || word == "]"; }
bool separates(std::string_view word) { return word == "," || word == ":"; }

FaultContext find_context(std::string_view text, std::size_t offset) {
  JsonScanner scanner(text);
  FaultContext found;
  bool key = false;
  for (;;) {
    found.token = scanner.next();
    const std::string_view word = scanner.text(found.token);
    if (word.empty() || found.token.unclosed || found.token.end > offset) break;
    found.after_key = false;
    if (opens(word)) found.open.push_back(found.token);
    if (closes(word) && !found.open.empty()) found.open.pop_back();
    const bool in_object = !found.open.empty() && text[found.open.back().begin] == '{';
    if (word == "{" || word == ",") {
      key = in_object;
    } else {
      found.after_key = key && !separates(word);
      key = false;
    }
    found.previous = found.token;
    if (found.open.empty()) {
      found.complete = true;
      found.token = scanner.next();
      break;
    }
  }
  return found;
}

std::string at(const Place& place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

// Returns nlohmann's message without its error number and without its position in the text.
std::string essence(std::string_view parser_says) {
  const std::size_t place = parser_says.find("at line ");
  const std::size_t colon = parser_says.find(": ", place == std::string_view::npos ? 0 : place);
  std::string_view rest =
      colon == std::string_view::npos ? parser_says : parser_says.substr(colon + 2);
  const std::size_t dash = rest.find(" - ");
  if (rest.starts_with("syntax error") && dash != std::string_view::npos)
    rest = rest.substr(dash + 3);
  const std::size_t last_read = rest.find("; last read");
  return std::string(rest.substr(0, last_read));
}

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> list) {
  for (std::string_view item : list) {
    if (word == item) return true;
  }
  return false;
}

bool looks_like_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
         c == '-' || c == '.' || c == '_';
}

bool looks_like_name(std::string_view word) {
  return looks_like_word(word[0]) &&
         std::string_view("0123456789+-.").find(word[0]) == std::string_view::npos;
}

bool looks_like_value(std::string_view word) {
  return !word.empty() && !separates(word) && !opens(word);
}

}  // namespace

std::string shorten(std::string_view text) {
  constexpr std::size_t max_characters = 40;
  std::string out;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool starts = (byte & 0xC0) != 0x80;
    if (starts && ++characters > max_characters) return out + "...";
    if (byte < 0x20 || byte == 0x7F) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      out += escape;
    } else {
      out += text[i];
    }
  }
  return out;
}

JsonFault syntax_fault(std::string_view text, std::size_t offset, std::string_view parser_says) {
  FaultContext context = find_context(text, offset);
  const bool bad_word = parser_says.find("invalid literal") != std::string_view::npos ||
                        parser_says.find("invalid number") != std::string_view::npos;
  if (bad_word && context.previous.end == context.token.begin && context.token.begin > 0 &&
      looks_like_word(text[context.previous.begin])) {
    // The parser stops one character after the beginning of a bad word, so the search begins at the
    // previous token.
    context = find_context(text, context.previous.begin);
  }
  const auto word_of = [&](const JsonToken& token) {
    return text.substr(token.begin, token.end - token.begin);
  };
  const std::string_view word = word_of(context.token);
  const std::string_view before = word_of(context.previous);
  const Place place = context.token.place;
  const std::string seen = shorten(word);

  const std::size_t comment = parser_says.find("invalid comment");
  if (comment != std::string_view::npos) {
    return {find_place(text, offset), essence(parser_says), "write // comment or /* comment */"};
  }
  if (context.complete && !word.empty()) {
    return {place, "text after the end of the document: " + seen,
            "a file holds a single { ... }; remove the rest"};
  }
  if (word.empty()) {
    if (context.open.empty()) {
      return {place, "the file is empty",
              "`pushforward config init` writes a commented config to start from"};
    }
    const JsonToken& open = context.open.back();
    const bool object = text[open.begin] == '{';
    return {place,
            std::string("the file ends inside the ") + (object ? "object" : "array") +
                " that begins at " + at(open.place),
            std::string("close it with ") + (object ? "}" : "]")};
  }
  if (closes(word) && before == ",") {
    return {context.previous.place, "trailing comma before " + seen, "remove this comma"};
  }
  if (closes(word) && !context.open.empty() &&
      (text[context.open.back().begin] == '{') != (word == "}")) {
    return {place,
            seen + " closes what began at " + at(context.open.back().place) + " with " +
                std::string(word_of(context.open.back())),
            "one of the two brackets is wrong or missing"};
  }
  if (word == "'") return {place, "a single quote", "write strings in double quotes: \"...\""};
  if (word == "#") return {place, "a # comment", "begin comments with //"};
  if (word[0] == '"') {
    if (context.token.unclosed) {
      return {place, "a string that does not end on its line",
              "close it with a double quote; write a line break as \\n"};
    }
    if (parser_says.find("invalid string") != std::string_view::npos) {
      return {find_place(text, offset), essence(parser_says), ""};
    }
  }
  if (context.after_key && word != ":") {
    return {place, "expected a colon after the key " + shorten(before) + ", found " + seen, ""};
  }
  const bool in_object = !context.open.empty() && text[context.open.back().begin] == '{';
  const bool wants_key = in_object && (before == "{" || before == ",");
  if (wants_key && looks_like_name(word)) {
    return {place, "a key without quotes: " + seen, "write \"" + seen + "\""};
  }
  if (looks_like_value(before) && !separates(word) && !closes(word)) {
    return {place, "a comma is missing before " + seen, ""};
  }
  if (is_any_of(word, {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf", "+inf"})) {
    return {place, seen + " is not a JSON number", "numbers of a config must be finite"};
  }
  if (is_any_of(word, {"True", "TRUE", "yes", "on"}))
    return {place, seen + " is not a JSON value", "write true"};
  if (is_any_of(word, {"False", "FALSE", "no", "off"}))
    return {place, seen + " is not a JSON value", "write false"};
  if (is_any_of(word, {"None", "nil", "undefined"}))
    return {place, seen + " is not a JSON value", "leave the key out"};
  if (parser_says.find("number overflow") != std::string_view::npos) {
    return {place, seen + " is too large for a number", ""};
  }
  if (looks_like_name(word)) {
    return {place, seen + " is not a JSON value",
            "write a string in double quotes: \"" + seen + "\""};
  }
  if (looks_like_word(word[0])) {
    if (wants_key) return {place, "a key that is not a string: " + seen, "write \"" + seen + "\""};
    return {place, seen + " is not a JSON number", "numbers look like 12, -0.5 or 1e-3"};
  }
  return {place, essence(parser_says), ""};
}

}  // namespace pushforward::app
