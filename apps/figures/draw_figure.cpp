// Draws the parts of a figure where its layout has placed them.
#include "apps/figures/draw_figure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

#include "apps/figures/layout.h"

namespace pushforward::app {
namespace {

constexpr double kUpwards = -std::numbers::pi / 2;

const Colour& colour_of(const std::vector<Colour>& colours, std::size_t i) {
  static constexpr Colour ink = colours::ink;
  return colours.empty() ? ink : colours[std::min(i, colours.size() - 1)];
}

Box box_of(const Axes& axes, const Area& at) {
  const Spot a = axes.spot(at.x.low, at.y.low), b = axes.spot(at.x.high, at.y.high);
  return {std::min(a.x, b.x), std::min(a.y, b.y), std::abs(b.x - a.x), std::abs(b.y - a.y)};
}

// Draws an arrow of the given length with its middle at `middle`, or a dot if the vector is 0.
void draw_arrow(Canvas& canvas, Spot middle, double dx, double dy, double length,
                const Colour& colour) {
  const double size = std::hypot(dx, dy);
  if (!(size > 0)) return canvas.disc(middle, 0.9, colour);
  const double ux = dx / size, uy = dy / size;
  const Spot from{middle.x - ux * length / 2, middle.y - uy * length / 2};
  const Spot tip{middle.x + ux * length / 2, middle.y + uy * length / 2};
  const double head = std::min(5.2, 0.55 * length), half = 0.42 * head;
  const Spot neck{tip.x - ux * head, tip.y - uy * head};
  canvas.line(from, {neck.x + ux, neck.y + uy}, colour, 1.15);
  const std::array corners{tip, Spot{neck.x - uy * half, neck.y + ux * half},
                           Spot{neck.x + ux * 0.25 * head, neck.y + uy * 0.25 * head},
                           Spot{neck.x + uy * half, neck.y - ux * half}};
  canvas.polygon(corners, colour);
}

// Removes spots that lie within a fifth of a page unit of the line through their neighbours
// (Reumann and Witkam's corridor, 1974). The paths of a flow are nearly straight, so few spots
// remain.
std::vector<Spot> thinned(const std::vector<Spot>& spots) {
  std::vector<Spot> kept;
  for (std::size_t i = 0; i < spots.size(); ++i) {
    if (kept.empty() || i + 1 == spots.size() || !std::isfinite(spots[i].x + spots[i].y)) {
      kept.push_back(spots[i]);
      continue;
    }
    const Spot a = kept.back(), c = spots[i + 1];
    const double length = std::hypot(c.x - a.x, c.y - a.y);
    double farthest = length > 0 ? 0 : 1;
    for (std::size_t j = i; j > 0 && length > 0 && farthest <= 0.2; --j) {
      if (spots[j].x == a.x && spots[j].y == a.y) break;
      const double area = (c.x - a.x) * (spots[j].y - a.y) - (c.y - a.y) * (spots[j].x - a.x);
      farthest = std::max(farthest, std::abs(area) / length);
    }
    if (!(farthest <= 0.2)) kept.push_back(spots[i]);
  }
  return kept;
}

// Draws each kind of mark inside the panel's axes.
struct DrawMark {
  Canvas& canvas;
  const Axes& axes;

  void operator()(const Dots& dots) const {
    std::vector<Spot> spots;
    spots.reserve(dots.at.size());
    for (const Spot& at : dots.at) spots.push_back(axes.spot(at));
    const auto draw = [&](Canvas& inside) { inside.discs(spots, dots.radius, dots.colours); };
    // More than 300 dots are stored as one layer of pixels, so that an SVG stays small.
    if (spots.size() > 300)
      canvas.dense(axes.box, draw);
    else
      canvas.clipped(axes.box, draw);
  }

  void operator()(const Lines& lines) const {
    canvas.clipped({axes.box.x - 1, axes.box.y - 2, axes.box.width + 2, axes.box.height + 4},
                   [&](Canvas& inside) {
                     for (std::size_t i = 0; i < lines.lines.size(); ++i) {
                       std::vector<Spot> spots;
                       for (const Spot& at : lines.lines[i]) spots.push_back(axes.spot(at));
                       inside.line(thinned(spots), colour_of(lines.colours, i), lines.thick);
                     }
                   });
  }

  void operator()(const Arrows& arrows) const {
    const double across = axes.box.width / axes.x.width(), up = axes.box.height / axes.y.width();
    canvas.clipped(axes.box, [&](Canvas& inside) {
      for (std::size_t i = 0; i < arrows.at.size(); ++i)
        draw_arrow(inside, axes.spot(arrows.at[i]), across * arrows.along[i].x,
                   -up * arrows.along[i].y, arrows.length[i], colour_of(arrows.colours, i));
    });
  }

  void operator()(const Heat& heat) const {
    Raster raster{heat.columns, heat.rows, std::vector<std::uint32_t>(heat.columns * heat.rows)};
    for (std::size_t row = 0; row < heat.rows; ++row) {
      for (std::size_t column = 0; column < heat.columns; ++column) {
        const double value = heat.values[(heat.rows - 1 - row) * heat.columns + column];
        raster.rgb[row * heat.columns + column] =
            packed(colour_on(heat.scale, (value - heat.range.low) / heat.range.width()));
      }
    }
    const Box box = box_of(axes, heat.at);
    canvas.image(box, raster, heat.smooth);
    canvas.edge(box, colours::frame, 0.9);
  }

  void operator()(const Image& image) const {
    Raster raster{image.columns, image.rows, {}};
    for (double ink : image.ink)
      raster.rgb.push_back(
          packed(std::isfinite(ink) ? colour_on(ColourScale::grey, ink) : image.hole));
    const Box box = box_of(axes, image.at);
    canvas.image(box, raster, false);
    canvas.edge(box, colours::grid, 0.8);
  }

  void operator()(const Bars& bars) const {
    canvas.clipped(axes.box, [&](Canvas& inside) {
      for (std::size_t i = 0; i < bars.at.size(); ++i)
        inside.fill(box_of(axes, bars.at[i]), colour_of(bars.colours, i));
    });
  }

  void operator()(const Texts& words) const {
    TextStyle style = words.style;
    for (std::size_t i = 0; i < words.at.size(); ++i) {
      if (!words.colours.empty()) style.colour = colour_of(words.colours, i);
      canvas.text(axes.spot(words.at[i]), words.words[i], style);
    }
  }
};

void draw_grid(Canvas& canvas, const Panel& panel, const PlacedPanel& placed) {
  const Axes& axes = placed.axes;
  const Box& box = axes.box;
  canvas.fill(box, colours::panel);
  const auto line_across = [&](double x) {
    const double at = axes.spot(x, panel.y.low).x;
    canvas.line({at, box.y}, {at, box.bottom()}, colours::grid, 0.8);
  };
  const auto line_up = [&](double y, double width) {
    const double at = axes.spot(panel.x.low, y).y;
    canvas.line({box.x, at}, {box.right(), at}, colours::grid, width);
  };
  for (const double x : panel.x_grid) line_across(x);
  for (const double y : panel.y_grid) line_up(y, 0.8);
  for (const Tick& tick : placed.across) {
    const double at = axes.spot(tick.at, panel.y.low).x;
    if (panel.x_grid.empty()) line_across(tick.at);
    if (panel.x_numbers) canvas.text({at, box.bottom() + 15}, tick.text, tick_style(Align::middle));
  }
  for (const Tick& tick : placed.up) {
    const double at = axes.spot(panel.x.low, tick.at).y;
    if (panel.y_grid.empty()) line_up(tick.at, tick.text.empty() ? 0.4 : 0.8);
    if (panel.y_numbers)
      canvas.text({box.x - 6, at + 0.36 * sizes::tick}, tick.text, tick_style(Align::end));
  }
}

void draw_texts(Canvas& canvas, const Panel& panel, const PlacedPanel& placed) {
  const Box& box = placed.axes.box;
  const double above = panel.x_names.empty() ? 8 : 22;
  canvas.text({panel.axes ? box.x + box.width / 2 : box.x, box.y - above}, placed.title,
              placed.title_style);
  const double below = placed.below > 4 ? placed.below + 14 : 16;
  canvas.text({box.x + box.width / 2, box.bottom() + below}, placed.x_label, label_style());
  TextStyle turned = label_style();
  turned.turn = kUpwards;
  canvas.text({box.x - placed.y_label_out, box.y + box.height / 2}, placed.y_label, turned);
  for (const AxisName& name : panel.x_names)
    canvas.text({placed.axes.spot(name.at, panel.y.low).x, box.y - 6}, name.words,
                tick_style(Align::middle));
  for (const AxisName& name : panel.x_below) {
    const double at = placed.axes.spot(name.at, panel.y.low).x;
    TextStyle style = tick_style(placed.turned ? Align::end : Align::middle);
    if (placed.turned) style.turn = kUpwards;
    canvas.text(placed.turned ? Spot{at + 0.36 * sizes::tick, box.bottom() + 5}
                              : Spot{at, box.bottom() + 15},
                name.words, style);
  }
  for (const AxisName& name : panel.y_names)
    canvas.text({box.x - 8, placed.axes.spot(panel.x.low, name.at).y + 0.36 * sizes::tick},
                name.words, tick_style(Align::end));
  if (!panel.placard.empty())
    canvas.text({box.x + box.width / 2, box.y + box.height / 2 + 4},
                cut_text(panel.placard, label_style(), box.width),
                {sizes::label, colours::quiet, Align::middle});
}

void draw_bar(Canvas& canvas, const ColourBar& bar, const Box& box) {
  constexpr std::size_t steps = 128;
  Raster raster{1, steps, std::vector<std::uint32_t>(steps)};
  for (std::size_t i = 0; i < steps; ++i)
    raster.rgb[i] = packed(colour_on(bar.scale, 1 - (double(i) + 0.5) / steps));
  canvas.image(box, raster, true);
  canvas.edge(box, colours::frame, 0.9);
  const Axes axes{box, {}, bar.limits};
  const std::vector<Tick> ticks = axes.ticks_up();
  for (const Tick& tick : ticks) {
    const double at = axes.spot(0, tick.at).y;
    canvas.line({box.right(), at}, {box.right() + 3, at}, colours::frame, 0.9);
    canvas.text({box.right() + 7, at + 0.36 * sizes::tick}, tick.text, tick_style());
  }
  TextStyle turned = label_style();
  turned.turn = kUpwards;
  canvas.text({box.right() + widest(ticks) + 21, box.y + box.height / 2},
              cut_text(bar.label, turned, box.height), turned);
}

void draw_panel(Canvas& canvas, const Panel& panel, const PlacedPanel& placed) {
  if (panel.axes) draw_grid(canvas, panel, placed);
  for (const Mark& mark : panel.marks) std::visit(DrawMark{canvas, placed.axes}, mark);
  if (panel.axes) canvas.edge(placed.axes.box, colours::frame, 0.9);
  draw_texts(canvas, panel, placed);
  if (panel.bar) draw_bar(canvas, *panel.bar, placed.bar);
}

void draw_legend(Canvas& canvas, const Figure& figure, const Layout& layout) {
  for (std::size_t i = 0; i < figure.legend.size(); ++i) {
    const LegendEntry& entry = figure.legend[i];
    const PlacedWords& placed = layout.legend[i];
    const double middle = placed.at.y - 0.36 * sizes::label;
    if (entry.line)
      canvas.line({placed.at.x, middle}, {placed.at.x + 17, middle}, entry.colour, 2.2);
    else
      canvas.disc({placed.at.x + 4.5, middle}, 4.2, entry.colour);
    canvas.text({placed.at.x + sign_width(entry), placed.at.y}, placed.words,
                label_style(Align::start));
  }
}

void draw_clock(Canvas& canvas, const Clock& clock, const Box& bar) {
  canvas.fill(bar, colours::grid);
  canvas.fill({bar.x, bar.y, bar.width * clock.part, bar.height}, colours::data);
  canvas.text({bar.x, bar.bottom() + 13}, clock.time, {sizes::tick, colours::ink});
  canvas.text({bar.right(), bar.bottom() + 13}, cut_text(clock.ends, tick_style(), bar.width - 70),
              tick_style(Align::end));
}

void draw_all(Canvas& canvas, const Figure& figure, const Layout& layout) {
  for (const PlacedWords& line : layout.title) canvas.text(line.at, line.words, title_style());
  for (const PlacedWords& line : layout.notes) canvas.text(line.at, line.words, note_style());
  draw_legend(canvas, figure, layout);
  for (std::size_t i = 0; i < figure.panels.size(); ++i)
    draw_panel(canvas, figure.panels[i], layout.panels[i]);
  if (figure.clock) draw_clock(canvas, *figure.clock, layout.clock);
}

}  // namespace

Picture picture_of(const Figure& figure) {
  const auto shared = std::make_shared<const Figure>(figure);
  const auto layout = std::make_shared<const Layout>(lay_out(figure));
  return {layout->width, layout->height,
          [=](Canvas& canvas) { draw_all(canvas, *shared, *layout); }};
}

Animation animation_of(const MovingFigure& film) {
  const Layout first = lay_out(film.frame(0));
  return {first.width, first.height, film.durations,
          [frame = film.frame](Canvas& canvas, std::size_t k) {
            const Figure figure = frame(k);
            draw_all(canvas, figure, lay_out(figure));
          },
          film.exact};
}

}  // namespace pushforward::app
