// Shows text being filled in: lines over time, an animation, and lines for a terminal.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "apps/figures/panels.h"
#include "apps/figures/tokens.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

constexpr double letter_size = 13, letter_width = 8.2, line_height = 19;
constexpr std::size_t page_letters = 88, between_columns = 2, strip_lines = 13, film_lines = 14;
const char* const mask_glyph = "\u00b7";

// The layout of a line of letters: as many sequences as fit on one page.
struct Columns {
  std::size_t count = 0, length = 0;

  std::size_t letters() const {
    return count > 0 ? count * (length + between_columns) - between_columns : 0;
  }
  std::size_t first(std::size_t column) const { return column * (length + between_columns); }
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

// A page of letters: line k from the top, and letter l from the left, have the unit 1.
struct Page {
  Panel panel;
  Bars fresh;  // the backgrounds of tokens that have just changed
  Texts letters;

  Page(std::size_t lines, std::size_t width) {
    panel.axes = false;
    panel.x = {0, double(std::max<std::size_t>(width, 30))};
    panel.y = {0, double(std::max<std::size_t>(lines, 2))};
    panel.width = panel.x.high * letter_width;
    panel.height = panel.y.high * line_height;
    letters.style = {letter_size, colours::ink, Align::middle, false, 0, true};
    if (lines == 0) panel.placard = "no sequences";
  }
  // Returns the baseline of a line.
  double baseline(std::size_t line) const { return panel.y.high - double(line) - 0.78; }

  // Adds the glyph of a state at letter `at` of a line. `change` in [0, 1] is the strength of the
  // background that marks a token that has just changed.
  void add(std::size_t line, std::size_t at, int state, const TokenFlow& flow, const Glyphs& glyphs,
           double change) {
    const bool masked = state == flow.mask();
    const std::string& glyph = masked ? mask_glyph : glyphs[std::size_t(state)];
    const double x = double(at), top = panel.y.high - double(line);
    if (change > 0 && !masked) {
      fresh.at.push_back({{x, x + 1}, {top - 1, top}});
      fresh.colours.push_back(colours::samples.faded(0.30 * change));
    }
    if (glyph.empty() || glyph == " ") return;
    letters.at.push_back({x + 0.5, baseline(line)});
    letters.words.push_back(glyph);
    letters.colours.push_back(masked ? colours::frame : colours::ink);
  }

  Figure figure(const std::string& title, bool masks) && {
    panel.marks.push_back(std::move(fresh));
    panel.marks.push_back(std::move(letters));
    Figure made{title, {}, {{"has just changed", colours::samples.faded(0.3)}}, {std::move(panel)},
                1,     {}};
    if (masks) made.legend.push_back({"masked", colours::frame});
    return made;
  }
};

bool has_masks(const TokenFlow& flow) {
  return std::find(flow.states.begin(), flow.states.end(), flow.mask()) != flow.states.end();
}

}  // namespace

Figure text_strip(const TokenFlow& flow, const Glyphs& glyphs, const std::string& title) {
  check_glyphs(flow, glyphs);
  const Columns columns = make_columns(flow);
  const std::vector<std::size_t> times = even_indices(flow, strip_lines);
  Page page(columns.count > 0 ? times.size() : 0, columns.letters());
  for (std::size_t line = 0; line < times.size(); ++line) {
    page.panel.y_names.push_back(
        {page.baseline(line) + 0.2, fmt::format("t = {:.2f}", flow.t[times[line]])});
    for (std::size_t i = 0; i < columns.count; ++i) {
      const auto now = flow.row(times[line], i),
                 before = flow.row(times[line > 0 ? line - 1 : 0], i);
      for (std::size_t l = 0; l < flow.length; ++l)
        page.add(line, columns.first(i) + l, now[l], flow, glyphs, now[l] != before[l] ? 1 : 0);
    }
  }
  return std::move(page).figure(title, has_masks(flow));
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

MovingFigure text_animation(const TokenFlow& given, const Glyphs& glyphs, const std::string& title,
                            const std::string& source, std::size_t frames) {
  check_glyphs(given, glyphs);
  const auto flow = std::make_shared<const TokenFlow>(given);
  const Timing timing = make_timing(Trajectories{{}, flow->times, 0, 0, flow->t}, frames);
  const Columns columns = make_columns(*flow);
  const std::size_t lines =
      columns.count > 0 ? std::min(film_lines, (flow->rows + columns.count - 1) / columns.count)
                        : 0;
  const auto draw = [=, masks = has_masks(given)](std::size_t k) {
    Page page(lines, columns.letters());
    // The states of this frame and the three before it, newest first. The last frame
    // has no coloured background.
    std::vector<std::size_t> seen;
    for (std::size_t back = 0; back < 4; ++back)
      seen.push_back(index_at(*flow, timing.t[k - std::min(k, back)]));
    const bool last = k + 1 == timing.t.size();
    for (std::size_t i = 0; i < std::min(lines * columns.count, flow->rows); ++i) {
      const auto now = flow->row(seen[0], i);
      for (std::size_t l = 0; l < flow->length; ++l) {
        double change = 0;
        for (std::size_t back = 1; back < seen.size() && change == 0 && !last; ++back) {
          if (flow->row(seen[back], i)[l] != now[l]) change = 1.0 / double(back);
        }
        page.add(i / columns.count, columns.first(i % columns.count) + l, now[l], *flow, glyphs,
                 change);
      }
    }
    Figure figure = std::move(page).figure(title, masks);
    figure.clock = clock_at(timing, k, source);
    return figure;
  };
  return {timing.durations, draw, true};
}

}  // namespace pushforward::app
