// How prints of the tape write numbers, sizes, names and aligned tables. Knows nothing of tapes.
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/tensor/shape.h"

namespace pushforward {

// A number with up to `digits` significant digits, as
// C's %g writes it in any locale; "nan", "inf", "-inf".
std::string number_text(double x, int digits = 6);
// The values of a tensor on one line, rows apart by semicolons: "[1 2; 3 4]"; a scalar as a number.
std::string values_text(const Shape& shape, std::span<const double> values, int digits = 6);
// Bytes in powers of 1024: "512 B", "1.50 KiB", "3.00 MiB".
std::string bytes_text(double bytes);
// A count in powers of 1000: "512", "1.50 k", "3.00 M", "12.0 G".
std::string count_text(double count);
// Seconds in the unit that suits: "850 ns", "12.3 us", "4.56 ms", "1.23 s".
std::string time_text(double seconds);

// Strings put one after the other.
template <class... Parts>
std::string joined_text(const Parts&... parts) {
  std::string out;
  ((out += parts), ...);
  return out;
}
// The number of a line: "#3".
inline std::string id_text(std::int64_t id) { return joined_text("#", std::to_string(id)); }

// A name as one line of legal UTF-8: control characters become
// \n, \t or \x07, and bytes that are not UTF-8 become U+FFFD.
std::string printable_name(std::string_view name);
// The last two parts of a path: "/home/me/project/flow/train/loss.cpp" is "train/loss.cpp".
std::string short_path(std::string_view path);
// A place in the source, as one line of legal UTF-8: "train/loss.cpp:31"; empty without a file.
std::string place_text(std::string_view file, int line);

// A JSON string with its quotes (RFC 8259), whatever
// bytes `text` has: what is not UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);
// A JSON number that reads back to the same double; a
// string "nan", "inf" or "-inf" where JSON has no number.
std::string json_number(double x);

// Rows of text cells, printed in aligned columns two
// spaces apart. Columns without any text are left out.
class TextTable {
 public:
  // One letter a column: l left-aligned, r right-aligned. Every row has that many cells.
  explicit TextTable(std::string_view alignment) : alignment_(alignment) {}
  // Fails on a row of another length.
  void row(std::vector<std::string> cells);
  void print(std::ostream& out, std::string_view indent = "") const;

 private:
  std::string alignment_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace pushforward
