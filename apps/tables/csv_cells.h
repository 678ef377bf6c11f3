// Splits the lines of a CSV file into cells, finds the kind of each cell, and returns advice for
// cells that are not numbers but should be.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pushforward::app {

// A cell without surrounding quotes and blanks, and the column of its line (from 1) at which it
// begins. A doubled quote within quotes is not replaced by one.
struct CsvCell {
  std::string_view text;
  std::size_t column = 1;
  bool quoted = false;
};

// Stands for the separator of a table of one column, which has none.
constexpr char kNoSeparator = '\0';

// A fault in the quotes of a line: its description, the cure, and its column (from 1).
struct CsvQuoteFault : std::runtime_error {
  CsvQuoteFault(std::size_t at, const std::string& what, std::string what_to_do)
      : std::runtime_error(what), column(at), cure(std::move(what_to_do)) {}
  std::size_t column;
  std::string cure;
};

// Splits a line into its cells. The separator ' ' means one or more blanks. Throws CsvQuoteFault.
std::vector<CsvCell> split_cells(std::string_view line, char separator);
// Splits a line as split_cells does, but does not throw: the text after a fault in the quotes
// becomes one cell.
std::vector<CsvCell> split_cells_leniently(std::string_view line, char separator);

// Returns the text of a quoted cell with one quote for each doubled quote, and LF for each line end.
std::string unquoted(std::string_view text);

// The kinds of cells. `missing` is a word for a missing value, such as NA or ?. `numeric_text` is
// text that a person reads as a number or a truth value: "1,5" "1,234.5" "12%" "$5" "true".
enum class CellKind { number, empty, missing, not_finite, too_large, numeric_text, text };

// The way in which numbers are written. The signs that it allows need not be there.
struct NumberStyle {
  char decimal = '.';      // '.' or ','
  char thousands = kNone;  // ',', '.', ' ' (any blank), '\'' or '_' between groups of three digits
  double percent = 0;      // what "1%" means: 1 or 0.01; 0: percent signs are not allowed
  bool currency =
      false;  // whether $, the euro sign and others before or after a number are left out

  static constexpr char kNone = '\0';
  // A style of numbers without such signs.
  NumberStyle(char decimal_sign = '.') : decimal(decimal_sign) {}  // NOLINT: converts
};

// Returns the text of a number with a decimal point and without the signs that the style allows, and
// sets `factor` to what the number is to be multiplied by. Other texts are returned as they are.
std::string plain_number(std::string_view text, const NumberStyle& style, double* factor = nullptr);

// The number in a cell. `vanished` is true if the number is not 0 but too small for a double;
// `value` is then 0.
struct CellValue {
  CellKind kind = CellKind::empty;
  double value = 0;
  bool vanished = false;
};

// Reads a cell of numbers in this style. The user's locale does not matter.
CellValue read_cell(std::string_view text, const NumberStyle& style = {});

// Returns whether the line begins with an error value of a spreadsheet, such as #N/A or #DIV/0!,
// rather than with a comment.
bool begins_with_error_value(std::string_view line);

// Returns advice for a cell of kind `numeric_text` or `text` in place of a number. `keys` is the
// prefix of the keys that set the style ("data." for data.decimal), or "" if there are none.
std::string cure_of_cell(std::string_view text, const NumberStyle& style, const std::string& keys);

}  // namespace pushforward::app
