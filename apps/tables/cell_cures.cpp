// Advice for cells that are not numbers but should be.
#include <fmt/format.h>

#include <algorithm>

#include "apps/formats/columns.h"
#include "apps/formats/stored_text.h"
#include "apps/tables/csv_cells.h"
#include "apps/tables/odd_numbers.h"

namespace pushforward::app {
namespace {

// Returns the text without separators of thousands.
std::string ungrouped(std::string_view text, char decimal) {
  const bool has_decimal = std::count(text.begin(), text.end(), decimal) == 1;
  std::string out;
  for (const char c : text)
    if ((c >= '0' && c <= '9') || (has_decimal && c == decimal) ||
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

// Returns whether the text is a time with a zone, such as 2007-11-11T08:30:00+02:00 or ... UTC.
bool has_zone(std::string_view text) {
  constexpr std::size_t kDate = 10;  // the length of a date
  const std::size_t zone = text.find_first_of("+-UGZ", kDate);
  return zone != text.npos && read_time(trimmed(text.substr(0, zone)));
}

// Returns whether the point of a number may separate thousands, as in 12.345.
bool may_be_thousands(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  return is_plain_number(text) && point != text.npos && text.size() == point + 4 &&
         text[first] != '0' && point > first && point <= first + 3 &&
         text.find_first_of("eE") == text.npos;
}

// Makes the advice for a cell. `keys` is the prefix of the keys of the style, or "".
class Cure {
 public:
  Cure(const NumberStyle& style, const std::string& keys) : style_(style), keys_(keys) {}

  std::string of(std::string_view text) const {
    text = trimmed(text);
    if (const std::string_view sign = sign_on_number(text); !sign.empty())
      return of_signed(text, sign);
    const std::string of_form = of_spelling(text);
    if (!of_form.empty()) return of_form;
    const std::string of_groups = of_grouping(text);
    if (!of_groups.empty()) return of_groups;
    if (read_date(text) || read_time(text))
      return "write dates and times as numbers, such as days or seconds from a start";
    if (is_time_of_day(text))
      return "write times of day as numbers, such as hours, or together with a date as "
             "2007-11-11T08:30";
    if (has_zone(text)) return "write times in UTC, as 2007-11-11T08:30Z, or without a zone";
    if (is_date(text))
      return "write dates like 2007-11-11 and times like 2007-11-11T08:30, or as numbers";
    if (has_degrees_and_minutes(text)) return "write an angle as one number of degrees";
    if (has_unit(text)) return "write the number alone, without its unit";
    return "";
  }

 private:
  const NumberStyle& style_;
  const std::string& keys_;

  std::string or_set(const std::string& setting, const std::string& cure) const {
    return keys_.empty() ? cure : fmt::format("set {}{}, or {}", keys_, setting, cure);
  }

  // The advice for a number with a currency sign or a percent sign, and for what else it has.
  std::string of_signed(std::string_view text, std::string_view sign) const {
    const bool percent = sign == "%";
    std::string_view rest = text;
    remove_sign_of(rest, sign);
    const std::string others = of(rest);
    if (percent ? style_.percent > 0 : style_.currency) return others;
    return or_set(percent ? "percent=number (or share, for hundredths)" : "currency=drop",
                  fmt::format("write the number alone, without \"{}\"", sign)) +
           (others.empty() ? "" : "; " + others);
  }

  static std::string of_spelling(std::string_view text) {
    if (is_truth_value(text)) return "write 1 for true and 0 for false";
    if (has_typeset_minus(text)) return "write its minus as a hyphen, -";
    if (has_minus_at_end(text)) return "write its minus before the number";
    if (is_in_parentheses(text))
      return "write a number in parentheses with a minus if it is negative, and without them if not";
    if (is_in_quotes(text)) return "write the number without the quotes that belong to its cell";
    if (has_exponent_d(text)) return "write its exponent with an e, as in 1.0e+02";
    if (is_hexadecimal(text)) return "write hexadecimal numbers as decimal ones";
    if (is_complex(text)) return "write the real and the imaginary part into two columns";
    return "";
  }

  // The advice for the signs between digits.
  std::string of_grouping(std::string_view text) const {
    const Grouping found = grouping(text);
    if (style_.decimal == ',' && found == Grouping::decimal_comma)
      return or_set(
          thousands_setting(text, ','),
          fmt::format("write it without signs between thousands, {}", ungrouped(text, ',')));
    if (style_.decimal == ',' && may_be_thousands(text))
      return fmt::format("if its point separates thousands, {}; if it is a decimal point, {}",
                         or_set("thousands=point", fmt::format("write {}", ungrouped(text, ','))),
                         or_set("decimal=point", "write a decimal comma"));
    if (style_.decimal == ',' && is_plain_number(text))
      return or_set("decimal=point", "write a decimal comma");
    const std::string comma = or_set("decimal=comma", "write a decimal point");
    if (found == Grouping::thousands)
      return or_set(
          thousands_setting(text, style_.decimal),
          fmt::format("write it without signs between thousands, {}", ungrouped(text, '.')));
    if (found == Grouping::either)
      return fmt::format("if its comma separates thousands, {}; if it is a decimal comma, {}",
                         or_set("thousands=comma", fmt::format("write {}", ungrouped(text, '.'))),
                         comma);
    if (found != Grouping::decimal_comma) return "";
    const std::string thousands = thousands_setting(text, ',');
    return fmt::format(
        "its comma is a decimal one: {}",
        thousands.empty() || keys_.empty()
            ? comma
            : fmt::format("set {0}decimal=comma and {0}{1}, or write a decimal point "
                          "and no signs between thousands",
                          keys_, thousands));
  }
};

}  // namespace

std::string cure_of_cell(std::string_view text, const NumberStyle& style, const std::string& keys) {
  return Cure(style, keys).of(text);
}

}  // namespace pushforward::app
