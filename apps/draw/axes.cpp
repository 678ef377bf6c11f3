// Computes the places of data on the page, the ticks of axes, and texts that fit a width.
#include "apps/draw/axes.h"

#include <algorithm>
#include <cmath>

namespace pushforward::app {
namespace {

const char* const kEllipsis = "\u2026";

// Returns the index of the byte after the UTF-8 character that begins at byte `at`.
std::size_t next_character(const std::string& words, std::size_t at) {
  ++at;
  while (at < words.size() && (static_cast<unsigned char>(words[at]) & 0xC0) == 0x80) ++at;
  return at;
}

// Returns how many bytes of `words` fit into `width` with `end` after them. Only whole characters
// are counted.
std::size_t fitting_bytes(const std::string& words, const std::string& end, const TextStyle& style,
                          double width) {
  std::vector<std::size_t> ends{0};
  while (ends.back() < words.size()) ends.push_back(next_character(words, ends.back()));
  std::size_t low = 0, high = ends.size() - 1;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (text_width(words.substr(0, ends[middle]) + end, style) <= width)
      low = middle;
    else
      high = middle - 1;
  }
  return ends[low];
}

}  // namespace

Spot Axes::spot(double at_x, double at_y) const {
  const double across = (at_x - x.low) / x.width();
  const double up =
      log_y ? std::log(at_y / y.low) / std::log(y.high / y.low) : (at_y - y.low) / y.width();
  return {box.x + across * box.width, box.bottom() - up * box.height};
}

std::vector<Tick> Axes::ticks_across() const {
  std::vector<Tick> ticks;
  for (int wanted = std::max(2, int(box.width / 62)); wanted > 0; --wanted) {
    ticks = linear_ticks(x, wanted);
    if (ticks.size() < 2) break;
    const double apart = (ticks[1].at - ticks[0].at) / x.width() * box.width;
    if (widest(ticks) + 8 <= apart) return ticks;
  }
  if (ticks.size() > 1) ticks.resize(1);
  return ticks;
}

std::vector<Tick> Axes::ticks_up() const {
  const int wanted = std::max(2, int(box.height / 52));
  return log_y ? log_ticks(y, wanted) : linear_ticks(y, wanted);
}

TextStyle tick_style(Align along) { return {sizes::tick, colours::quiet, along}; }

double widest(const std::vector<Tick>& ticks) {
  double width = 0;
  for (const Tick& tick : ticks) width = std::max(width, text_width(tick.text, tick_style()));
  return width;
}

std::string cut_text(const std::string& words, const TextStyle& style, double width) {
  if (text_width(words, style) <= width) return words;
  return words.substr(0, fitting_bytes(words, kEllipsis, style, width)) + kEllipsis;
}

std::vector<std::string> wrap_text(const std::string& words, const TextStyle& style, double width,
                                   std::size_t max_lines) {
  std::vector<std::string> lines;
  std::string rest = words;
  while (!rest.empty()) {
    if (lines.size() + 1 == max_lines) {
      lines.push_back(cut_text(rest, style, width));
      break;
    }
    std::size_t end =
        text_width(rest, style) <= width
            ? rest.size()
            : std::max(fitting_bytes(rest, "", style, width), next_character(rest, 0));
    if (end < rest.size()) {
      const std::size_t space = rest.rfind(' ', end);
      if (space != std::string::npos && space > 0) end = space;
    }
    lines.push_back(rest.substr(0, end));
    lines.back().erase(lines.back().find_last_not_of(' ') + 1);
    rest.erase(0, std::min(rest.find_first_not_of(' ', end), rest.size()));
  }
  return lines;
}

}  // namespace pushforward::app
