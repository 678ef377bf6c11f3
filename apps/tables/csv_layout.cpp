#include "apps/tables/csv_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "apps/formats/stored_text.h"
#include "apps/tables/csv_cells.h"

namespace pushforward::app {
namespace {

// Only this number of rows at the beginning of the file is examined. It is large enough to find the
// layout and small enough to be fast.
constexpr std::size_t kLookedAt = 200;
constexpr char kSeparators[] = {';', '\t', ',', '|', ' '};

std::size_t looked_at(std::span<const FileLine> rows) { return std::min(rows.size(), kLookedAt); }

// Measures how well a separator splits the rows.
struct Fit {
  std::size_t width = 0;  // the number of cells that most rows have
  bool all = false;       // true if all rows have this number
  double numbers = 0;     // the share of the cells that are numbers
};

Fit fit_of(std::span<const FileLine> rows, char separator, const NumberStyle& style) {
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

Rows cells_of(std::span<const FileLine> rows, char separator) {
  Rows all;
  for (std::size_t k = 0; k < looked_at(rows); ++k)
    all.push_back(k == 0 ? split_cells(rows[k].text, separator)
                         : split_cells_leniently(rows[k].text, separator));
  return all;
}

// The whole numbers without a sign in the first row, and their columns.
struct FirstNumbers {
  std::vector<int> values;
  std::vector<std::size_t> columns;
  bool others = false;  // whether the row has a number of another kind
};

FirstNumbers first_numbers(const std::vector<CsvCell>& row, const NumberStyle& style) {
  FirstNumbers found;
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (is_plain_digits(row[k].text)) {
      found.values.push_back(std::stoi(std::string(row[k].text)));
      found.columns.push_back(k);
    } else {
      const CellKind kind = read_cell(row[k].text, style).kind;
      found.others |= kind == CellKind::number || kind == CellKind::numeric_text;
    }
  }
  return found;
}

// Returns whether `holds` is true for all cells below the first row in these columns that are not
// missing.
template <class Holds>
bool all_below(const Rows& rows, const std::vector<std::size_t>& columns, const NumberStyle& style,
               const Holds& holds) {
  return std::all_of(rows.begin() + 1, rows.end(), [&](const std::vector<CsvCell>& row) {
    return std::all_of(columns.begin(), columns.end(), [&](std::size_t k) {
      if (k >= row.size()) return true;
      const CellKind kind = read_cell(row[k].text, style).kind;
      return kind == CellKind::empty || kind == CellKind::missing || holds(row[k]);
    });
  });
}

// Describes a first row whose numbers may be names, or returns "" if they must be data.
std::string suspicion(const Rows& rows, const NumberStyle& style) {
  constexpr int kFirstYear = 1500, kLastYear = 2200;
  const auto is_year = [](double value) { return value >= kFirstYear && value <= kLastYear; };
  const FirstNumbers first = first_numbers(rows[0], style);
  const std::vector<int>& values = first.values;
  const bool alone = values.size() == rows[0].size();
  if (first.others || values.empty() || (alone && values.size() < 2) || rows.size() < 2) return "";
  const int step = values.size() > 1 ? values[1] - values[0] : 1;
  for (std::size_t k = 1; k < values.size(); ++k)
    if (values[k] - values[k - 1] != step) return "";
  const auto no_year = [&](const CsvCell& cell) {
    return !is_year(read_cell(cell.text, style).value);
  };
  if (step > 0 && step <= 10 && is_year(values.front()) && is_year(values.back()) &&
      all_below(rows, first.columns, style, no_year))
    return "looks like a header of years";
  const auto not_whole = [&](const CsvCell& cell) {
    return cell.text.find_first_of(style.decimal == ',' ? ",eE" : ".eE") != std::string_view::npos;
  };
  if (step == 1 && values.size() > 1 && values.front() == 0 &&
      all_below(rows, first.columns, style, not_whole))
    return "looks like a header that numbers the columns";
  return "";
}

// Returns whether the first row has an empty cell above the rows' names or numbers, and names in all
// other cells: texts that occur in none of the other rows, if there are any.
bool names_beside_a_corner(const Rows& rows, const NumberStyle& style) {
  const std::vector<CsvCell>& first = rows[0];
  if (first.size() < 2 || !first[0].text.empty()) return false;
  for (std::size_t k = 1; k < first.size(); ++k) {
    if (read_cell(first[k].text, style).kind != CellKind::text) return false;
    for (std::size_t row = 1; row < rows.size(); ++row)
      if (k < rows[row].size() && rows[row][k].text == first[k].text) return false;
  }
  return std::none_of(rows.begin() + 1, rows.end(),
                      [](const std::vector<CsvCell>& row) { return row[0].text.empty(); });
}

// Takes the first line from `text`, with the next ones as long as a cell in quotes continues in them,
// and adds the number of those to `number`. A quote opens a cell at the beginning of a line or after
// a separator, and closes it before one. If the quote is closed nowhere, or text follows it there,
// only the first line is taken.
std::string_view take_row(std::string_view& text, std::size_t& number) {
  constexpr std::size_t kMostLines = 1000;
  constexpr std::string_view kSeparating = ",;|\t";
  const std::string_view start = text, first = take_line(text);
  if (first.find('"') == first.npos) return first;
  std::string_view rest = text;  // after the lines that are taken
  std::size_t end = first.size(), more = 0;
  bool open = false, begins_cell = true;
  for (std::size_t k = 0;; ++k) {
    if (k == end && !open) break;
    if (k == end) {
      if (rest.empty() || ++more > kMostLines) return first;
      const std::string_view next = take_line(rest);
      end = static_cast<std::size_t>(next.data() - start.data()) + next.size();
    }
    const char c = start[k];
    if (!open) {
      open = c == '"' && begins_cell;
      begins_cell = kSeparating.find(c) != kSeparating.npos || (begins_cell && c == ' ');
    } else if (c == '"' && k + 1 < end && start[k + 1] == '"') {
      ++k;
    } else if (c == '"') {
      open = begins_cell = false;
      if (k + 1 < end && start[k + 1] != ' ' && kSeparating.find(start[k + 1]) == kSeparating.npos)
        return first;
    }
  }
  text = rest;
  number += more;
  return start.substr(0, end);
}

}  // namespace

CsvLines csv_lines(std::string_view text, const std::string& comment) {
  CsvLines lines;
  constexpr std::string_view kSpreadsheetHint =
      "sep=";  // the first line that Excel reads and writes
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view rest = text;
    const std::string_view line = take_line(rest), content = trimmed(line);
    const bool is_comment =
        !comment.empty() && content.starts_with(comment) && !begins_with_error_value(content);
    const bool is_hint = number == 1 && line.starts_with(kSpreadsheetHint) &&
                         line.size() == kSpreadsheetHint.size() + 1;
    if (content.empty()) lines.blank.push_back(number);
    if (is_hint) lines.separator = line.back();
    if (is_comment) lines.comments.push_back({line, number});
    if (content.empty() || is_hint || is_comment) {
      text = rest;
      continue;
    }
    const std::size_t at = number;
    lines.rows.push_back({take_row(text, number), at});
  }
  return lines;
}

char find_separator(std::span<const FileLine> rows, const NumberStyle& style) {
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

FirstRowFinding judge_first_row(std::span<const FileLine> rows, char separator,
                                const NumberStyle& style) {
  const Rows cells = cells_of(rows, separator);
  const std::vector<CsvCell>& first = cells[0];
  const std::vector<CsvCell> below = cells.size() > 1 ? cells[1] : std::vector<CsvCell>();
  const auto kind_of = [&](const CsvCell& cell) { return read_cell(cell.text, style).kind; };
  // Whether the cell below, or most cells of the column, are no texts.
  const auto above_other = [&](std::size_t k) {
    if (k < below.size() && kind_of(below[k]) != CellKind::text) return true;
    std::size_t numbers = 0;
    for (std::size_t row = 1; row < cells.size(); ++row)
      numbers += k < cells[row].size() && kind_of(cells[row][k]) == CellKind::number;
    return 2 * numbers >= cells.size() - 1 && numbers > 0;
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
  if (!numbers && names && (!missing || named || names_beside_a_corner(cells, style)))
    return {FirstRow::names};
  // A text above numbers cannot be data, so that row is refused with its cell.
  if (numbers && !named) {
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

DecimalDoubt doubt_decimals(std::span<const FileLine> rows) {
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
