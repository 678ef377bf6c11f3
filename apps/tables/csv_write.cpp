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

}  // namespace

std::string cell_in_quotes(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

std::string name_cell(const std::string& name) {
  const bool plain = is_plain(name) && read_cell(name).kind == CellKind::text;
  return plain ? name : cell_in_quotes(name);
}

std::string text_cell(const std::string& text) {
  return is_plain(text) ? text : cell_in_quotes(text);
}

std::string value_cell(const NdArray& table, std::size_t column, double value) {
  const bool single = table.dtype == "<f4";
  if (!table.columns.empty()) {
    const std::string cell = cell_text(table.columns[column], value, single);
    return table.columns[column].kind == ColumnKind::category ? text_cell(cell) : cell;
  }
  std::string text;
  if (single)
    append_number(text, static_cast<float>(value));
  else
    append_number(text, value);
  return text;
}

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
      text += value_cell(table, column, table.values[row * columns + column]);
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
