#include "apps/formats/csv_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "apps/formats/stored_text.h"

namespace pushforward::app {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lowercase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// Error values of spreadsheets, followed by words that data frames write for a missing value, in
// lower case. "nan" is not among them: it is read as a number that is not finite.
constexpr std::array<std::string_view, 15> kErrorValues{
    "#n/a",   "#na",     "#div/0!", "#value!", "#ref!",  "#name?",    "#num!",    "#null!",
    "#calc!", "#spill!", "#field!", "#busy!",  "#error", "#unknown!", "#blocked!"};
constexpr std::array<std::string_view, 18> kMissing{
    "na", "n/a", "<na>", "n.a.", "null",    "none",    "nil",    "?",       "-",
    "--", ".",   "...",  "*",    "missing", "-1.#ind", "1.#ind", "1.#qnan", "-1.#qnan"};

bool is_missing(std::string_view text) {
  const std::string lower = lowercase(text);
  const auto is = [&](std::string_view word) { return lower == word; };
  return std::any_of(kMissing.begin(), kMissing.end(), is) ||
         std::any_of(kErrorValues.begin(), kErrorValues.end(), is);
}

// Currency signs before or after a number.
constexpr std::array<std::string_view, 4> kMoney{"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"};

bool remove_sign_of(std::string_view& text, std::string_view sign) {
  if (text.starts_with(sign))
    text.remove_prefix(sign.size());
  else if (text.starts_with("-") && text.substr(1).starts_with(sign))
    text.remove_prefix(1 + sign.size());
  else if (text.ends_with(sign))
    text.remove_suffix(sign.size());
  else
    return false;
  text = trimmed(text);
  return true;
}

// Returns the length of the thousands separator (a blank, an apostrophe or an underscore) that the
// text begins with, or 0.
std::size_t thousands_sign_at(std::string_view text) {
  for (const std::string_view sign :
       {" ", "'", "_", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x99"})
    if (text.starts_with(sign)) return sign.size();
  return 0;
}

// The ways in which a person could read the signs between digits: as a decimal comma, as separators
// of thousands, or as either.
enum class Grouping { none, decimal_comma, thousands, either };

// Returns the probable meaning of the commas, points and other signs between the digits of `text`.
Grouping grouping(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  std::size_t digits = 0, group = 0;  // all digits, and those since the last sign
  int commas = 0, points = 0, others = 0;
  bool threes = true, last_comma = false;  // threes: all groups but the first have three digits
  std::size_t exponent = std::min(text.find_first_of("eE"), text.size());
  for (std::size_t k = 0; k < exponent;) {
    if (is_digit(text[k])) {
      ++digits, ++group, ++k;
      continue;
    }
    const std::size_t other = thousands_sign_at(text.substr(k));
    if (text[k] != ',' && text[k] != '.' && other == 0) return Grouping::none;
    if (commas + points + others > 0 && group != 3) threes = false;
    commas += text[k] == ',';
    points += text[k] == '.';
    others += other > 0;
    last_comma = text[k] == ',';
    group = 0;
    k += std::max<std::size_t>(other, 1);
  }
  if (digits == 0 || commas + others == 0)
    return points > 1 && threes && group == 3 ? Grouping::thousands : Grouping::none;
  if (commas == 1 && points + others == 0)
    return group == 3 && digits <= 6 && exponent == text.size() ? Grouping::either
                                                                : Grouping::decimal_comma;
  if (!threes) return Grouping::none;
  if (commas == 1 && last_comma) return Grouping::decimal_comma;
  return points <= 1 ? Grouping::thousands : Grouping::none;
}

bool is_tiny(std::string_view text);

// Returns whether the text is a number that read_cell accepts. It does not handle currency and
// percent signs, because the function for these signs calls it, and the recursion would not end.
bool is_plain_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return false;
  return error == std::errc() ? std::isfinite(value)
                              : error == std::errc::result_out_of_range && is_tiny(text);
}

bool reads_as_number(std::string_view text) {
  return is_plain_number(text) || grouping(text) != Grouping::none;
}

// Returns the currency or percent sign of a number, or "" if it has none.
std::string_view sign_on_number(std::string_view text) {
  std::string_view rest = text;
  if (remove_sign_of(rest, "%") && reads_as_number(rest)) return "%";
  for (const std::string_view sign : kMoney)
    if (rest = text; remove_sign_of(rest, sign) && reads_as_number(rest)) return sign;
  return "";
}

bool is_truth_value(std::string_view text) {
  const std::string lower = lowercase(text);
  return lower == "true" || lower == "false";
}

// Returns whether the text is a date or a time: digits joined by -, / or : in at least two places.
bool is_date(std::string_view text) {
  const auto joins = [](char c) { return c == '-' || c == '/' || c == ':'; };
  if (text.empty() || !is_digit(text[0])) return false;
  std::ptrdiff_t count = 0;
  for (std::size_t k = 1; k + 1 < text.size(); ++k)
    count += joins(text[k]) && is_digit(text[k - 1]) && is_digit(text[k + 1]);
  return count >= 2 || (count == 1 && text.find(':') != std::string_view::npos);
}

// Returns whether the text is a number with a unit, such as "5 kg" or "12h".
bool has_unit(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && !is_digit(text[end - 1])) --end;
  return end > 0 && end < text.size() && read_cell(text.substr(0, end)).kind == CellKind::number;
}

// Returns whether the text is a number after a typographic minus (U+2212).
bool has_typeset_minus(std::string_view text) {
  constexpr std::string_view minus = "\xE2\x88\x92";
  return text.starts_with(minus) && reads_as_number(text.substr(minus.size()));
}

// Returns the text without separators of thousands.
std::string ungrouped(std::string_view text, char decimal) {
  const bool has_decimal = std::count(text.begin(), text.end(), decimal) == 1;
  std::string out;
  for (const char c : text)
    if (is_digit(c) || (has_decimal && c == decimal) ||
        std::string_view("+-eE").find(c) != std::string_view::npos)
      out += c;
  return out;
}

// Returns the setting that reads the signs between thousands of a number with this decimal sign, such
// as "thousands=comma", or "" if it has none.
std::string thousands_setting(std::string_view text, char decimal) {
  const char other = decimal == ',' ? '.' : ',';
  if (text.find(other) != text.npos) return other == ',' ? "thousands=comma" : "thousands=point";
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (thousands_sign_at(text.substr(k)) == 0) continue;
    return text[k] == '\''  ? "thousands=apostrophe"
           : text[k] == '_' ? "thousands=underscore"
                            : "thousands=blank";
  }
  return std::count(text.begin(), text.end(), decimal) > 1
             ? decimal == '.' ? "thousands=point" : "thousands=comma"
             : "";
}

// Returns whether a number that is out of range is too small for a double rather than too large.
bool is_tiny(std::string_view text) {
  long double wide = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wide);
  if (error == std::errc()) return std::abs(wide) < 1;
  return text.find("e-") != text.npos || text.find("E-") != text.npos;
}

}  // namespace

namespace {

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
    throw CsvQuoteFault(at + 1, "a quote is not closed on its line",
                        "close it, or remove it; line breaks within a cell are not read");
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
                            "quote the whole cell or nothing");
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
    result += text[k];
    if (text[k] == '"' && k + 1 < text.size() && text[k + 1] == '"') ++k;
  }
  return result;
}

namespace {

// Removes a currency or percent sign, but not the minus before it. Returns whether there was one.
bool take_sign(std::string& text, std::string_view sign) {
  std::string_view rest = text;
  if (!remove_sign_of(rest, sign)) return false;
  const bool negative = text[0] == '-' && !rest.starts_with("-");
  text = (negative ? "-" : "") + std::string(rest);
  return true;
}

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
  if (style.percent > 0 && take_sign(number, "%")) {
    signed_once = true;
    if (factor) *factor = style.percent;
  }
  for (const std::string_view sign : kMoney)
    if (style.currency && !signed_once) signed_once = take_sign(number, sign);
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

std::string cure_of_cell(std::string_view text, const NumberStyle& style, const std::string& keys) {
  text = trimmed(text);
  const char decimal = style.decimal;
  const auto or_set = [&](const std::string& setting, const std::string& cure) {
    return keys.empty() ? cure : fmt::format("set {}{}, or {}", keys, setting, cure);
  };
  if (const std::string_view sign = sign_on_number(text); !sign.empty())
    return or_set(sign == "%" ? "percent=number (or share, for hundredths)" : "currency=drop",
                  fmt::format("write the number alone, without \"{}\"", sign));
  if (is_truth_value(text)) return "write 1 for true and 0 for false";
  if (has_typeset_minus(text)) return "write its minus as a hyphen, -";
  const Grouping found = grouping(text);
  if (decimal == ',' && found == Grouping::decimal_comma)
    return or_set(
        thousands_setting(text, ','),
        fmt::format("write it without signs between thousands, {}", ungrouped(text, ',')));
  if (decimal == ',' && text.find('.') != text.npos)
    return or_set("decimal=point", "write a decimal comma");
  const std::string comma = or_set("decimal=comma", "write a decimal point");
  if (found == Grouping::thousands)
    return or_set(
        thousands_setting(text, '.'),
        fmt::format("write it without signs between thousands, {}", ungrouped(text, '.')));
  if (found == Grouping::either)
    return fmt::format("if its comma separates thousands, {}; if it is a decimal comma, {}",
                       or_set("thousands=comma", fmt::format("write {}", ungrouped(text, '.'))),
                       comma);
  if (found == Grouping::decimal_comma) {
    const std::string thousands = thousands_setting(text, ',');
    return fmt::format(
        "its comma is a decimal one: {}",
        thousands.empty() || keys.empty()
            ? comma
            : fmt::format("set {0}decimal=comma and {0}{1}, or write a decimal point "
                          "and no signs between thousands",
                          keys, thousands));
  }
  if (is_date(text))
    return "write dates and times as numbers, such as days or seconds from a start";
  if (has_unit(text)) return "write the number alone, without its unit";
  return "";
}

}  // namespace pushforward::app
