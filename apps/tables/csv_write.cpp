// Writes tables of numbers as text.
#include <charconv>

#include "apps/formats/stored_text.h"
#include "apps/tables/csv.h"
#include "apps/tables/csv_cells.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

template <class Number>
void append_number(std::string& text, Number value) {
  char digits[32];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  text.append(digits, result.ptr);
}

// Returns whether a text can be a cell without quotes.
bool is_plain(const std::string& text) {
  return text.find_first_of(",;|\"\t\n\r#") == std::string::npos && text == trimmed(text) &&
         !text.starts_with("\xEF\xBB\xBF");
}

std::string in_quotes(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

// Returns a column name as a cell. A name that could be read as a number, a comment, a missing
// value or a byte-order mark is quoted.
std::string name_cell(const std::string& name) {
  const bool plain = is_plain(name) && read_cell(name).kind == CellKind::text;
  return plain ? name : in_quotes(name);
}

// Returns the text of a category as a cell, in the form that it has in the table that was read. A
// category that looks like a number or a missing value therefore gets no quotes.
std::string category_cell(const std::string& text) {
  return is_plain(text) ? text : in_quotes(text);
}

}  // namespace

std::string csv_text(const NdArray& table, const std::vector<std::string>& names, char separator) {
  const bool list = table.shape.size() == 1;
  check(list || table.shape.size() == 2, "csv", "shape ", shape_text(table.shape),
        " is not a table (N, D); write it as .npy");
  const std::size_t rows = table.shape[0], columns = list ? 1 : table.shape[1];
  check(rows * columns == table.values.size(), "csv", "shape ", shape_text(table.shape),
        " does not hold ", table.values.size(), " values; correct the shape");
  check(names.empty() || names.size() == columns, "csv", names.size(), " names for ", columns,
        " columns; give one for each");
  check(table.columns.empty() || table.columns.size() == columns, "csv", table.columns.size(),
        " kinds for ", columns, " columns; give one for each");
  std::string text;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (k) text += separator;
    text += name_cell(names[k]);
  }
  if (!names.empty()) text += '\n';
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      if (column) text += separator;
      const double value = table.values[row * columns + column];
      if (!table.columns.empty()) {
        const std::string cell = cell_text(table.columns[column], value, table.dtype == "<f4");
        text += table.columns[column].kind == ColumnKind::category ? category_cell(cell) : cell;
      } else if (table.dtype == "<f4") {
        append_number(text, static_cast<float>(value));
      } else {
        append_number(text, value);
      }
    }
    text += '\n';
  }
  return text;
}

void write_csv(const std::string& path, const NdArray& table, const std::vector<std::string>& names,
               FileSystem& files, char separator) {
  write_file_atomically(files, path, csv_text(table, names, separator));
}

}  // namespace pushforward::app
