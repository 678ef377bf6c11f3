// Draws text being filled in: lines over time, an animation, and lines for a terminal.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "apps/figures/panels.h"
#include "apps/figures/tokens.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

constexpr double letter_size = 13, letter_width = 8.2, line_height = 19, margin = 18;
constexpr std::size_t page_letters = 88, between_columns = 2, strip_lines = 13, film_lines = 14;
const char* const mask_glyph = "\u00b7";

// The layout of a line of letters: as many sequences as fit on one page.
struct Columns {
  std::size_t count = 0, length = 0;

  std::size_t letters() const {
    return count > 0 ? count * (length + between_columns) - between_columns : 0;
  }
  double width() const { return double(std::max<std::size_t>(letters(), 30)) * letter_width; }
  double x(std::size_t column, std::size_t position) const {
    return double(column * (length + between_columns) + position) * letter_width;
  }
};

Columns make_columns(const TokenFlow& flow) {
  const std::size_t fit =
      std::max<std::size_t>(1, (page_letters + between_columns) / (flow.length + between_columns));
  return {flow.times > 0 ? std::min(fit, flow.rows) : 0, flow.length};
}

void check_glyphs(const TokenFlow& flow, const Glyphs& glyphs) {
  check_flow(flow);
  check(glyphs.size() == std::size_t(flow.vocabulary), "plot", glyphs.size(), " glyphs for ",
        flow.vocabulary, " tokens; give one for each");
}

// Draws the letter of `state` with its left edge at x and its baseline at y. `fresh` is the
// strength of its coloured background.
void draw_state(Canvas& canvas, double x, double y, int state, const TokenFlow& flow,
                const Glyphs& glyphs, double fresh) {
  const bool masked = state == flow.mask();
  const std::string& glyph = masked ? mask_glyph : glyphs[std::size_t(state)];
  if (fresh > 0 && !masked)
    canvas.fill({x, y - 0.78 * line_height, letter_width, line_height},
                colours::samples.faded(0.30 * fresh));
  if (glyph.empty() || glyph == " ") return;
  canvas.text({x + letter_width / 2, y}, glyph,
              {.size = letter_size,
               .colour = masked ? colours::frame : colours::ink,
               .along = Align::middle,
               .mono = true});
}

}  // namespace

Picture text_strip(const TokenFlow& given, const Glyphs& glyphs, const std::string& title) {
  check_glyphs(given, glyphs);
  const auto flow = std::make_shared<const TokenFlow>(given);
  const Columns columns = make_columns(*flow);
  const std::vector<std::size_t> lines = even_indices(*flow, strip_lines);
  constexpr double left = margin + 56, top = 62;
  const double height = line_height * double(std::max<std::size_t>(lines.size(), 1));
  return {left + columns.width() + margin, top + height + 8, [=](Canvas& canvas) {
            draw_title(canvas, title);
            if (columns.count == 0)
              draw_placard(canvas, {left, top - 14, columns.width(), height}, "no sequences");
            for (std::size_t line = 0; line < lines.size(); ++line) {
              const double y = top + line_height * double(line);
              canvas.text({left - 14, y}, fmt::format("t = {:.2f}", flow->t[lines[line]]),
                          {sizes::tick, colours::quiet, Align::end});
              for (std::size_t i = 0; i < columns.count; ++i) {
                const auto now = flow->row(lines[line], i),
                           before = flow->row(lines[line > 0 ? line - 1 : 0], i);
                for (std::size_t l = 0; l < flow->length; ++l)
                  draw_state(canvas, left + columns.x(i, l), y, now[l], *flow, glyphs,
                             now[l] != before[l] ? 1 : 0);
              }
            }
          }};
}

std::string text_lines(const TokenFlow& flow, const Glyphs& glyphs) {
  check_glyphs(flow, glyphs);
  const Columns columns = make_columns(flow);
  std::string text;
  for (std::size_t index : even_indices(flow, strip_lines)) {
    std::string line = fmt::format("t = {:.2f}", flow.t[index]);
    for (std::size_t i = 0; i < columns.count; ++i) {
      line += "  ";
      for (int state : flow.row(index, i)) {
        const std::string glyph = state == flow.mask() ? mask_glyph : glyphs[std::size_t(state)];
        line += glyph.empty() ? " " : glyph;
      }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

Animation text_animation(const TokenFlow& given, const Glyphs& glyphs, const std::string& title,
                         std::size_t frames) {
  check_glyphs(given, glyphs);
  const auto flow = std::make_shared<const TokenFlow>(given);
  const Timing timing = make_timing(Trajectories{{}, flow->times, 0, 0, flow->t}, frames);
  const Columns columns = make_columns(*flow);
  const std::size_t lines =
      columns.count > 0 ? std::min(film_lines, (flow->rows + columns.count - 1) / columns.count)
                        : 0;
  constexpr double top = 62;
  const double height = line_height * double(std::max<std::size_t>(lines, 2));
  Animation animation{columns.width() + 2 * margin, top + height + 32, timing.durations, {}, true};
  animation.draw = [=, page = animation.height](Canvas& canvas, std::size_t k) {
    draw_title(canvas, title);
    if (lines == 0)
      draw_placard(canvas, {margin, top - 14, columns.width(), height}, "no sequences");
    // The states of this frame and the three before it, newest first. The last frame
    // has no coloured background.
    std::vector<std::size_t> seen;
    for (std::size_t back = 0; back < 4; ++back)
      seen.push_back(index_at(*flow, timing.t[k - std::min(k, back)]));
    const bool last = k + 1 == timing.t.size();
    for (std::size_t i = 0; i < std::min(lines * columns.count, flow->rows); ++i) {
      const double y = top + line_height * double(i / columns.count);
      const auto now = flow->row(seen[0], i);
      for (std::size_t l = 0; l < flow->length; ++l) {
        double fresh = 0;
        for (std::size_t back = 1; back < seen.size() && fresh == 0 && !last; ++back) {
          if (flow->row(seen[back], i)[l] != now[l]) fresh = 1.0 / double(back);
        }
        draw_state(canvas, margin + columns.x(i % columns.count, l), y, now[l], *flow, glyphs,
                   fresh);
      }
    }
    draw_clock(canvas, {margin, page - 24, columns.width(), 5}, timing, k);
  };
  return animation;
}

}  // namespace pushforward::app
