#include "apps/tables/csv.h"

#include "apps/formats/stored_text.h"
#include "apps/tables/csv_rows.h"

namespace pushforward::app {
namespace {

CsvTable read_numbers(std::string_view text, const std::string& source, const CsvOptions& options) {
  const CsvRows rows(text, source, options);
  if (rows.size() == 0)
    rows.fault_in_file("it holds a header but no rows of numbers",
                       "give a table with at least one row");
  CsvTable table;
  std::size_t vanished = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    pass_row(row);
    const std::vector<CsvCell> cells = rows.row(row);
    for (const std::size_t k : rows.chosen()) {
      const CellValue cell = read_cell(cells[k].text, rows.style());
      if (cell.kind != CellKind::number) rows.fault_in_cell(row, k, cell.kind);
      vanished += cell.vanished;
      table.values.push_back(cell.value);
    }
  }
  table.names = rows.chosen_names();
  table.shape = {rows.size(), rows.chosen().size()};
  table.reading = rows.notes(vanished);
  const std::vector<std::string> warnings =
      column_warnings(table, rows.chosen(), rows.width(), rows.names(), rows.setting("columns"));
  table.reading.warnings.insert(table.reading.warnings.begin(), warnings.begin(), warnings.end());
  return table;
}

}  // namespace

CsvTable read_csv(const std::string& path, const CsvOptions& options, FileSystem& files) {
  const LargeText stored = read_large_text(path, "csv", files);
  CsvTable table = read_numbers(stored.text(), path, options);
  table.file = path;
  table.mark = stored.mark;
  return table;
}

CsvTable parse_csv(std::string_view text, const std::string& source, const CsvOptions& options) {
  const StoredText stored = decode_text(std::string(text), source, "csv");
  CsvTable table = read_numbers(stored.text, source, options);
  table.mark = stored.mark;
  return table;
}

}  // namespace pushforward::app
