// Writes numbers, sizes, names and aligned tables as text. Does not depend on tapes.
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/tensor/shape.h"

namespace pushforward {

// Returns a number as text with up to `digits` significant digits, as C's %g writes it in the C
// locale, or "nan", "inf", "-inf".
std::string number_text(double x, int digits = 6);
// Returns the values of a tensor on one line, with rows separated by semicolons: "[1 2; 3 4]". A
// scalar is a number.
std::string values_text(const Shape& shape, std::span<const double> values, int digits = 6);
// Returns a number of bytes as text, in powers of 1024: "512 B", "1.50 KiB", "3.00 MiB".
std::string bytes_text(double bytes);
// Returns a count as text, in powers of 1000: "512", "1.50 k", "3.00 M", "12.0 G".
std::string count_text(double count);
// Returns a time as text, in a suitable unit: "850 ns", "12.3 us", "4.56 ms", "1.23 s".
std::string time_text(double seconds);

// Concatenates strings.
template <class... Parts>
std::string joined_text(const Parts&... parts) {
  std::string out;
  ((out += parts), ...);
  return out;
}
// Returns the number of a tape line as text: "#3".
inline std::string id_text(std::int64_t id) { return joined_text("#", std::to_string(id)); }

// Returns a name as one line of valid UTF-8. Control characters become \n, \t or \x07, and bytes
// that are not UTF-8 become U+FFFD.
std::string printable_name(std::string_view name);
// Returns the last two parts of the path of a file: "train/loss.cpp" for
// "/home/me/project/flow/train/loss.cpp".
std::string short_path(std::string_view path);
// Returns a place in the source as one line of valid UTF-8, "train/loss.cpp:31",
// or "" without a file.
std::string place_text(std::string_view file, int line);

// Returns a JSON string with its quotes (RFC 8259). Bytes of `text` that are not
// UTF-8 become U+FFFD.
std::string json_string(std::string_view text);
// Returns a JSON number that is parsed to the same double, or the string "nan", "inf" or "-inf",
// since JSON has no such numbers.
std::string json_number(double x);

// Rows of text cells, printed in aligned columns with two spaces between them. Columns without text
// are left out.
class TextTable {
 public:
  // `alignment` has a letter for each column: l for left, r for right.
  explicit TextTable(std::string_view alignment) : alignment_(alignment) {}
  // Adds a row to the table. Fails if `cells` does not have one cell per column.
  void row(std::vector<std::string> cells);
  void print(std::ostream& out, std::string_view indent = "") const;

 private:
  std::string alignment_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace pushforward
