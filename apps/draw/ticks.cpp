// Finds round steps for axes after Heckbert, "Nice numbers for graph labels" (Graphics Gems, 1990).
#include "apps/draw/ticks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace pushforward::app {
namespace {

constexpr const char* minus = "\u2212";

std::string signed_text(std::string digits) {
  if (!digits.empty() && digits[0] == '-') return minus + digits.substr(1);
  return digits;
}

std::string power_text(double mantissa, int exponent) {
  static constexpr const char* raised[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                           "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
  std::string text = mantissa == 1 ? "10" : fmt::format("{:g}\u00b710", mantissa);
  if (exponent < 0) text += "\u207b";
  for (char digit : std::to_string(std::abs(exponent))) text += raised[digit - '0'];
  return text;
}

// Returns the step (1, 2 or 5 times a power of ten) that gives the number of
// ticks closest to `wanted`.
double round_step(Limits limits, int wanted) {
  const double power = std::pow(10.0, std::floor(std::log10(limits.width() / std::max(wanted, 1))));
  double best = power, min_off = HUGE_VAL;
  for (double factor : {1.0, 2.0, 5.0, 10.0, 20.0}) {
    const double step = factor * power;
    const double marks =
        std::floor(limits.high / step + 1e-9) - std::ceil(limits.low / step - 1e-9) + 1;
    const double off = marks < 2 ? 1000 - marks : marks < wanted ? wanted - marks : marks - wanted;
    if (off < min_off) {
      min_off = off;
      best = step;
    }
  }
  return best;
}

}  // namespace

Limits find_limits(std::span<const double> values) {
  Limits limits{HUGE_VAL, -HUGE_VAL};
  for (double value : values) {
    if (!std::isfinite(value)) continue;
    limits.low = std::min(limits.low, value);
    limits.high = std::max(limits.high, value);
  }
  return limits.low <= limits.high ? limits : Limits{0, 1};
}

Limits padded(Limits limits, double part) {
  const double size = std::max(std::abs(limits.low), std::abs(limits.high));
  double margin = part * limits.width();
  if (!std::isfinite(margin)) return limits;
  if (!(limits.width() > 1e-9 * size)) margin = size > 0 ? 0.5 * size : 0.5;
  return {limits.low - margin, limits.high + margin};
}

std::vector<Tick> linear_ticks(Limits limits, int wanted) {
  if (!(limits.width() > 0) || !std::isfinite(limits.width())) return {};
  const double step = round_step(limits, wanted);
  const double first = std::ceil(limits.low / step - 1e-9);
  const double last = std::floor(limits.high / step + 1e-9);
  if (!(last - first < 1000)) return {};
  const double largest = std::max(std::abs(first), std::abs(last)) * step;
  const bool powers = largest >= 1e6 || largest < 1e-4;
  int decimals = 0;
  while (decimals < 8) {
    const double scaled = step * std::pow(10.0, decimals);
    if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled) break;
    ++decimals;
  }
  std::vector<Tick> ticks;
  for (double k = first; k <= last; ++k) {
    const double at = k == 0 ? 0.0 : k * step;
    const bool whole = decimals == 0 && std::abs(at) >= 1000;
    ticks.push_back({at, powers  ? short_number(at)
                         : whole ? whole_number(at)
                                 : signed_text(fmt::format("{:.{}f}", at, decimals))});
  }
  return ticks;
}

std::vector<Tick> log_ticks(Limits limits, int wanted) {
  if (!(limits.low > 0) || !(limits.high > limits.low) || !std::isfinite(limits.high)) return {};
  const double decades = std::log10(limits.high / limits.low);
  if (decades < 0.5) return linear_ticks(limits, wanted);
  const int first = int(std::floor(std::log10(limits.low)));
  const int last = int(std::ceil(std::log10(limits.high)));
  const int stride = std::max(1, int(std::ceil(decades / std::max(wanted, 1))));
  const double powers = std::floor(std::log10(limits.high)) - std::ceil(std::log10(limits.low)) + 1;
  const bool between = stride == 1 && (powers < 2 || 2.2 * decades < wanted);
  std::vector<Tick> ticks;
  for (int exponent = first; exponent <= last; ++exponent) {
    for (int digit = 1; digit < 10; ++digit) {
      const double at = digit * std::pow(10.0, exponent);
      if (at < limits.low * (1 - 1e-9) || at > limits.high * (1 + 1e-9)) continue;
      if (digit > 1 && stride > 1) continue;
      const bool named =
          digit == 1 ? exponent % stride == 0 : between && (digit == 2 || digit == 5);
      ticks.push_back({at, named ? short_number(at) : std::string()});
    }
  }
  return ticks;
}

std::string whole_number(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  const int first = digits[0] == '-' ? 1 : 0;
  for (int at = int(digits.size()) - 3; at > first; at -= 3) digits.insert(std::size_t(at), 1, ',');
  return signed_text(digits);
}

std::string short_number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "\u221e" : std::string(minus) + "\u221e";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 1e6 || size < 1e-4) {
    int exponent = int(std::floor(std::log10(size)));
    double mantissa = std::round(size / std::pow(10.0, exponent) * 100) / 100;
    if (mantissa >= 10) mantissa = 1, ++exponent;
    return (value < 0 ? minus : "") + power_text(mantissa, exponent);
  }
  if (size >= 1000) return whole_number(std::round(value));
  return signed_text(fmt::format("{:.3g}", value));
}

}  // namespace pushforward::app
