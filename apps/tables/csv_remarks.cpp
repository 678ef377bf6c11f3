#include "apps/tables/csv_remarks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "apps/formats/stored_text.h"
#include "apps/tables/csv_cells.h"

namespace pushforward::app {
namespace {

// Returns the name of a column in quotes, or its index.
std::string column_text(std::size_t column, const std::vector<std::string>& names) {
  if (names.empty()) return fmt::format("column {}", column);
  return names[column].empty() ? fmt::format("column {} has no name and", column)
                               : fmt::format("column \"{}\"", shown_text(names[column]));
}

// If column `k` of the table counts the rows of the file, returns the number with which it begins,
// 0 or 1. Otherwise returns nothing. `numbers` are the numbers of the table's rows in the file.
std::optional<int> counts_rows(const NdArray& table, std::size_t k,
                               std::span<const std::size_t> numbers) {
  const std::size_t rows = table.shape[0], columns = table.shape[1];
  if (rows < 3) return {};
  const auto number = [&](std::size_t row) {
    return static_cast<double>(numbers.empty() ? row : numbers[row]);
  };
  const double first = table.values[k] - number(0);
  if (first != 0 && first != 1) return {};
  for (std::size_t row = 1; row < rows; ++row)
    if (table.values[row * columns + k] != first + number(row)) return {};
  return static_cast<int>(first);
}

// Returns whether column `k` of the table has a different text in each row, like a name of the row.
// Returns false for few rows, whose texts may all differ by chance.
bool names_rows(const NdArray& table, std::size_t k) {
  constexpr std::size_t kFewRows = 10;
  return table.shape[0] >= kFewRows && !table.columns.empty() &&
         table.columns[k].kind == ColumnKind::category &&
         table.columns[k].values.size() == table.shape[0];
}

bool is_constant(const NdArray& table, std::size_t k) {
  const std::size_t rows = table.shape[0], columns = table.shape[1];
  for (std::size_t row = 1; row < rows; ++row)
    if (table.values[row * columns + k] != table.values[k]) return false;
  return rows > 1;
}

// Returns a name as an element of a JSON array within single quotes of a shell, or "" if the name
// needs escapes there.
std::string quoted_name(const std::string& name) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '"' && c != '\'' && c != '\\';
  });
  return plain ? "\"" + name + "\"" : "";
}

}  // namespace

std::string separator_text(char separator) {
  return separator == ','    ? "separated by commas"
         : separator == ';'  ? "separated by semicolons"
         : separator == '\t' ? "separated by tabs"
         : separator == '|'  ? "separated by bars"
         : separator == ' '  ? "separated by blanks"
                             : "one cell a line";
}

std::string layout_text(char separator, const NumberStyle& style, NamesIn names,
                        const CsvLines& lines) {
  const std::size_t first = lines.rows.front().number;
  return separator_text(separator) + (style.decimal == ',' ? ", decimal commas" : "") +
         (names == NamesIn::first_row ? fmt::format(", header in line {}", first)
          : names == NamesIn::comment ? fmt::format(", names in the comment of line {}", first - 1)
                                      : ", no header");
}

std::string lines_text(const std::vector<std::size_t>& numbers) {
  constexpr std::size_t kMost = 5;
  std::string text = numbers.size() == 1 ? "line" : "lines";
  for (std::size_t k = 0; k < std::min(kMost, numbers.size()); ++k)
    text += fmt::format("{} {}", k ? "," : "", numbers[k]);
  return text + (numbers.size() > kMost ? ", ..." : "");
}

std::vector<std::string> left_out_texts(const CsvLines& lines, bool names_in_comment,
                                        bool trailing_separators, std::size_t vanished) {
  std::vector<std::string> texts;
  std::vector<std::size_t> comments;
  for (const FileLine& comment : lines.comments)
    if (!names_in_comment || comment.number + 1 != lines.rows.front().number)
      comments.push_back(comment.number);
  if (!comments.empty())
    texts.push_back(fmt::format("{} comment line{} left out ({})", comments.size(),
                                comments.size() == 1 ? "" : "s", lines_text(comments)));
  if (lines.separator) texts.emplace_back("line 1 names the separator (sep=)");
  if (trailing_separators)
    texts.emplace_back("the separator at the end of each line starts no cell");
  if (vanished > 0)
    texts.push_back(fmt::format("{} number{} nearer to 0 than 4.9e-324 became 0", vanished,
                                vanished == 1 ? "" : "s"));
  return texts;
}

std::string chosen_columns(const std::vector<bool>& marked, const std::vector<std::string>& names) {
  const auto count = std::count(marked.begin(), marked.end(), true);
  if (count == 0 || count == static_cast<std::ptrdiff_t>(marked.size())) return "";
  std::map<std::string, int> times;
  for (const std::string& name : names) ++times[name];
  bool by_name = !names.empty();
  for (std::size_t k = 0; k < names.size() && k < marked.size(); ++k)
    by_name = by_name && (!marked[k] || (!quoted_name(names[k]).empty() && times[names[k]] == 1));
  std::string all;
  for (std::size_t k = 0; k < marked.size(); ++k)
    if (marked[k])
      all += (all.empty() ? "" : ",") + (by_name ? quoted_name(names[k]) : std::to_string(k));
  return "[" + all + "]";
}

std::vector<std::string> column_warnings(const NdArray& table,
                                         const std::vector<std::size_t>& chosen, std::size_t width,
                                         const std::vector<std::string>& names,
                                         const std::string& key,
                                         std::span<const std::size_t> rows) {
  std::vector<std::string> texts;
  std::vector<bool> kept(width, false);
  for (const std::size_t k : chosen) kept[k] = true;
  const auto without = [&](std::size_t column) {
    std::vector<bool> others = kept;
    others[column] = false;
    const std::string value = key.empty() ? "" : chosen_columns(others, names);
    return value.empty() ? "" : fmt::format("; leave it out with '{}={}'", key, value);
  };
  const auto text_of = [&](std::size_t k) {
    const double value = table.values[k];
    return table.columns.empty() ? fmt::format("{}", value)
                                 : shown_text(cell_text(table.columns[k], value));
  };
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    const std::string column = column_text(chosen[k], names);
    const bool numbers = table.columns.empty() || table.columns[k].kind == ColumnKind::number ||
                         table.columns[k].kind == ColumnKind::integer;
    const std::optional<int> first =
        chosen.size() > 1 && numbers ? counts_rows(table, k, rows) : std::nullopt;
    if (first)
      texts.push_back(fmt::format("{} counts the rows from {}: it looks like an index, not data{}",
                                  column, *first, without(chosen[k])));
    else if (chosen.size() > 1 && names_rows(table, k))
      texts.push_back(fmt::format(
          "{} has another text in every row, so it looks like the rows' names, not data{}", column,
          without(chosen[k])));
    else if (is_constant(table, k))
      texts.push_back(fmt::format("{} is {} in every row, so densities mean nothing in it{}",
                                  column, text_of(k), without(chosen[k])));
  }
  std::map<std::string, int> times;
  for (const std::size_t k : chosen)
    if (!names.empty() && !names[k].empty() && ++times[names[k]] == 2)
      texts.push_back(fmt::format("two columns are named \"{}\"", shown_text(names[k])));
  return texts;
}

std::string shown_name(const std::string& name) {
  std::string shown = name;
  for (char& c : shown)
    if (c == '\n') c = ' ';  // a line end within quotes
  shown = shown_text(shown);
  if (shown.empty()) return "(no name)";
  return name.find_first_of(",;\"") == std::string::npos ? shown : "\"" + shown + "\"";
}

std::string joined(const std::vector<std::string>& texts, std::size_t most) {
  std::string text;
  for (std::size_t k = 0; k < std::min(most, texts.size()); ++k) text += (k ? ", " : "") + texts[k];
  if (texts.size() > most) text += fmt::format(" and {} more", texts.size() - most);
  return text;
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
  std::vector<std::string> shown;
  for (const std::string& name : names) shown.push_back(shown_name(name));
  return joined(shown, most);
}

}  // namespace pushforward::app
