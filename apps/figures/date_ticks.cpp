#include "apps/figures/date_ticks.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>

namespace pushforward::app {
namespace {

namespace chrono = std::chrono;

constexpr double kDay = 86400, kHour = 3600, kMinute = 60;  // seconds
constexpr double kMonthDays = 30.4, kYearDays = 365.2;      // means, to compare steps with

int year_of(double days) {
  return int(chrono::year_month_day(chrono::sys_days(chrono::days(int(std::floor(days))))).year());
}

double days_of(int year, int month, int day) {
  const chrono::year_month_day date{chrono::year(year), chrono::month(unsigned(month)),
                                    chrono::day(unsigned(day))};
  return double(chrono::sys_days(date).time_since_epoch().count());
}

// Returns the least of `steps` that makes at most `wanted` parts of `width`, or 0 if none does.
double fitting_step(std::initializer_list<double> steps, double width, int wanted) {
  for (const double step : steps)
    if (width / step <= wanted + 0.5) return step;
  return 0;
}

// Adds a tick for each beginning of `months` months between two days, whose text is the year, or year and
// month.
void add_months(std::vector<Tick>& ticks, Limits days, int months) {
  const int first = year_of(days.low) * 12, last = (year_of(days.high) + 1) * 12;
  for (int month = first / months * months; month <= last; month += months) {
    const double at = days_of(month / 12, month % 12 + 1, 1);
    if (at < days.low || at > days.high) continue;
    ticks.push_back({at, cell_text({ColumnKind::date}, at).substr(0, months % 12 == 0 ? 4 : 7)});
  }
}

// Adds a tick for day 1, 1 + step, ... of each month, but none close to the next first day.
void add_days(std::vector<Tick>& ticks, Limits days, int step) {
  for (double at = std::ceil(days.low); at <= days.high; ++at) {
    const chrono::year_month_day date{chrono::sys_days(chrono::days(int(at)))};
    const int day = int(unsigned(date.day()));
    const bool close = step > 1 && day + (step + 1) / 2 > 31;
    if ((day - 1) % step == 0 && !close) ticks.push_back({at, cell_text({ColumnKind::date}, at)});
  }
}

std::vector<Tick> ticks_of_days(Limits days, int wanted) {
  std::vector<Tick> ticks;
  if (const double step = fitting_step({1, 2, 5, 10}, days.width(), wanted); step > 0) {
    add_days(ticks, days, int(step));
    return ticks;
  }
  double months = fitting_step({1, 2, 3, 6}, days.width() / kMonthDays, wanted);
  for (double unit = 12; months == 0; unit *= 10)
    for (const double part : {1., 2., 5.})
      if (months == 0 && days.width() / kYearDays * 12 / (part * unit) <= wanted + 0.5)
        months = part * unit;
  add_months(ticks, days, int(months));
  return ticks;
}

}  // namespace

std::vector<Tick> date_ticks(const TableColumn& type, Limits limits, int wanted) {
  if (type.kind == ColumnKind::date) return ticks_of_days(limits, wanted);
  const double step = fitting_step(
      {kMinute, 5 * kMinute, 15 * kMinute, 30 * kMinute, kHour, 3 * kHour, 6 * kHour, 12 * kHour},
      limits.width(), wanted);
  std::vector<Tick> ticks;
  if (step == 0) {
    ticks = ticks_of_days({limits.low / kDay, limits.high / kDay}, wanted);
    for (Tick& tick : ticks) tick.at *= kDay;
    return ticks;
  }
  TableColumn shown{ColumnKind::time};
  shown.style.between = ' ';
  if (limits.width() < kMinute * wanted) {
    for (const Tick& tick : linear_ticks(limits, wanted))
      ticks.push_back({tick.at, cell_text(shown, tick.at).substr(11)});
    return ticks;
  }
  const std::size_t from = 5, length = 11;  // 03-11 06:00 of 2020-03-11 06:00:00
  for (double at = std::ceil(limits.low / step) * step; at <= limits.high; at += step)
    ticks.push_back({at, cell_text(shown, at).substr(from, length)});
  return ticks;
}

}  // namespace pushforward::app
