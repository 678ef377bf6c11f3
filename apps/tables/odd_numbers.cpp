#include "apps/tables/odd_numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "apps/formats/ascii.h"
#include "apps/formats/stored_text.h"

namespace pushforward::app {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kDegree = "\xC2\xB0";

// Currency signs before or after a number. A sign that ends in another one is before it.
constexpr std::array<std::string_view, 61> kMoney{
    "US$",          "A$",           "C$",           "NZ$",
    "HK$",          "S$",           "R$",           "$",
    "\xE2\x82\xAC", "\xC2\xA3",     "\xC2\xA5",     "\xE2\x82\xB9",
    "\xE2\x82\xBD", "\xE2\x82\xA9", "\xE2\x82\xBA", "\xE2\x82\xAA",
    "\xE2\x82\xAB", "\xE2\x82\xB4", "\xE0\xB8\xBF", "z\xC5\x82",
    "K\xC4\x8D",    "kr.",          "kr",           "Fr.",
    "Rs.",          "Rs",           "EUR",          "USD",
    "GBP",          "CHF",          "JPY",          "CNY",
    "INR",          "SEK",          "NOK",          "DKK",
    "ISK",          "PLN",          "CZK",          "HUF",
    "RON",          "BGN",          "RUB",          "UAH",
    "TRY",          "BRL",          "MXN",          "ARS",
    "CLP",          "CAD",          "AUD",          "NZD",
    "SGD",          "HKD",          "TWD",          "KRW",
    "ZAR",          "ILS",          "THB",          "IDR",
    "MYR"};

bool reads_as_number(std::string_view text) {
  return is_plain_number(text) || grouping(text) != Grouping::none;
}

// Splits a text into its runs of digits and of letters. Other characters separate them.
std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  for (std::size_t k = 0; k < text.size();) {
    std::size_t end = k;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == k)
      while (end < text.size() && is_letter(text[end])) ++end;
    if (end > k) tokens.push_back(text.substr(k, end - k));
    k = std::max(end, k + 1);
  }
  return tokens;
}

// Returns whether a word is the English name of one of `names`, in full or with its first three
// letters.
template <std::size_t N>
bool is_name(std::string_view word, const std::array<std::string_view, N>& names) {
  const std::string lower = lowercase(word);
  return lower == "sept" || std::any_of(names.begin(), names.end(), [&](std::string_view name) {
           return lower == name || lower == name.substr(0, 3);
         });
}

// Returns whether the text is a date with the name of a month: 5-Jan-20, Jan 5, 2020, January 2020.
bool is_date_with_month(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  constexpr std::array<std::string_view, 7> kDays{"monday", "tuesday",  "wednesday", "thursday",
                                                  "friday", "saturday", "sunday"};
  int months = 0, numbers = 0;
  for (const std::string_view token : tokens_of(text)) {
    if (is_digit(token[0])) {
      ++numbers;
      if (token.size() == 3 || token.size() > 4) return false;
    } else if (is_name(token, kMonths)) {
      ++months;
    } else {
      // A day of the week may be before the date, and a time with its zone after it.
      const bool ordinal = token == "st" || token == "nd" || token == "rd" || token == "th";
      const bool before = numbers + months == 0 && is_name(token, kDays);
      if (!ordinal && !before && numbers < 3) return false;
    }
  }
  return months == 1 && numbers >= 1;
}

// Returns the lengths of the runs of digits in a text of digits joined by `join`, or an empty list.
std::vector<std::size_t> joined_digits(std::string_view text, char join) {
  std::vector<std::size_t> lengths{0};
  for (const char c : text) {
    if (c == join && lengths.back() > 0)
      lengths.push_back(0);
    else if (is_digit(c))
      ++lengths.back();
    else
      return {};
  }
  return lengths.back() > 0 ? lengths : std::vector<std::size_t>();
}

// Returns whether the text is a date with points, such as 31.12.2020 or 1.2.21.
bool is_date_with_points(std::string_view text) {
  const std::vector<std::size_t> lengths = joined_digits(text, '.');
  return lengths.size() == 3 && lengths[0] <= 2 && lengths[1] <= 2 &&
         (lengths[2] == 4 || (lengths[2] == 2 && lengths[0] + lengths[1] > 2));
}

// Returns whether the text is a year and a month, such as 2020-01 or 01/2020.
bool is_year_and_month(std::string_view text) {
  const auto is_month = [](std::string_view digits) {
    return digits >= "01" && digits <= "12" && digits.size() == 2;
  };
  using Lengths = std::vector<std::size_t>;
  for (const char join : {'-', '/'}) {
    const Lengths lengths = joined_digits(text, join);
    if (lengths == Lengths{4, 2} && is_month(text.substr(5))) return true;
    if (lengths == Lengths{2, 4} && is_month(text.substr(0, 2))) return true;
  }
  return false;
}

}  // namespace

bool is_plain_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return false;
  return error == std::errc() ? std::isfinite(value)
                              : error == std::errc::result_out_of_range && is_tiny(text);
}

bool is_tiny(std::string_view text) {
  long double wide = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wide);
  if (error == std::errc()) return std::abs(wide) < 1;
  return text.find("e-") != text.npos || text.find("E-") != text.npos;
}

Grouping grouping(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  std::size_t digits = 0, group = 0;  // all digits, and those since the last sign
  int commas = 0, points = 0, others = 0;
  bool threes = true;  // whether all groups but the first have three digits
  char last = '\0';    // the last sign: a comma, a point, or a blank for other signs
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
    last = other > 0 ? ' ' : text[k];
    group = 0;
    k += std::max<std::size_t>(other, 1);
  }
  if (digits == 0 || commas + others == 0)
    return points > 1 && threes && group == 3 ? Grouping::thousands : Grouping::none;
  if (commas == 1 && points + others == 0)
    return group == 3 && digits <= 6 && exponent == text.size() ? Grouping::either
                                                                : Grouping::decimal_comma;
  if (!threes) return Grouping::none;
  if (commas == 1 && last == ',') return Grouping::decimal_comma;
  // The last group has three digits, too, as it has not in a telephone number.
  if (last != '.' && group != 3) return Grouping::none;
  return points <= 1 ? Grouping::thousands : Grouping::none;
}

std::size_t thousands_sign_at(std::string_view text) {
  for (const std::string_view sign :
       {" ", "'", "_", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x99"})
    if (text.starts_with(sign)) return sign.size();
  return 0;
}

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

bool remove_sign(std::string& text, std::string_view sign) {
  std::string_view rest = text;
  if (!remove_sign_of(rest, sign)) return false;
  const bool negative = text[0] == '-' && !rest.starts_with("-");
  text = (negative ? "-" : "") + std::string(rest);
  return true;
}

bool remove_currency(std::string& text) {
  return std::any_of(kMoney.begin(), kMoney.end(),
                     [&](std::string_view sign) { return remove_sign(text, sign); });
}

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

bool has_typeset_minus(std::string_view text) {
  constexpr std::string_view minus = "\xE2\x88\x92";
  return text.starts_with(minus) && reads_as_number(text.substr(minus.size()));
}

bool has_minus_at_end(std::string_view text) {
  return text.size() > 1 && text.back() == '-' && text[0] != '-' &&
         reads_as_number(trimmed(text.substr(0, text.size() - 1)));
}

bool is_in_parentheses(std::string_view text) {
  if (text.size() < 3 || text.front() != '(' || text.back() != ')') return false;
  const std::string_view inner = trimmed(text.substr(1, text.size() - 2));
  return reads_as_number(inner) || !sign_on_number(inner).empty();
}

bool is_in_quotes(std::string_view text) {
  for (const std::string_view quote :
       {"'", "\"\"", "\"", "\xE2\x80\x98", "\xE2\x80\x9C", "\xE2\x80\x9E"}) {
    if (!text.starts_with(quote)) continue;
    // The closing quote has as many bytes as the opening one, also if it looks otherwise.
    const std::string_view inner = text.substr(quote.size());
    const std::size_t end = inner.find_last_of(kDigits);
    return end != inner.npos && inner.size() - end - 1 == quote.size() &&
           reads_as_number(inner.substr(0, end + 1));
  }
  return false;
}

bool has_exponent_d(std::string_view text) {
  const std::size_t at = text.find_first_of("dD");
  if (at == text.npos || at == 0 || at + 1 == text.size()) return false;
  std::string other(text);
  other[at] = 'e';
  return is_plain_number(other);
}

bool is_hexadecimal(std::string_view text) {
  return text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
         text.find_first_not_of("0123456789abcdefABCDEF", 2) == text.npos;
}

bool is_complex(std::string_view text) {
  if (text.size() > 2 && text.front() == '(' && text.back() == ')')
    text = text.substr(1, text.size() - 2);
  if (text.size() < 4 || (text.back() != 'i' && text.back() != 'j')) return false;
  text.remove_suffix(1);
  const std::size_t at = text.find_last_of("+-");
  if (at == text.npos || at == 0) return false;
  return is_plain_number(trimmed(text.substr(0, at))) &&
         is_plain_number(trimmed(text.substr(at + 1)));
}

bool has_degrees_and_minutes(std::string_view text) {
  if (text.find(kDegree) == text.npos || text.find_first_of(kDigits) > 1) return false;
  const std::size_t degree = text.find(kDegree);
  return text.find_first_of(kDigits, degree) != text.npos;
}

bool has_unit(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && !is_digit(text[end - 1])) --end;
  return end > 0 && end < text.size() && is_plain_number(text.substr(0, end));
}

bool is_date(std::string_view text) {
  const auto joins = [](char c) { return c == '-' || c == '/' || c == ':'; };
  if (is_date_with_month(text)) return true;
  if (text.empty() || !is_digit(text[0])) return false;
  if (is_date_with_points(text.substr(0, text.find(' '))) || is_year_and_month(text)) return true;
  std::ptrdiff_t count = 0;
  for (std::size_t k = 1; k + 1 < text.size(); ++k)
    count += joins(text[k]) && is_digit(text[k - 1]) && is_digit(text[k + 1]);
  return count >= 2 || is_time_of_day(text);
}

bool is_time_of_day(std::string_view text) {
  const std::vector<std::size_t> lengths =
      joined_digits(text.substr(0, text.find_first_of(". ")), ':');
  return (lengths.size() == 2 || lengths.size() == 3) && lengths[0] <= 2 && lengths[1] == 2;
}

}  // namespace pushforward::app
