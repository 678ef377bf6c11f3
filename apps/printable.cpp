#include "apps/printable.h"

#include <fmt/format.h>

#include "nn/checkpoint/utf8.h"

namespace pushforward::app {
namespace {

// Returns the code point of the two bytes at `at`, in valid UTF-8. code_of_three does so for three
// bytes.
unsigned code_of_two(std::string_view text, std::size_t at) {
  return (static_cast<unsigned char>(text[at]) & 0x1Fu) << 6 |
         (static_cast<unsigned char>(text[at + 1]) & 0x3Fu);
}
unsigned code_of_three(std::string_view text, std::size_t at) {
  return (static_cast<unsigned char>(text[at]) & 0x0Fu) << 12 |
         (static_cast<unsigned char>(text[at + 1]) & 0x3Fu) << 6 |
         (static_cast<unsigned char>(text[at + 2]) & 0x3Fu);
}

bool turns_text(unsigned code) {
  return code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

void append_printable(std::string& to, std::string_view utf8) {
  for (std::size_t k = 0; k < utf8.size();) {
    const auto byte = static_cast<unsigned char>(utf8[k]);
    const std::size_t size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    const bool kept = byte == '\n' || byte == '\t';
    if (size == 1 && !kept && (byte < 0x20 || byte == 0x7F))
      to += fmt::format("\\x{:02x}", byte);
    else if (const unsigned code = size == 2 ? code_of_two(utf8, k) : 0;
             code >= 0x80 && code < 0xA0)
      to += fmt::format("\\x{:02x}", code);
    else if (const unsigned mark = size == 3 ? code_of_three(utf8, k) : 0; turns_text(mark))
      to += fmt::format("\\u{:04x}", mark);
    else
      to += utf8.substr(k, size);
    k += size;
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t good = not_utf8_at(text).value_or(text.size());
    append_printable(shown, text.substr(0, good));
    text.remove_prefix(good);
    if (text.empty()) break;
    shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
  }
  return shown;
}

}  // namespace pushforward::app
