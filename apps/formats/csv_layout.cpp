#include "apps/formats/csv_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "apps/formats/csv_cells.h"
#include "apps/formats/stored_text.h"

namespace pushforward::app {
namespace {

// Only this number of rows at the beginning of the file is examined. It is large enough to find the
// layout and small enough to be fast.
constexpr std::size_t kLookedAt = 200;
constexpr char kSeparators[] = {';', '\t', ',', '|', ' '};

std::size_t looked_at(const std::vector<FileLine>& rows) {
  return std::min(rows.size(), kLookedAt);
}

// Measures how well a separator splits the rows.
struct Fit {
  std::size_t width = 0;  // the number of cells that most rows have
  bool all = false;       // true if all rows have this number
  double numbers = 0;     // the share of the cells that are numbers
};

Fit fit_of(const std::vector<FileLine>& rows, char separator, const NumberStyle& style) {
  std::map<std::size_t, std::size_t> counts;  // number of rows by number of cells
  double numbers = 0, cells = 0;
  for (std::size_t k = 0; k < looked_at(rows); ++k) {
    const std::vector<CsvCell> row = split_cells_leniently(rows[k].text, separator);
    ++counts[row.size()];
    cells += static_cast<double>(row.size());
    for (const CsvCell& cell : row) {
      const CellKind kind = read_cell(cell.text, style).kind;
      // In the share of numbers, a number in another notation such as "1,5" counts almost as a
      // number; other text such as "5 2" counts 0.
      numbers += kind == CellKind::number         ? 1
                 : kind == CellKind::numeric_text ? 0.9
                 : kind == CellKind::text         ? 0
                                                  : 0.5;
    }
  }
  Fit fit;
  std::size_t most = 0;
  for (const auto& [width, count] : counts)
    if (count >= most) fit.width = width, most = count;
  fit.all = counts.size() == 1;
  // Blanks must split more than half of the rows, because a single blank may be part of a name. For
  // other separators half of the rows are enough, because an error may cut a row short.
  const bool enough = separator == ' ' ? 2 * most > looked_at(rows) : 2 * most >= looked_at(rows);
  if (!enough) fit.width = 1;
  fit.numbers = cells > 0 ? numbers / cells : 0;
  return fit;
}

bool is_plain_digits(std::string_view text) {
  return !text.empty() && text.size() < 10 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

using Rows = std::vector<std::vector<CsvCell>>;

Rows cells_of(const std::vector<FileLine>& rows, char separator) {
  Rows all;
  for (std::size_t k = 0; k < looked_at(rows); ++k)
    all.push_back(k == 0 ? split_cells(rows[k].text, separator)
                         : split_cells_leniently(rows[k].text, separator));
  return all;
}

// Returns whether `holds` is true for all cells below the first row.
template <class Holds>
bool all_below(const Rows& rows, const Holds& holds) {
  return std::all_of(rows.begin() + 1, rows.end(), [&](const std::vector<CsvCell>& row) {
    return std::all_of(row.begin(), row.end(), holds);
  });
}

// Returns the first row as whole numbers, or an empty list if a cell is not a whole number or has a
// sign.
std::vector<int> whole_numbers(const std::vector<CsvCell>& row) {
  std::vector<int> numbers;
  for (const CsvCell& cell : row) {
    if (!is_plain_digits(cell.text)) return {};
    numbers.push_back(std::stoi(std::string(cell.text)));
  }
  return numbers;
}

// Describes a first row of numbers that may be names, or returns "" if it must be data.
std::string suspicion(const Rows& rows, const NumberStyle& style) {
  constexpr int kFirstYear = 1500, kLastYear = 2200;
  const auto is_year = [](double value) { return value >= kFirstYear && value <= kLastYear; };
  const std::vector<int> first = whole_numbers(rows[0]);
  if (first.size() < 2 || rows.size() < 2) return "";
  const int step = first[1] - first[0];
  for (std::size_t k = 1; k < first.size(); ++k)
    if (first[k] - first[k - 1] != step) return "";
  const auto no_year = [&](const CsvCell& cell) {
    return !is_year(read_cell(cell.text, style).value);
  };
  if (step > 0 && step <= 10 && is_year(first.front()) && is_year(first.back()) &&
      all_below(rows, no_year))
    return "looks like a header of years";
  const auto not_whole = [&](const CsvCell& cell) {
    return cell.text.find_first_of(style.decimal == ',' ? ",eE" : ".eE") != std::string_view::npos;
  };
  if (step == 1 && first.front() == 0 && all_below(rows, not_whole))
    return "looks like a header that numbers the columns";
  return "";
}

}  // namespace

CsvLines csv_lines(std::string_view text, const std::string& comment) {
  CsvLines lines;
  constexpr std::string_view kSpreadsheetHint =
      "sep=";  // the first line that Excel reads and writes
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    const std::string_view content = trimmed(line);
    if (content.empty()) continue;
    if (number == 1 && line.starts_with(kSpreadsheetHint) &&
        line.size() == kSpreadsheetHint.size() + 1) {
      lines.separator = line.back();
      continue;
    }
    const bool is_comment =
        !comment.empty() && content.starts_with(comment) && !begins_with_error_value(content);
    (is_comment ? lines.comments : lines.rows).push_back({line, number});
  }
  return lines;
}

char find_separator(const std::vector<FileLine>& rows, const NumberStyle& style) {
  char best = kNoSeparator;
  Fit found;
  for (const char separator : kSeparators) {
    if (separator == style.decimal || (separator == ' ' && style.thousands == ' ')) continue;
    const Fit fit = fit_of(rows, separator, style);
    if (fit.width < 2) continue;
    const bool better = best == kNoSeparator || fit.all > found.all ||
                        (fit.all == found.all && fit.numbers > found.numbers);
    if (better) best = separator, found = fit;
  }
  return best;
}

FirstRowFinding judge_first_row(const std::vector<FileLine>& rows, char separator,
                                const NumberStyle& style) {
  const Rows cells = cells_of(rows, separator);
  const std::vector<CsvCell>& first = cells[0];
  const std::vector<CsvCell> below = cells.size() > 1 ? cells[1] : std::vector<CsvCell>();
  const auto kind_of = [&](const CsvCell& cell) { return read_cell(cell.text, style).kind; };
  const auto above_other = [&](std::size_t k) {
    return k < below.size() && kind_of(below[k]) != CellKind::text;
  };
  bool named = false;  // true if a text stands above another kind of cell, as in a header
  for (std::size_t k = 0; k < first.size(); ++k)
    named = named || (kind_of(first[k]) == CellKind::text && above_other(k));
  bool numbers = false, missing = false, names = false;
  for (std::size_t k = 0; k < first.size(); ++k) {
    const CellKind kind = kind_of(first[k]);
    // A number such as "1,234" may be in quotes only because it contains a comma.
    const bool for_comma = first[k].text.find(separator) != std::string_view::npos;
    const bool quoted_name = first[k].quoted && kind != CellKind::empty && k < below.size() &&
                             !below[k].quoted && (named || !for_comma);
    if (quoted_name) named = true;
    if (kind == CellKind::text || quoted_name)
      names = true;
    else if (kind == CellKind::missing || kind == CellKind::empty)
      missing = true;
    else
      numbers = true;
  }
  // A first row with a missing value is data if the cells below its texts are texts too, as in
  // "NA,setosa" above "5.1,setosa".
  if (!numbers && names && (!missing || named)) return {FirstRow::names};
  if (numbers && !names && !missing) {
    const std::string why = suspicion(cells, style);
    if (!why.empty()) return {FirstRow::asked, why};
  }
  return {FirstRow::data};
}

std::vector<std::string> names_in_comment(const CsvLines& lines, char separator,
                                          const NumberStyle& style, const std::string& comment) {
  if (lines.rows.empty() || lines.comments.empty()) return {};
  const FileLine& first = lines.rows.front();
  const auto above = std::find_if(lines.comments.rbegin(), lines.comments.rend(),
                                  [&](const FileLine& c) { return c.number < first.number; });
  if (above == lines.comments.rend() || above->number + 1 != first.number) return {};
  std::string_view text = trimmed(above->text);
  while (!comment.empty() && text.starts_with(comment)) text.remove_prefix(comment.size());
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const CsvCell& cell : split_cells_leniently(trimmed(text), separator)) {
    if (read_cell(cell.text, style).kind != CellKind::text) return {};
    names.push_back(unquoted(cell.text));
    if (!seen.insert(names.back()).second) return {};
  }
  const std::size_t width = split_cells(first.text, separator).size();
  return width >= 2 && names.size() == width ? names : std::vector<std::string>();
}

DecimalDoubt doubt_decimals(const std::vector<FileLine>& rows) {
  constexpr std::size_t kRowsOfOneFormat = 3;
  bool zero = false;
  // Whether each row has two cells, and all second cells the same number of digits, at least two.
  bool one_format = looked_at(rows) >= kRowsOfOneFormat;
  std::size_t digits = 0;
  for (std::size_t row = 0; row < looked_at(rows); ++row) {
    const std::vector<CsvCell> cells = split_cells_leniently(rows[row].text, ',');
    if (cells.empty() || cells.size() % 2 != 0) return DecimalDoubt::none;
    for (std::size_t k = 0; k < cells.size(); ++k) {
      std::string_view text = cells[k].text;
      if (k % 2 == 0 && !text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
      if (!is_plain_digits(text) || cells[k].quoted) return DecimalDoubt::none;
      zero |= k % 2 == 1 && text.size() > 1 && text[0] == '0';
    }
    if (row == 0) digits = cells[1].text.size();
    one_format = one_format && cells.size() == 2 && digits > 1 && cells[1].text.size() == digits;
  }
  return zero || one_format ? DecimalDoubt::likely : DecimalDoubt::possible;
}

}  // namespace pushforward::app
