// Recognises texts that a person reads as a number or a date, although they are not written as the
// numbers and dates that are read: "1,234.5", "12%", "5 EUR", "(3.20)", "0x1F", "31.12.2020".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pushforward::app {

// Returns whether the text is a number with a decimal point and nothing else, such as "-1.5e3". A
// number too small for a double is one, and one too large is not.
bool is_plain_number(std::string_view text);
// Returns whether a number that is out of range is too small for a double rather than too large.
bool is_tiny(std::string_view number);

// The ways in which a person could read the signs between digits: as a decimal comma, as separators
// of thousands, or as either.
enum class Grouping { none, decimal_comma, thousands, either };
// Returns the probable meaning of the commas, points and other signs between the digits of `text`.
Grouping grouping(std::string_view text);
// Returns the length of the thousands separator (a blank, an apostrophe or an underscore) that the
// text begins with, or 0.
std::size_t thousands_sign_at(std::string_view text);

// Removes a sign from the beginning or the end of a text, or from behind its minus, and blanks
// between the sign and the rest. Returns whether there was one. The minus is removed, too.
bool remove_sign_of(std::string_view& text, std::string_view sign);
// Returns the currency sign or the percent sign of a number, or "" if it has none. Currency signs
// are $ and other signs, and codes such as EUR.
std::string_view sign_on_number(std::string_view text);
// Removes a currency sign from the text as remove_sign_of does, but keeps the minus.
bool remove_currency(std::string& text);
// Removes a sign from the text as remove_sign_of does, but keeps the minus.
bool remove_sign(std::string& text, std::string_view sign);

bool is_truth_value(std::string_view text);           // true or false, in any case
bool has_typeset_minus(std::string_view text);        // a number after U+2212
bool has_minus_at_end(std::string_view text);         // "5.20-"
bool is_in_parentheses(std::string_view text);        // "(5.20)"
bool is_in_quotes(std::string_view text);             // "'5.2'": quotes that belong to the cell
bool has_exponent_d(std::string_view text);           // "1.0D+02"
bool is_hexadecimal(std::string_view text);           // "0x1F"
bool is_complex(std::string_view text);               // "1+2j"
bool has_degrees_and_minutes(std::string_view text);  // 52°31'12"
// Returns whether the text is a number with a unit, such as "5 kg" or "12h".
bool has_unit(std::string_view text);
// Returns whether the text is a date or a time: digits joined by -, / or : in at least two places,
// 31.12.2020, 2020-01, or the name of a month beside numbers, as in 5-Jan-20.
bool is_date(std::string_view text);
// Returns whether the text is a time of day, such as 08:30 or 8:30:15.
bool is_time_of_day(std::string_view text);

}  // namespace pushforward::app
