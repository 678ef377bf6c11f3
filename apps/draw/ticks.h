// Finds the ticks of an axis: round numbers on a linear or logarithmic scale.
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

// A tick: its place in data units and its text (empty for a minor tick).
struct Tick {
  double at = 0;
  std::string text;
};

// Returns the smallest interval that holds every finite value, or {0, 1} if there is none.
Limits find_limits(std::span<const double> values);

// Widens the limits by `part` of their width on both sides. A single value
// becomes an interval around it.
Limits padded(Limits limits, double part);

// Returns about `wanted` ticks inside `limits`, at multiples of 1, 2 or 5 times a power of ten. All
// texts have the same number of decimals and a typographic minus sign.
std::vector<Tick> linear_ticks(Limits limits, int wanted);

// Returns ticks at powers of ten inside `limits` (both > 0), and at 2 and 5 times these if there
// are few. The other multiples are minor ticks.
std::vector<Tick> log_ticks(Limits limits, int wanted);

// Formats a whole number with a thousands separator: 12,000.
std::string whole_number(double value);

// Formats a number with three significant digits, a thousands separator, a typographic
// minus sign and powers of ten.
std::string short_number(double value);

}  // namespace pushforward::app
