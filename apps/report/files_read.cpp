#include "apps/report/files_read.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/formats/stored_text.h"
#include "apps/tables/arrays.h"
#include "apps/tables/csv_remarks.h"
#include "apps/terminal/message.h"

namespace pushforward::app {

namespace {

// Returns the names of the columns, with the kinds of those that are not plain numbers.
std::vector<std::string> columns_with_kinds(const NdArray& table) {
  std::vector<std::string> texts;
  for (const std::string& name : table.names) texts.push_back(shown_name(name));
  bool numbers = true;
  for (const TableColumn& c : table.columns) numbers = numbers && c.kind == ColumnKind::number;
  for (std::size_t k = 0; k < table.columns.size() && !numbers; ++k) {
    const TableColumn& c = table.columns[k];
    if (table.names.empty()) texts.push_back(std::to_string(k));
    if (c.kind == ColumnKind::category)
      texts[k] += fmt::format(" (category of {})", c.values.size());
    else if (c.kind != ColumnKind::number)
      texts[k] += fmt::format(" ({})", name_of(c.kind));
  }
  return texts;
}

}  // namespace

FileReport table_report(const NdArray& table) {
  const std::size_t rows = table.shape.at(0), columns = table.shape.at(1);
  const ReadingNotes& notes = table.reading;
  const std::vector<std::string> texts = columns_with_kinds(table);
  FileReport report;
  report.line =
      fmt::format("read {}: {} row{}, {}{} column{}{}; {}", shown_text(table.file, 4096), rows,
                  rows == 1 ? "" : "s", columns,
                  notes.file_columns > columns ? fmt::format(" of {}", notes.file_columns) : "",
                  columns == 1 && notes.file_columns <= 1 ? "" : "s",
                  texts.empty() ? "" : ": " + joined(texts, 50), notes.layout);
  for (const std::string& text : notes.left_out) report.line += "; " + text;
  for (const std::string& text : notes.warnings)
    report.warnings.push_back(fmt::format("warning: {}: {}", shown_text(table.file, 4096), text));
  report.object = {{"file", table.file},   {"rows", rows},           {"columns", columns},
                   {"names", table.names}, {"layout", notes.layout}, {"left_out", notes.left_out}};
  Json kinds = Json::array();
  for (const TableColumn& c : table.columns) kinds.push_back(name_of(c.kind));
  if (!kinds.empty()) report.object["kinds"] = kinds;
  return report;
}

Json FilesRead::of_key(const std::string& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? Json() : found->second;
}

void FilesRead::add(const FileReport& report, bool warnings) {
  if (!report.key.empty()) by_key_[key_.empty() ? report.key : key_] = report.object;
  if (where_ == ReportsTo::nowhere ||
      std::find(lines_.begin(), lines_.end(), report.line) != lines_.end())
    return;
  lines_.push_back(report.line);
  if (where_ == ReportsTo::json) {
    Json object = report.object;
    object["warnings"] = warnings ? Json(report.warnings) : Json::array();
    objects_.push_back(std::move(object));
    return;
  }
  tell_line(report.line);
  if (warnings)
    for (const std::string& text : report.warnings) tell_line(text);
}

FilesRead& files_read() {
  static FilesRead reports;
  return reports;
}

NdArray read_points(const std::string& path, const std::string& verb) {
  return read_points(read_array_bytes(path), path, verb);
}

NdArray read_points(const ArrayBytes& content, const std::string& path, const std::string& verb) {
  NdArray points = as_table(parse_array(content, path), verb);
  if (points.shape.size() == 2) files_read().add(table_report(points), false);
  return points;
}

}  // namespace pushforward::app
