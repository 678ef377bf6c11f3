#include "apps/tables/csv_cells.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "apps/formats/ascii.h"
#include "apps/formats/stored_text.h"
#include "apps/tables/odd_numbers.h"

namespace pushforward::app {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Error values of spreadsheets, followed by words that data frames write for a missing value, in
// lower case. "nan" is not among them: it is read as a number that is not finite.
constexpr std::array<std::string_view, 16> kErrorValues{
    "#n/a n/a", "#n/a",   "#na",     "#div/0!", "#value!", "#ref!",  "#name?",    "#num!",
    "#null!",   "#calc!", "#spill!", "#field!", "#busy!",  "#error", "#unknown!", "#blocked!"};
constexpr std::array<std::string_view, 27> kMissing{"na",
                                                    "n/a",
                                                    "<na>",
                                                    "n.a.",
                                                    "null",
                                                    "(null)",
                                                    "\\n",
                                                    "none",
                                                    "nil",
                                                    "?",
                                                    "-",
                                                    "--",
                                                    ".",
                                                    "..",
                                                    "...",
                                                    ":",
                                                    "*",
                                                    "missing",
                                                    "nat",
                                                    "-1.#ind",
                                                    "1.#ind",
                                                    "1.#qnan",
                                                    "-1.#qnan",
                                                    "\xE2\x80\x93",
                                                    "\xE2\x80\x94",
                                                    "\xE2\x88\x92",
                                                    "\xE2\x80\xA6"};

bool is_missing(std::string_view text) {
  const std::string lower = lowercase(text);
  const auto is = [&](std::string_view word) { return lower == word; };
  return std::any_of(kMissing.begin(), kMissing.end(), is) ||
         std::any_of(kErrorValues.begin(), kErrorValues.end(), is);
}

// Appends the cells of the line. If it throws CsvQuoteFault, the cells before the fault have been
// appended.
void split_into(std::vector<CsvCell>& cells, std::string_view line, char separator) {
  const auto separates = [&](char c) {
    return separator == ' ' ? is_blank(c) : separator != kNoSeparator && c == separator;
  };
  // Returns the position after the quote that closes the one at `at`.
  const auto end_of_quotes = [&](std::size_t at) {
    for (std::size_t k = at + 1; k < line.size(); ++k) {
      if (line[k] != '"') continue;
      if (k + 1 == line.size() || line[k + 1] != '"') return k + 1;
      ++k;
    }
    throw CsvQuoteFault(at + 1, "a quote is not closed on its line", "close it, or remove it");
  };
  if (separator == ' ')
    line = line.substr(0, static_cast<std::size_t>(trimmed(line).end() - line.begin()));
  for (std::size_t at = 0;; ++at) {
    while (at < line.size() && is_blank(line[at]) && (separator == ' ' || !separates(line[at])))
      ++at;
    const std::size_t begin = at;
    if (at < line.size() && line[at] == '"') {
      at = end_of_quotes(at);
      cells.push_back({line.substr(begin + 1, at - begin - 2), begin + 1, true});
      while (at < line.size() && is_blank(line[at]) && !separates(line[at])) ++at;
      if (at < line.size() && !separates(line[at]))
        throw CsvQuoteFault(at + 1, "text follows a closing quote",
                            line[at - 2] == '\\'
                                ? "write a quote within quotes twice, \"\", without a backslash"
                                : "quote the whole cell or nothing");
    } else {
      while (at < line.size() && !separates(line[at])) ++at;
      cells.push_back({trimmed(line.substr(begin, at - begin)), begin + 1, false});
    }
    if (at >= line.size()) return;
  }
}

}  // namespace

std::vector<CsvCell> split_cells(std::string_view line, char separator) {
  std::vector<CsvCell> cells;
  split_into(cells, line, separator);
  return cells;
}

std::vector<CsvCell> split_cells_leniently(std::string_view line, char separator) {
  std::vector<CsvCell> cells;
  try {
    split_into(cells, line, separator);
  } catch (const CsvQuoteFault& fault) {
    const std::size_t at = std::min(fault.column - 1, line.size());
    // Text after a closing quote belongs to the same cell as the quote.
    if (line[at] != '"' && !cells.empty()) cells.pop_back();
    cells.push_back({line.substr(at), fault.column, false});
  }
  return cells;
}

std::string unquoted(std::string_view text) {
  std::string result;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const bool returns = text[k] == '\r';  // a line end of CR LF or of CR alone becomes one LF
    result += returns ? '\n' : text[k];
    if (k + 1 == text.size()) break;
    if ((text[k] == '"' && text[k + 1] == '"') || (returns && text[k + 1] == '\n')) ++k;
  }
  return result;
}

namespace {

// Removes the signs between thousands, if all groups of digits but the first have three. Returns
// whether there was one.
bool take_thousands(std::string& text, const NumberStyle& style) {
  std::string digits;
  std::size_t group = 0;  // the digits since the last sign
  bool grouped = false;
  for (std::size_t k = 0; k < text.size();) {
    const std::string_view rest = std::string_view(text).substr(k);
    const std::size_t blank =
        style.thousands == ' ' && rest[0] != '\'' && rest[0] != '_' ? thousands_sign_at(rest) : 0;
    const std::size_t length = blank > 0 ? blank : rest[0] == style.thousands ? 1 : 0;
    if (length > 0) {
      if (group == 0 || group > 3 || (grouped && group != 3)) return false;
      grouped = true;
      group = 0;
      k += length;
      continue;
    }
    if (rest[0] == style.decimal || rest[0] == 'e' || rest[0] == 'E') {
      if (grouped && group != 3) return false;
      text = digits + std::string(rest);
      return grouped;
    }
    if (!is_digit(rest[0]) && !(k == 0 && (rest[0] == '-' || rest[0] == '+'))) return false;
    group += is_digit(rest[0]);
    digits += rest[0];
    ++k;
  }
  if (!grouped || group != 3) return false;
  text = digits;
  return true;
}

}  // namespace

std::string plain_number(std::string_view text, const NumberStyle& style, double* factor) {
  std::string number(trimmed(text));
  bool signed_once = false;
  if (style.percent > 0 && remove_sign(number, "%")) {
    signed_once = true;
    if (factor) *factor = style.percent;
  }
  if (style.currency && !signed_once) signed_once = remove_currency(number);
  if (style.thousands != NumberStyle::kNone) take_thousands(number, style);
  // Comma and point are swapped, so that a cell with a point does not become a number.
  if (style.decimal == ',')
    for (char& c : number) c = c == ',' ? '.' : c == '.' ? ',' : c;
  const bool plain = is_plain_number(number);
  return plain || !signed_once ? number : std::string(text);
}

CellValue read_cell(std::string_view text, const NumberStyle& style) {
  text = trimmed(text);
  if (text.empty()) return {CellKind::empty};
  double factor = 1;
  const std::string plain = plain_number(text, style, &factor);
  std::string_view number = plain;
  if (number.size() > 1 && number[0] == '+' && number[1] != '-') number.remove_prefix(1);
  CellValue cell{CellKind::number};
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), cell.value);
  if (end != number.data() + number.size() || error == std::errc::invalid_argument) {
    const bool numeric = grouping(text) != Grouping::none || !sign_on_number(text).empty() ||
                         is_truth_value(text) || has_typeset_minus(text);
    return {is_missing(text) ? CellKind::missing
            : numeric        ? CellKind::numeric_text
                             : CellKind::text};
  }
  if (error == std::errc::result_out_of_range)
    return is_tiny(number) ? CellValue{CellKind::number, 0, true} : CellValue{CellKind::too_large};
  if (!std::isfinite(cell.value)) return {CellKind::not_finite};
  // Division gives the number that "0.12" has; multiplication by 0.01 would round twice.
  if (factor == 0.01) cell.value /= 100;
  return cell;
}

bool begins_with_error_value(std::string_view line) {
  const std::string lower = lowercase(trimmed(line));
  for (const std::string_view word : kErrorValues) {
    if (!lower.starts_with(word)) continue;
    const std::string_view rest = std::string_view(lower).substr(word.size());
    // "#N/A means missing" is a comment. "#N/A 5" is a row of a table whose cells are separated by
    // blanks.
    if (rest.empty() || std::string_view(",;|\t").find(rest[0]) != std::string_view::npos ||
        (is_blank(rest[0]) &&
         rest.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos))
      return true;
  }
  return false;
}

}  // namespace pushforward::app
