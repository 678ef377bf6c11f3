// A page to draw on: one drawing function gives a PNG, an
// SVG or raw pixels, the same bytes for the same input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/draw/colour.h"

struct _cairo;  // cairo_t of Cairo, which only canvas.cpp includes

namespace pushforward::app {

// A place on the page, in page units (1/96 inch), x to the right and y down.
struct Spot {
  double x = 0, y = 0;
};

// A rectangle of the page.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;

  double right() const { return x + width; }
  double bottom() const { return y + height; }
  Box shrunk(double by) const { return {x + by, y + by, width - 2 * by, height - 2 * by}; }
};

// Where a text stands relative to the spot it is given.
enum class Align { start, middle, end };

// How a text is set: size in page units, and where its spot lies along and across the line.
struct TextStyle {
  double size = 11;
  Colour colour = colours::ink;
  Align along = Align::start;
  bool bold = false;
  double turn = 0;    // radians, clockwise
  bool mono = false;  // letters of one width
};

// A raster of opaque colours, row by row from the top, 0xRRGGBB.
struct Raster {
  std::size_t width = 0, height = 0;
  std::vector<std::uint32_t> rgb;
};

// The page while it is drawn. Everything is clipped to the page; non-finite places are skipped.
class Canvas {
 public:
  Canvas(_cairo* cairo, double width, double height, double scale, bool vector);

  double width() const { return width_; }
  double height() const { return height_; }

  // The area of `box`, filled; and its edge, `thick` units wide.
  void fill(const Box& box, const Colour& colour);
  void edge(const Box& box, const Colour& colour, double thick = 1);

  // A broken line through `spots`; the ends are round. The
  // line stops at a non-finite spot and goes on after it.
  void line(std::span<const Spot> spots, const Colour& colour, double thick = 1);
  void line(Spot from, Spot to, const Colour& colour, double thick = 1);

  // The area inside the closed polygon.
  void polygon(std::span<const Spot> corners, const Colour& colour);

  // A disc at each spot, one over the other, so that opacities
  // add up; `colours` holds one colour for all or one each.
  void discs(std::span<const Spot> spots, double radius, std::span<const Colour> colours);
  void disc(Spot spot, double radius, const Colour& colour);

  // One line of UTF-8 text whose baseline starts, has its
  // middle or ends at `spot`; and how wide it will be.
  void text(Spot spot, const std::string& words, const TextStyle& style);
  double text_width(const std::string& words, const TextStyle& style);

  // The raster stretched over `box`: in hard squares, or smooth.
  void image(const Box& box, const Raster& raster, bool smooth);

  // What `draw` draws, cut off at `box`.
  void clipped(const Box& box, const std::function<void(Canvas&)>& draw);

  // What `draw` draws inside `box`, as pixels even where
  // the page is an SVG: for layers of thousands of marks.
  void dense(const Box& box, const std::function<void(Canvas&)>& draw);

 private:
  _cairo* cairo_;
  double width_, height_, scale_;
  bool vector_;
};

// A finished drawing: the size of its page and the function that draws it.
struct Picture {
  double width = 0, height = 0;  // page units
  std::function<void(Canvas&)> draw;
};

// The picture as the bytes of a PNG file, `scale` pixels to a page unit.
std::string png(const Picture& picture, double scale = 2);

// The picture as the bytes of an SVG file. Texts are
// outlines, so it looks the same without the font.
std::string svg(const Picture& picture);

// The picture as pixels.
Raster pixels(const Picture& picture, double scale = 1);

}  // namespace pushforward::app
