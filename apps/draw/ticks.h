// Where the marks of an axis stand and what is written
// at them: round numbers, linear or logarithmic.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace pushforward::app {

// An interval of one axis, in data units.
struct Limits {
  double low = 0, high = 1;

  double width() const { return high - low; }
  double middle() const { return low + (high - low) / 2; }
  bool operator==(const Limits&) const = default;
};

// A mark: its place in data units and its text (empty for a minor mark).
struct Tick {
  double at = 0;
  std::string text;
};

// The least interval with every finite value of `values`, {0, 1} if there is none.
Limits find_limits(std::span<const double> values);

// `limits` with `part` of its width added on both
// sides; a single value becomes an interval around it.
Limits padded(Limits limits, double part);

// About `wanted` marks at multiples of 1, 2 or 5 times a power of ten, inside `limits`; all texts
// have the same number of decimals and a true minus sign.
std::vector<Tick> linear_ticks(Limits limits, int wanted);

// Marks at powers of ten inside `limits` (both > 0), with 2 and 5 between where there are few; the
// other multiples are minor marks.
std::vector<Tick> log_ticks(Limits limits, int wanted);

// A whole number with thousands apart: 12,000.
std::string whole_number(double value);

// `value` as a short text: three significant digits,
// thousands as 12,000, true minus and powers of ten.
std::string short_number(double value);

}  // namespace pushforward::app
