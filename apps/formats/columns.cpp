#include "apps/formats/columns.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

namespace pushforward::app {
namespace {

namespace chrono = std::chrono;

constexpr double kSecondsOfDay = 86400;

// Reads exactly `digits` decimal digits at the beginning of `text` and removes them. Returns -1 if
// they are not there.
int take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t k = 0; k < digits; ++k) {
    if (text[k] < '0' || text[k] > '9') return -1;
    value = 10 * value + (text[k] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// Reads a date at the beginning of `text` and removes it.
std::optional<double> take_date(std::string_view& text) {
  const int year = take_digits(text, 4);
  if (year < 0 || !take(text, '-')) return {};
  const int month = take_digits(text, 2);
  if (month < 0 || !take(text, '-')) return {};
  const int day = take_digits(text, 2);
  const chrono::year_month_day date{chrono::year(year), chrono::month(unsigned(month)),
                                    chrono::day(unsigned(day))};
  if (day < 0 || !date.ok()) return {};
  return static_cast<double>(chrono::sys_days(date).time_since_epoch().count());
}

std::string date_text(double days) {
  const chrono::year_month_day date{chrono::sys_days(chrono::days(static_cast<int>(days)))};
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()));
}

std::string time_text(const TableColumn& column, double seconds) {
  const double unit = std::pow(10., column.decimals.value_or(0)),
               step = column.style.seconds ? 1 / unit : 60;
  double rounded = std::round(seconds / step) * step;
  const double days = std::floor(rounded / kSecondsOfDay);
  rounded -= days * kSecondsOfDay;
  const int minutes = static_cast<int>(rounded / 60);
  std::string text = date_text(days) + column.style.between +
                     fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
  const int decimals = column.decimals.value_or(0);
  if (column.style.seconds)
    text += fmt::format(":{:0{}.{}f}", rounded - 60. * minutes, decimals > 0 ? 3 + decimals : 2,
                        decimals);
  return text + (column.style.utc ? "Z" : "");
}

std::string number_text(double value, bool single) {
  char digits[32];
  const auto result = single
                          ? std::to_chars(digits, digits + sizeof digits, static_cast<float>(value))
                          : std::to_chars(digits, digits + sizeof digits, value);
  return {digits, result.ptr};
}

// The years 0 to 9999 as days, which date_text can write.
constexpr double kFirstDay = -719528, kLastDay = 2932896;

}  // namespace

std::optional<ColumnKind> column_kind(std::string_view name) {
  for (std::size_t k = 0; k < kColumnKinds.size(); ++k)
    if (name == kColumnKinds[k]) return static_cast<ColumnKind>(k);
  return {};
}

std::string cell_text(const TableColumn& column, double value, bool single) {
  if (!std::isfinite(value)) return number_text(value, single);
  switch (column.kind) {
    case ColumnKind::category: {
      const bool known = value >= 0 && value < static_cast<double>(column.values.size());
      return known ? column.values[static_cast<std::size_t>(value)] : number_text(value, single);
    }
    case ColumnKind::date:
      if (value >= kFirstDay && value <= kLastDay) return date_text(std::floor(value));
      return number_text(value, single);
    case ColumnKind::time:
      if (value >= kFirstDay * kSecondsOfDay && value < kLastDay * kSecondsOfDay)
        return time_text(column, value);
      return number_text(value, single);
    default: break;
  }
  if (!column.decimals) return number_text(value, single);
  std::string text = fmt::format("{:.{}f}", value, *column.decimals);
  if (!column.padded && text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  // A small negative number that is rounded to zero has no sign.
  if (text.front() == '-' && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  return text;
}

std::optional<double> read_date(std::string_view text) {
  const std::optional<double> days = take_date(text);
  return text.empty() ? days : std::nullopt;
}

std::optional<ReadTime> read_time(std::string_view text) {
  ReadTime time;
  const std::optional<double> days = take_date(text);
  if (!days || text.empty() || (text.front() != 'T' && text.front() != ' ')) return {};
  time.style.between = text.front();
  text.remove_prefix(1);
  const int hours = take_digits(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ':')) return {};
  const int minutes = take_digits(text, 2);
  if (minutes < 0 || minutes > 59) return {};
  time.seconds = *days * kSecondsOfDay + 3600. * hours + 60. * minutes;
  time.style.seconds = take(text, ':');
  if (time.style.seconds) {
    const int seconds = take_digits(text, 2);
    if (seconds < 0 || seconds > 59) return {};
    time.seconds += seconds;
    if (take(text, '.')) {
      std::string fraction = "0.";
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        fraction += text.front();
        text.remove_prefix(1);
      }
      time.decimals = static_cast<int>(fraction.size()) - 2;
      if (time.decimals == 0 || time.decimals > 9) return {};
      double part = 0;
      std::from_chars(fraction.data(), fraction.data() + fraction.size(), part);
      time.seconds += part;
    }
  }
  time.style.utc = take(text, 'Z');
  if (!text.empty()) return {};
  return time;
}

}  // namespace pushforward::app
