#include "apps/tables/row_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apps/formats/stored_text.h"
#include "apps/tables/cell_warnings.h"

namespace pushforward::app {
namespace {

bool is_of_numbers(ColumnKind kind) {
  return kind != ColumnKind::category && kind != ColumnKind::date && kind != ColumnKind::time;
}

// Returns a warning if the last row of the file is in the result and names a total in any column.
std::string doubt_of_last_row(const CsvRows& rows, const RowsRead& read) {
  if (read.kept.size() < 2 || read.kept.back() + 1 != rows.size()) return "";
  const std::vector<CsvCell> cells = rows.row(read.kept.back());
  const auto total = std::find_if(cells.begin(), cells.end(),
                                  [](const CsvCell& cell) { return names_a_total(cell.text); });
  if (total == cells.end()) return "";
  // A word that other rows have, too, is no name of a total.
  const auto k = static_cast<std::size_t>(total - cells.begin());
  for (const std::size_t row : read.kept)
    if (row != read.kept.back() && rows.row(row)[k].text == total->text) return "";
  return fmt::format(
      "the last row, of line {}, has \"{}\" in {}: if it is a total of the others, "
      "remove it",
      rows.line_of(read.kept.back()), shown_text(total->text), rows.column_words(k));
}

// Returns a warning for the first row that was left out and has a text in a column of numbers.
std::string doubt_of_left_out(const CsvRows& rows, const RowsRead& read) {
  for (const std::size_t row : read.left_out) {
    const std::vector<CsvCell> cells = rows.row(row);
    for (std::size_t k = 0; k < read.columns.size(); ++k) {
      const CsvCell& cell = cells[read.columns[k]];
      const CellKind kind = read_cell(cell.text, rows.style()).kind;
      const bool text = kind == CellKind::text || kind == CellKind::numeric_text;
      if (!is_of_numbers(read.kinds[k]) || !text ||
          is_missing_cell(cell, read.missing, rows.style()))
        continue;
      return fmt::format(
          "the row of line {}, which is left out for a missing cell, has \"{}\" in {} "
          "of numbers: if it holds names, units or a note, remove it",
          rows.line_of(row), shown_text(cell.text), rows.column_words(read.columns[k]));
    }
  }
  return "";
}

}  // namespace

bool is_missing_cell(const CsvCell& cell, const std::vector<std::string>& words,
                     const NumberStyle& style) {
  if (!words.empty())
    return std::find(words.begin(), words.end(), unquoted(cell.text)) != words.end();
  const CellKind kind = read_cell(cell.text, style).kind;
  if (kind == CellKind::empty || kind == CellKind::missing) return true;
  return kind == CellKind::not_finite && cell.text.find_first_of("fF") == std::string_view::npos;
}

std::string cure_of_missing(const CsvRows& rows, std::string_view text,
                            const std::vector<std::string>& words, bool always) {
  const bool usual = is_missing_cell({text}, {}, rows.style());
  if (words.empty())
    return always
               ? "write a missing cell as NA, nan, null, ? or another word of docs/tables.md, or "
                 "leave it empty"
               : "";
  if (!usual && !always) return "";
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(fmt::format("\"{}\"", shown_text(word)));
  const std::string known = fmt::format("{}", fmt::join(quoted, ", "));
  if (rows.options().keys.empty())
    return fmt::format("write a missing cell as the run's config has them (`missing`): {}", known);
  return fmt::format("add it to {}, which has only {}, if it means a missing value",
                     rows.setting("missing"), known);
}

std::string choice_of_missing(const CsvRows& rows, const Cells& cells, std::string_view text,
                              const std::vector<std::string>& missing) {
  const std::string key = rows.setting("missing");
  std::set<std::string> words{std::string(text)};
  bool numbers = false;
  for (const std::string_view cell : cells) {
    const bool number = read_cell(cell, rows.style()).kind == CellKind::number;
    numbers = numbers || number;
    if (!number) words.emplace(cell);
  }
  if (!numbers || words.size() > 1 || key.empty()) return "";
  // The key replaces the usual words, so those that the table has are listed, too.
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (const CsvCell& cell : rows.row(row))
      if (is_missing_cell(cell, missing, rows.style())) words.insert(unquoted(cell.text));
  std::string list;
  for (const std::string& word : words) {
    const bool plain = std::all_of(word.begin(), word.end(), [](char c) {
      return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '"' && c != '\'' &&
             c != '\\';
    });
    if (!plain) return "";  // it would need escapes
    list += (list.empty() ? "\"" : ",\"") + word + "\"";
  }
  return fmt::format(", or '{}=[{}]' if the text means a missing value", key, list);
}

std::vector<std::string> row_warnings(const CsvRows& rows, const RowsRead& read) {
  std::vector<std::string> texts;
  for (std::string text : {doubt_of_last_row(rows, read), doubt_of_left_out(rows, read)})
    if (!text.empty()) texts.push_back(std::move(text));
  return texts;
}

}  // namespace pushforward::app
