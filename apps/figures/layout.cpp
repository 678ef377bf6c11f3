// Lays out a figure: measures the texts around each panel, then places columns and rows.
#include "apps/figures/layout.h"

#include <algorithm>
#include <cmath>

namespace pushforward::app {
namespace {

constexpr double kMargin = 16, kMinWidth = 340, kBetween = 10, kBarOff = 14, kBarWidth = 13;

// The space that a panel needs around its box.
struct Surround {
  double left = 0, right = 0, top = 0, bottom = 0;
};

double widest_name(const std::vector<AxisName>& names) {
  double width = 0;
  for (const AxisName& name : names) width = std::max(width, text_width(name.words, tick_style()));
  return width;
}

// Returns whether the names below the panel touch if they are not turned.
bool touch_below(const Panel& panel) {
  for (std::size_t k = 1; k < panel.x_below.size(); ++k) {
    const AxisName &a = panel.x_below[k - 1], &b = panel.x_below[k];
    const double apart = std::abs(b.at - a.at) / panel.x.width() * panel.width,
                 wide = text_width(a.words, tick_style()) + text_width(b.words, tick_style());
    if (wide / 2 + 6 > apart) return true;
  }
  return widest_name(panel.x_below) > panel.width;
}

// Returns how far numbers centred at the ticks, or names, reach beyond the ends of the x axis.
Surround overhang(const Panel& panel, const PlacedPanel& placed) {
  Surround out;
  const auto reach = [&](double at, const std::string& words) {
    const double half = text_width(words, tick_style()) / 2,
                 x = (at - panel.x.low) / panel.x.width() * panel.width;
    out.left = std::max(out.left, half - x);
    out.right = std::max(out.right, x + half - panel.width);
  };
  if (panel.axes && panel.x_numbers) {
    for (const Tick& tick : placed.across) reach(tick.at, tick.text);
  }
  for (const AxisName& name : panel.x_names) reach(name.at, name.words);
  for (const AxisName& name : panel.x_below)
    if (!placed.turned) reach(name.at, name.words);
  return out;
}

double bar_space(const Panel& panel) {
  if (!panel.bar) return 0;
  const Axes axes{{0, 0, 1, panel.height}, {}, panel.bar->limits};
  return kBarOff + kBarWidth + 8 + widest(axes.ticks_up()) + (panel.bar->label.empty() ? 0 : 24);
}

Surround measure(const Panel& panel, PlacedPanel& placed) {
  placed.turned = touch_below(panel);
  placed.below = panel.axes && panel.x_numbers ? 18 : 4;
  if (!panel.x_below.empty()) placed.below = placed.turned ? widest_name(panel.x_below) + 8 : 18;
  Surround around = overhang(panel, placed);
  double left = panel.axes && panel.y_numbers ? widest(placed.up) + 8 : 0;
  if (!panel.y_names.empty()) left = std::max(left, widest_name(panel.y_names) + 10);
  placed.y_label_out = left + 8;
  if (!panel.y_label.empty()) left += 20;
  around.left = std::max(around.left, left);
  around.right = std::max(around.right, bar_space(panel));
  around.top = (panel.title.empty() ? 0 : 20) + (panel.x_names.empty() ? 4 : 18);
  around.bottom = placed.below + (panel.x_label.empty() ? 0 : 18);
  return around;
}

// Cuts a label to `width`. A label that is cut stands whole in a note.
std::string fit_label(const std::string& words, double width, const char* axis,
                      std::vector<std::string>& notes) {
  const std::string cut = cut_text(words, label_style(), width);
  if (cut != words) {
    const std::string whole = std::string(axis) + " axis: " + words;
    if (std::find(notes.begin(), notes.end(), whole) == notes.end()) notes.push_back(whole);
  }
  return cut;
}

// Makes a panel's title smaller if it is too wide, and then cuts it.
void fit_title(const Panel& panel, double width, PlacedPanel& placed) {
  placed.title_style = {sizes::panel_title, colours::ink, Align::start};
  if (panel.axes) placed.title_style.along = Align::middle;
  while (placed.title_style.size > 9 && text_width(panel.title, placed.title_style) > width)
    placed.title_style.size -= 0.5;
  placed.title = cut_text(panel.title, placed.title_style, width);
}

void place_legend(const Figure& figure, double width, double& y, Layout& layout) {
  if (figure.legend.empty()) return;
  double x = kMargin;
  y += 20;
  for (const LegendEntry& entry : figure.legend) {
    const double sign = sign_width(entry);
    const std::string words = cut_text(entry.words, label_style(), width - 2 * kMargin - sign);
    const double wide = sign + text_width(words, label_style());
    if (x > kMargin && x + wide > width - kMargin) {
      x = kMargin;
      y += 18;
    }
    layout.legend.push_back({words, {x, y}});
    x += wide + 16;
  }
}

void place_lines(const std::string& words, const TextStyle& style, double height, std::size_t max,
                 double& y, double width, std::vector<PlacedWords>& to) {
  for (std::string& line : wrap_text(words, style, width - 2 * kMargin, max)) {
    y += height;
    to.push_back({std::move(line), {kMargin, y}});
  }
}

// The columns and rows of panels: the space around and inside each.
struct Tracks {
  std::vector<double> left, width, right, top, height, bottom;

  double across() const {
    double sum = 2 * kMargin;
    for (std::size_t c = 0; c < width.size(); ++c)
      sum += left[c] + width[c] + right[c] + (c > 0 ? kBetween : 0);
    return sum;
  }
};

Tracks measure_tracks(const Figure& figure, Layout& layout) {
  const std::size_t columns = std::max<std::size_t>(1, figure.columns),
                    rows = (figure.panels.size() + columns - 1) / columns;
  Tracks tracks;
  for (auto* one : {&tracks.left, &tracks.width, &tracks.right}) one->resize(columns, 0);
  for (auto* one : {&tracks.top, &tracks.height, &tracks.bottom}) one->resize(rows, 0);
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const Panel& panel = figure.panels[i];
    PlacedPanel placed;
    placed.axes = {{0, 0, panel.width, panel.height}, panel.x, panel.y, panel.log_y};
    if (panel.axes) {
      if (panel.x_below.empty()) placed.across = placed.axes.ticks_across();
      for (const AxisName& name : panel.x_below) placed.across.push_back({name.at, ""});
      placed.up = placed.axes.ticks_up();
    }
    const Surround around = measure(panel, placed);
    const std::size_t c = i % columns, r = i / columns;
    const auto widen = [](double& to, double by) { to = std::max(to, by); };
    widen(tracks.left[c], around.left);
    widen(tracks.width[c], panel.width);
    widen(tracks.right[c], around.right);
    widen(tracks.top[r], around.top);
    widen(tracks.height[r], panel.height);
    widen(tracks.bottom[r], around.bottom);
    layout.panels.push_back(std::move(placed));
  }
  return tracks;
}

// Places the panels below `y`, and moves `y` below them.
void place_panels(const Figure& figure, const Tracks& tracks, double& y, Layout& layout,
                  std::vector<std::string>& notes) {
  const std::size_t columns = tracks.width.size();
  std::vector<double> row_y, column_x;
  double x = kMargin;
  for (std::size_t c = 0; c < columns; ++c) {
    column_x.push_back(x + tracks.left[c]);
    x += tracks.left[c] + tracks.width[c] + tracks.right[c] + kBetween;
  }
  for (std::size_t r = 0; r < tracks.height.size(); ++r) {
    row_y.push_back(y + tracks.top[r]);
    y += tracks.top[r] + tracks.height[r] + tracks.bottom[r] + 4;
  }
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const Panel& panel = figure.panels[i];
    PlacedPanel& placed = layout.panels[i];
    const std::size_t c = i % columns, r = i / columns;
    placed.axes.box = {column_x[c], row_y[r], panel.width, panel.height};
    fit_title(panel, tracks.width[c] + (panel.axes ? 0 : tracks.right[c]), placed);
    placed.x_label = fit_label(panel.x_label, tracks.width[c], "x", notes);
    placed.y_label = fit_label(panel.y_label, tracks.height[r], "y", notes);
    if (panel.bar) {
      const std::size_t last = std::min(r + panel.bar->rows, row_y.size()) - 1;
      placed.bar = {placed.axes.box.right() + kBarOff, row_y[r], kBarWidth,
                    row_y[last] + tracks.height[last] - row_y[r]};
    }
  }
}

}  // namespace

TextStyle title_style() { return {sizes::title, colours::ink, Align::start, true}; }
TextStyle note_style() { return {sizes::note, colours::quiet}; }
TextStyle label_style(Align along) { return {sizes::label, colours::ink, along}; }
double sign_width(const LegendEntry& entry) { return entry.line ? 24 : 14; }

Layout lay_out(const Figure& figure) {
  Layout layout;
  const Tracks tracks = measure_tracks(figure, layout);
  layout.width = std::max(kMinWidth, std::ceil(tracks.across()));
  std::vector<std::string> notes = figure.notes;
  double y = 6;
  place_lines(figure.title, title_style(), 20, 3, y, layout.width, layout.title);
  place_legend(figure, layout.width, y, layout);
  y += 10;
  place_panels(figure, tracks, y, layout, notes);
  if (figure.clock) {
    layout.clock = {kMargin, y + 2, layout.width - 2 * kMargin, 5};
    y += 24;
  }
  y += 2;
  for (const std::string& note : notes)
    place_lines(note, note_style(), 15, 6, y, layout.width, layout.notes);
  layout.height = std::ceil(y + 9);
  return layout;
}

}  // namespace pushforward::app
