#include "autograd/inspect/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace pushforward {

using detail::check;

namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Returns the number of bytes of the UTF-8 character that begins at text[at], or 0 if the bytes
// there are not valid UTF-8 (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  const unsigned first = byte(0), second = byte(1);
  const auto tail = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return false;
    }
    return true;
  };
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1, 2) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return tail(1, 3) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second > 0x8F;
    return tail(1, 4) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

// Splits a text into characters. Calls control(byte) for each control character, and text(piece)
// for each other character, where bytes that are not UTF-8 become U+FFFD.
template <class Control, class Text>
void each_character(std::string_view all, Control control, Text text) {
  for (std::size_t at = 0; at < all.size();) {
    const auto byte = static_cast<unsigned char>(all[at]);
    const std::size_t n = utf8_length(all, at);
    if (byte < 0x20 || byte == 0x7F) {
      control(byte);
    } else {
      text(n ? all.substr(at, n) : std::string_view(kReplacement));
    }
    at += std::max<std::size_t>(n, 1);
  }
}

std::string hex2(unsigned byte) {
  constexpr char digit[] = "0123456789abcdef";
  return {digit[byte >> 4], digit[byte & 15]};
}

// Returns x with three significant digits, including trailing zeros: 1.50, 12.3, 850.
std::string three_digits(double x) {
  std::array<char, 32> text{};
  const int decimals = x < 9.995 ? 2 : x < 99.95 ? 1 : 0;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::fixed, decimals);
  return {text.data(), end.ptr};
}

// Returns x as text in the largest unit that gives a number of at least 1. Each of the `units` is
// `step` times the one before. A whole number below `step` keeps all its digits.
template <std::size_t n>
std::string in_units(double x, double step, const std::array<const char*, n>& units) {
  std::size_t unit = 0;
  if (x < step && x == std::floor(x)) return number_text(x) + units[0];
  for (; unit + 1 < n && x >= step * 0.9995; ++unit) x /= step;
  return three_digits(x) + units[unit];
}

// Returns the number of characters, which is the number of bytes that do not continue a UTF-8
// character.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::string number_text(double x, int digits) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  std::array<char, 64> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::general, digits);
  return {text.data(), end.ptr};
}

std::string values_text(const Shape& shape, std::span<const double> values, int digits) {
  if (shape.rank == 0) return number_text(values[0], digits);
  std::string out = "[";
  const auto cols = static_cast<std::size_t>(shape.cols());
  for (std::size_t i = 0; i < values.size(); ++i)
    out += joined_text(i == 0 ? "" : i % cols == 0 ? "; " : " ", number_text(values[i], digits));
  return out + ']';
}

std::string bytes_text(double bytes) {
  return in_units(bytes, 1024, std::array{" B", " KiB", " MiB", " GiB", " TiB"});
}

std::string count_text(double count) {
  return in_units(count, 1000, std::array{"", " k", " M", " G", " T", " P"});
}

std::string time_text(double seconds) {
  return in_units(seconds * 1e9, 1000, std::array{" ns", " us", " ms", " s"});
}

std::string printable_name(std::string_view name) {
  std::string out;
  each_character(
      name,
      [&](unsigned byte) {
        out += byte == '\n' ? "\\n" : byte == '\t' ? "\\t" : joined_text("\\x", hex2(byte));
      },
      [&](std::string_view piece) { out += piece; });
  return out;
}

std::string short_path(std::string_view path) {
  const std::size_t last = path.rfind('/');
  if (last == std::string_view::npos || last == 0) return std::string(path);
  const std::size_t before = path.rfind('/', last - 1);
  return std::string(before == std::string_view::npos ? path : path.substr(before + 1));
}

std::string place_text(std::string_view file, int line) {
  return file.empty() ? ""
                      : joined_text(printable_name(short_path(file)), ":", std::to_string(line));
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  each_character(
      text, [&](unsigned byte) { out += joined_text("\\u00", hex2(byte)); },
      [&](std::string_view piece) {
        if (piece == "\"" || piece == "\\") out += '\\';
        out += piece;
      });
  return out + '"';
}

std::string json_number(double x) {
  if (!std::isfinite(x)) return joined_text("\"", number_text(x), "\"");
  // Whole numbers are written with all digits: 100000, not 1e+05.
  if (x == std::floor(x) && std::abs(x) < 9007199254740992.0)
    return std::to_string(static_cast<long long>(x));
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), x);
  return {text.data(), end.ptr};
}

void TextTable::row(std::vector<std::string> cells) {
  check(cells.size() == alignment_.size(), "table", "a row of ", cells.size(),
        " cells in a table of ", alignment_.size(), " columns");
  rows_.push_back(std::move(cells));
}

void TextTable::print(std::ostream& out, std::string_view indent) const {
  std::vector<std::size_t> widths(alignment_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
  }
  for (const auto& row : rows_) {
    std::string line(indent);
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (widths[c] == 0) continue;
      const std::string fill(widths[c] - width(row[c]), ' ');
      line += alignment_[c] == 'r' ? fill + row[c] : row[c] + fill;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace pushforward
