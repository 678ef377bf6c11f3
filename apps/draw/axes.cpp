// Draws axes, legends and colour bars on a canvas.
#include "apps/draw/axes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pushforward::app {
namespace {

const TextStyle tick_style{sizes::tick, colours::quiet};
const TextStyle label_style{sizes::label, colours::ink};

TextStyle aligned(TextStyle style, Align along, double turn = 0) {
  style.along = along;
  style.turn = turn;
  return style;
}

double widest(Canvas& canvas, const std::vector<Tick>& ticks) {
  double width = 0;
  for (const Tick& tick : ticks) width = std::max(width, canvas.text_width(tick.text, tick_style));
  return width;
}

std::vector<Tick> ticks_across(const Axes& axes) {
  return linear_ticks(axes.x, std::max(2, int(axes.box.width / 62)));
}

std::vector<Tick> ticks_up(const Axes& axes) {
  const int wanted = std::max(2, int(axes.box.height / 52));
  return axes.log_y ? log_ticks(axes.y, wanted) : linear_ticks(axes.y, wanted);
}

}  // namespace

Spot Axes::spot(double at_x, double at_y) const {
  const double across = (at_x - x.low) / x.width();
  const double up =
      log_y ? std::log(at_y / y.low) / std::log(y.high / y.low) : (at_y - y.low) / y.width();
  return {box.x + across * box.width, box.bottom() - up * box.height};
}

void Axes::draw(Canvas& canvas, const AxesText& words) const {
  canvas.fill(box, colours::panel);
  const std::vector<Tick> across = ticks_across(*this), up = ticks_up(*this);
  for (const Tick& tick : across) {
    const double at = spot(tick.at, y.low).x;
    canvas.line({at, box.y}, {at, box.bottom()}, colours::grid, 0.8);
    if (words.x_ticks)
      canvas.text({at, box.bottom() + 15}, tick.text, aligned(tick_style, Align::middle));
  }
  for (const Tick& tick : up) {
    const double at = spot(x.low, tick.at).y;
    canvas.line({box.x, at}, {box.right(), at}, colours::grid, tick.text.empty() ? 0.4 : 0.8);
    if (words.y_ticks) {
      canvas.text({box.x - 6, at + 0.36 * sizes::tick}, tick.text, aligned(tick_style, Align::end));
    }
  }
  canvas.edge(box, colours::frame, 0.9);
  TextStyle title{sizes::panel_title, colours::ink, Align::middle};
  canvas.text({box.x + box.width / 2, box.y - 8}, words.title, title);
  canvas.text({box.x + box.width / 2, box.bottom() + (words.x_ticks ? 33 : 17)}, words.x_label,
              aligned(label_style, Align::middle));
  const double clear = words.y_ticks ? widest(canvas, up) + 14 : 8;
  const double out = words.y_label_out > 0 ? words.y_label_out : clear;
  canvas.text({box.x - out, box.y + box.height / 2}, words.y_label,
              aligned(label_style, Align::middle, -std::numbers::pi / 2));
}

void make_equal_aspect(Limits& x, Limits& y, double width, double height) {
  const double unit = std::max(x.width() / width, y.width() / height);
  if (!(unit > 0) || !std::isfinite(unit)) return;
  const double middle_x = x.middle(), middle_y = y.middle();
  x = {middle_x - unit * width / 2, middle_x + unit * width / 2};
  y = {middle_y - unit * height / 2, middle_y + unit * height / 2};
}

bool share_a_unit(const Limits& x, const Limits& y) {
  constexpr double apart = 5;
  return x.width() <= apart * y.width() && y.width() <= apart * x.width();
}

void fit_aspect(Limits& x, Limits& y, double width, double height) {
  if (share_a_unit(x, y)) make_equal_aspect(x, y, width, height);
}

void draw_legend(Canvas& canvas, Spot spot, Align along, std::span<const LegendEntry> entries) {
  constexpr double gap = 16;
  const TextStyle style{sizes::label, colours::ink};
  double width = -gap;
  for (const LegendEntry& entry : entries) {
    width += gap + (entry.line ? 24 : 14) + canvas.text_width(entry.words, style);
  }
  double x = along == Align::start ? spot.x
             : along == Align::end ? spot.x - width
                                   : spot.x - width / 2;
  for (const LegendEntry& entry : entries) {
    const double middle = spot.y - 0.36 * sizes::label;
    if (entry.line) {
      canvas.line({x, middle}, {x + 17, middle}, entry.colour, 2.2);
    } else {
      canvas.disc({x + 4.5, middle}, 4.2, entry.colour);
    }
    x += entry.line ? 24 : 14;
    canvas.text({x, spot.y}, entry.words, style);
    x += canvas.text_width(entry.words, style) + gap;
  }
}

void draw_colour_bar(Canvas& canvas, const Box& box, Limits limits, const std::string& label,
                     const std::function<Colour(double)>& colour) {
  constexpr std::size_t steps = 128;
  Raster raster{1, steps, std::vector<std::uint32_t>(steps)};
  for (std::size_t i = 0; i < steps; ++i) {
    raster.rgb[i] = packed(colour(1 - (double(i) + 0.5) / steps));
  }
  canvas.image(box, raster, true);
  canvas.edge(box, colours::frame, 0.9);
  const std::vector<Tick> ticks = linear_ticks(limits, std::max(2, int(box.height / 52)));
  for (const Tick& tick : ticks) {
    const double at = box.bottom() - (tick.at - limits.low) / limits.width() * box.height;
    canvas.line({box.right(), at}, {box.right() + 3, at}, colours::frame, 0.9);
    canvas.text({box.right() + 7, at + 0.36 * sizes::tick}, tick.text, tick_style);
  }
  canvas.text({box.right() + widest(canvas, ticks) + 22, box.y + box.height / 2}, label,
              aligned(label_style, Align::middle, -std::numbers::pi / 2));
}

void draw_title(Canvas& canvas, const std::string& words) {
  canvas.text({16, 25}, words, {sizes::title, colours::ink, Align::start, true});
}

void draw_note(Canvas& canvas, const std::string& words) {
  canvas.text({16, canvas.height() - 9}, words, {sizes::note, colours::quiet});
}

void draw_placard(Canvas& canvas, const Box& box, const std::string& words) {
  canvas.text({box.x + box.width / 2, box.y + box.height / 2 + 4}, words,
              {sizes::label, colours::quiet, Align::middle});
}

}  // namespace pushforward::app
