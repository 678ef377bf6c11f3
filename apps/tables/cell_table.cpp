#include "apps/tables/cell_table.h"

#include <fmt/format.h>

#include "apps/tables/csv.h"
#include "apps/tables/row_warnings.h"

namespace pushforward::app {
namespace {

// Returns the cell as it is written. A cell in quotes keeps them. A number that means another one, or none,
// where decimal points are the only sign is written anew: 5.200 with points between thousands is 5200.
std::string written(const CsvCell& cell, bool text, const NumberStyle& style) {
  const CellValue value = read_cell(cell.text, style), plainly = read_cell(cell.text);
  if (!text && value.kind == CellKind::number &&
      (plainly.kind != CellKind::number || plainly.value != value.value)) {
    double factor = 1;
    const std::string number = plain_number(cell.text, style, &factor);
    return factor == 1 ? number : fmt::format("{}", value.value);
  }
  const std::string plain = unquoted(cell.text);
  return cell.quoted ? cell_in_quotes(plain) : text_cell(plain);
}

}  // namespace

CellTable cell_table(const CsvRows& rows, const std::vector<bool>& texts,
                     const std::vector<std::string>& missing) {
  CellTable table;
  const std::vector<std::size_t>& columns = rows.chosen();
  table.columns = columns.size();
  table.names = rows.chosen_names();
  table.cells.reserve(rows.size() * columns.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::vector<CsvCell> cells = rows.row(row);
    for (const std::size_t k : columns) {
      table.cells.push_back(written(cells[k], texts[k], rows.style()));
      table.missing.push_back(is_missing_cell(cells[k], missing, rows.style()));
    }
  }
  return table;
}

std::string csv_text(const CellTable& table, char separator) {
  std::string text;
  const auto add = [&](std::size_t column, const std::string& cell) {
    if (column > 0) text += separator;
    text += cell;
    if (column + 1 == table.columns) text += '\n';
  };
  for (std::size_t k = 0; k < table.names.size(); ++k) add(k, name_cell(table.names[k]));
  for (std::size_t i = 0; i < table.cells.size(); ++i) add(i % table.columns, table.cells[i]);
  return text;
}

}  // namespace pushforward::app
