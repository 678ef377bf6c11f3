// Implements the page with Cairo: image surfaces for PNG and pixels, and an SVG
// surface with renumbered ids.
#include "apps/draw/canvas.h"

#include <cairo-svg.h>
#include <cairo.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <string_view>

#include "apps/printable.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

constexpr double dense_scale = 2.5;  // pixels per page unit of the dense layers in an SVG

struct FreeCairo {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using Surface = std::unique_ptr<cairo_surface_t, FreeCairo>;
using CairoContext = std::unique_ptr<cairo_t, FreeCairo>;
using Pattern = std::unique_ptr<cairo_pattern_t, FreeCairo>;

void must(cairo_status_t status, const char* doing) {
  check(status == CAIRO_STATUS_SUCCESS, "draw", "Cairo failed while ", doing, ": ",
        cairo_status_to_string(status));
}

cairo_status_t append(void* text, const unsigned char* bytes, unsigned count) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

bool finite_spot(Spot spot) { return std::isfinite(spot.x) && std::isfinite(spot.y); }

void use(cairo_t* cairo, const Colour& colour) {
  cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, colour.alpha);
}

void use_font(cairo_t* cairo, const TextStyle& style) {
  cairo_select_font_face(cairo, style.mono ? "DejaVu Sans Mono" : "DejaVu Sans",
                         CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo, style.size);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(cairo, options);
  cairo_font_options_destroy(options);
}

// Returns the box around a text whose baseline runs from `from` to `from + width`, turned about
// `spot`. Letters reach 0.78 of the size above the baseline and 0.22 below it.
Box turned_box(Spot spot, double from, double width, const TextStyle& style) {
  const double cosine = std::cos(style.turn), sine = std::sin(style.turn);
  Spot low{HUGE_VAL, HUGE_VAL}, high{-HUGE_VAL, -HUGE_VAL};
  for (const double x : {from, from + width}) {
    for (const double y : {-0.78 * style.size, 0.22 * style.size}) {
      const Spot corner{spot.x + cosine * x - sine * y, spot.y + sine * x + cosine * y};
      low = {std::min(low.x, corner.x), std::min(low.y, corner.y)};
      high = {std::max(high.x, corner.x), std::max(high.y, corner.y)};
    }
  }
  return {low.x, low.y, high.x - low.x, high.y - low.y};
}

Surface new_image(double width, double height, double scale) {
  const double columns = std::ceil(width * scale), rows = std::ceil(height * scale);
  check(columns >= 1 && rows >= 1 && columns <= 16384 && rows <= 16384, "draw", "a picture of ",
        columns, " x ", rows,
        " pixels: each side is 1 to 16384; draw fewer panels or at a smaller scale");
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, int(columns), int(rows)));
  must(cairo_surface_status(surface.get()), "making an image");
  return surface;
}

// Draws the picture on `surface`, on a white background.
void render(const Picture& picture, cairo_surface_t* surface, double scale, bool vector) {
  CairoContext cairo(cairo_create(surface));
  cairo_scale(cairo.get(), scale, scale);
  use(cairo.get(), colours::paper);
  cairo_paint(cairo.get());
  Canvas canvas(cairo.get(), picture.width, picture.height, scale, vector);
  picture.draw(canvas);
  must(cairo_status(cairo.get()), "drawing");
}

// Renumbers images, masks and clips from 1, since Cairo numbers them by counters of the
// process. It looks for ids only after `id="` and `#`, which cannot occur in the base64
// text of an embedded image.
std::string renumbered(std::string_view text) {
  std::map<std::string, std::string, std::less<>> names;
  std::map<std::string, int, std::less<>> counts;
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const bool is_id = text.substr(at, 4) == "id=\"", is_link = text[at] == '#';
    if (!is_id && !is_link) {
      out += text[at++];
      continue;
    }
    const std::size_t begin = at + (is_id ? 4 : 1);
    std::size_t letters = begin;
    while (letters < text.size() && std::isalpha(static_cast<unsigned char>(text[letters])))
      ++letters;
    std::size_t end = letters;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
    out += text.substr(at, begin - at);
    const bool whole = end < text.size() && (text[end] == '"' || text[end] == ')');
    if (whole && letters > begin && end > letters) {
      const std::string kind(text.substr(begin, letters - begin));
      std::string& name = names[std::string(text.substr(begin, end - begin))];
      if (name.empty()) name = kind + std::to_string(++counts[kind]);
      out += name;
    } else {
      out += text.substr(begin, end - begin);
    }
    at = end;
  }
  return out;
}

}  // namespace

Canvas::Canvas(_cairo* cairo, double width, double height, double scale, bool vector)
    : cairo_(cairo), width_(width), height_(height), scale_(scale), vector_(vector) {}

void Canvas::fill(const Box& box, const Colour& colour) {
  use(cairo_, colour);
  cairo_rectangle(cairo_, box.x, box.y, box.width, box.height);
  cairo_fill(cairo_);
}

void Canvas::edge(const Box& box, const Colour& colour, double thick) {
  use(cairo_, colour);
  cairo_set_line_width(cairo_, thick);
  cairo_set_line_join(cairo_, CAIRO_LINE_JOIN_MITER);
  cairo_rectangle(cairo_, box.x, box.y, box.width, box.height);
  cairo_stroke(cairo_);
}

void Canvas::line(std::span<const Spot> spots, const Colour& colour, double thick) {
  use(cairo_, colour);
  cairo_set_line_width(cairo_, thick);
  cairo_set_line_join(cairo_, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(cairo_, CAIRO_LINE_CAP_ROUND);
  bool open = false;
  for (const Spot& spot : spots) {
    if (!finite_spot(spot)) {
      open = false;
    } else if (open) {
      cairo_line_to(cairo_, spot.x, spot.y);
    } else {
      cairo_move_to(cairo_, spot.x, spot.y);
      open = true;
    }
  }
  cairo_stroke(cairo_);
}

void Canvas::line(Spot from, Spot to, const Colour& colour, double thick) {
  const Spot ends[] = {from, to};
  line(ends, colour, thick);
}

void Canvas::polygon(std::span<const Spot> corners, const Colour& colour) {
  use(cairo_, colour);
  for (const Spot& corner : corners) {
    if (finite_spot(corner)) cairo_line_to(cairo_, corner.x, corner.y);
  }
  cairo_close_path(cairo_);
  cairo_fill(cairo_);
}

void Canvas::disc(Spot spot, double radius, const Colour& colour) {
  if (!finite_spot(spot)) return;
  use(cairo_, colour);
  cairo_new_sub_path(cairo_);
  cairo_arc(cairo_, spot.x, spot.y, radius, 0, 2 * std::numbers::pi);
  cairo_fill(cairo_);
}

void Canvas::discs(std::span<const Spot> spots, double radius, std::span<const Colour> colours) {
  if (colours.empty()) return;
  const bool one_colour = colours.size() < spots.size();
  if (vector_ || spots.size() < 64) {
    for (std::size_t i = 0; i < spots.size(); ++i)
      disc(spots[i], radius, colours[one_colour ? 0 : i]);
    return;
  }
  // For many discs, a disc is rasterised once for each of 4 x 4 positions inside
  // a pixel and then copied.
  constexpr int parts = 4;
  double left = 0, top = 0;
  cairo_user_to_device(cairo_, &left, &top);
  const double pixel_radius = radius * scale_;
  const int side = int(std::ceil(2 * pixel_radius)) + 3;
  Surface stamps[parts * parts];
  for (int i = 0; i < parts * parts; ++i) {
    stamps[i].reset(cairo_image_surface_create(CAIRO_FORMAT_A8, side, side));
    CairoContext stamp(cairo_create(stamps[i].get()));
    cairo_arc(stamp.get(), side / 2 + (i % parts) / double(parts),
              side / 2 + (i / parts) / double(parts), pixel_radius, 0, 2 * std::numbers::pi);
    cairo_fill(stamp.get());
  }
  cairo_save(cairo_);
  cairo_identity_matrix(cairo_);
  use(cairo_, colours[0]);
  for (std::size_t i = 0; i < spots.size(); ++i) {
    const double x = std::floor((left + spots[i].x * scale_) * parts) / parts;
    const double y = std::floor((top + spots[i].y * scale_) * parts) / parts;
    if (!(std::abs(x) < 1e5 && std::abs(y) < 1e5)) continue;
    const double column = std::floor(x), row = std::floor(y);
    const int which = int((x - column) * parts) + parts * int((y - row) * parts);
    if (!one_colour) use(cairo_, colours[i]);
    cairo_mask_surface(cairo_, stamps[which].get(), column - side / 2, row - side / 2);
  }
  cairo_restore(cairo_);
}

void Canvas::text(Spot spot, const std::string& any_words, const TextStyle& style) {
  if (any_words.empty() || !finite_spot(spot)) return;
  const std::string words = printable(any_words);
  use_font(cairo_, style);
  cairo_text_extents_t extents;
  cairo_text_extents(cairo_, words.c_str(), &extents);
  const double width = extents.x_advance;
  const double shift = style.along == Align::start    ? 0
                       : style.along == Align::middle ? width / 2
                                                      : width;
  if (texts_) texts_->push_back({words, turned_box(spot, -shift, width, style)});
  cairo_save(cairo_);
  use(cairo_, style.colour);
  cairo_translate(cairo_, spot.x, spot.y);
  cairo_rotate(cairo_, style.turn);
  cairo_move_to(cairo_, -shift, 0);
  cairo_show_text(cairo_, words.c_str());
  cairo_restore(cairo_);
}

void Canvas::image(const Box& box, const Raster& raster, bool smooth) {
  check(raster.rgb.size() == raster.width * raster.height, "draw", "a raster of ", raster.width,
        " x ", raster.height, " has ", raster.rgb.size(), " pixels; give width times height");
  if (raster.rgb.empty() || !(box.width > 0) || !(box.height > 0)) return;
  // Sharp squares are enlarged here to the pixels of the page or finer, so
  // that no viewer smooths them.
  const double wanted = box.width * (vector_ ? 4 : scale_) / double(raster.width);
  const std::size_t times =
      smooth ? 1 : std::size_t(std::clamp(std::ceil(wanted - 1e-6), 1.0, 256.0));
  const std::size_t width = raster.width * times, height = raster.height * times;
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, int(width), int(height)));
  must(cairo_surface_status(surface.get()), "making an image");
  unsigned char* bytes = cairo_image_surface_get_data(surface.get());
  const std::size_t stride = std::size_t(cairo_image_surface_get_stride(surface.get()));
  for (std::size_t row = 0; row < height; ++row) {
    auto* line = reinterpret_cast<std::uint32_t*>(bytes + row * stride);
    const std::uint32_t* from = raster.rgb.data() + row / times * raster.width;
    for (std::size_t column = 0; column < width; ++column) line[column] = from[column / times];
  }
  cairo_surface_mark_dirty(surface.get());
  cairo_save(cairo_);
  cairo_rectangle(cairo_, box.x, box.y, box.width, box.height);
  cairo_clip(cairo_);
  cairo_translate(cairo_, box.x, box.y);
  cairo_scale(cairo_, box.width / double(width), box.height / double(height));
  Pattern pattern(cairo_pattern_create_for_surface(surface.get()));
  cairo_pattern_set_filter(pattern.get(), smooth ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_GOOD);
  // SVG has no padding, and without it the outermost half pixel of a smooth image fades out.
  if (!vector_) cairo_pattern_set_extend(pattern.get(), CAIRO_EXTEND_PAD);
  cairo_set_source(cairo_, pattern.get());
  cairo_paint(cairo_);
  cairo_restore(cairo_);
}

void Canvas::clipped(const Box& box, const std::function<void(Canvas&)>& draw) {
  cairo_save(cairo_);
  cairo_rectangle(cairo_, box.x, box.y, box.width, box.height);
  cairo_clip(cairo_);
  draw(*this);
  cairo_restore(cairo_);
}

void Canvas::dense(const Box& box, const std::function<void(Canvas&)>& draw) {
  if (!vector_) return clipped(box, draw);
  if (!(box.width > 0) || !(box.height > 0)) return;
  Surface layer = new_image(box.width, box.height, dense_scale);
  CairoContext cairo(cairo_create(layer.get()));
  cairo_scale(cairo.get(), dense_scale, dense_scale);
  cairo_translate(cairo.get(), -box.x, -box.y);
  Canvas canvas(cairo.get(), width_, height_, dense_scale, false);
  draw(canvas);
  must(cairo_status(cairo.get()), "drawing a dense layer");
  cairo_save(cairo_);
  cairo_rectangle(cairo_, box.x, box.y, box.width, box.height);
  cairo_clip(cairo_);
  cairo_translate(cairo_, box.x, box.y);
  cairo_scale(cairo_, 1 / dense_scale, 1 / dense_scale);
  cairo_set_source_surface(cairo_, layer.get(), 0, 0);
  cairo_paint(cairo_);
  cairo_restore(cairo_);
}

std::string png(const Picture& picture, double scale) {
  Surface surface = new_image(picture.width, picture.height, scale);
  render(picture, surface.get(), scale, false);
  std::string bytes;
  must(cairo_surface_write_to_png_stream(surface.get(), append, &bytes), "writing a PNG");
  return bytes;
}

std::string svg(const Picture& picture) {
  std::string bytes;
  Surface surface(
      cairo_svg_surface_create_for_stream(append, &bytes, picture.width, picture.height));
  must(cairo_surface_status(surface.get()), "making an SVG");
  cairo_svg_surface_restrict_to_version(surface.get(), CAIRO_SVG_VERSION_1_2);
  render(picture, surface.get(), 1, true);
  cairo_surface_finish(surface.get());
  must(cairo_surface_status(surface.get()), "writing an SVG");
  return renumbered(bytes);
}

double text_width(const std::string& words, const TextStyle& style) {
  Surface surface = new_image(1, 1, 1);
  CairoContext cairo(cairo_create(surface.get()));
  use_font(cairo.get(), style);
  cairo_text_extents_t extents;
  cairo_text_extents(cairo.get(), printable(words).c_str(), &extents);
  return extents.x_advance;
}

std::string drawing_library_version() { return cairo_version_string(); }

std::vector<DrawnText> drawn_texts(const Picture& picture) {
  std::vector<DrawnText> texts;
  Picture listed = picture;
  listed.draw = [&](Canvas& canvas) {
    canvas.list_texts(texts);
    picture.draw(canvas);
  };
  Surface surface = new_image(picture.width, picture.height, 1);
  render(listed, surface.get(), 1, false);
  return texts;
}

Raster pixels(const Picture& picture, double scale) {
  Surface surface = new_image(picture.width, picture.height, scale);
  render(picture, surface.get(), scale, false);
  cairo_surface_flush(surface.get());
  Raster raster;
  raster.width = std::size_t(cairo_image_surface_get_width(surface.get()));
  raster.height = std::size_t(cairo_image_surface_get_height(surface.get()));
  raster.rgb.resize(raster.width * raster.height);
  const unsigned char* bytes = cairo_image_surface_get_data(surface.get());
  const std::size_t stride = std::size_t(cairo_image_surface_get_stride(surface.get()));
  for (std::size_t row = 0; row < raster.height; ++row) {
    const auto* line = reinterpret_cast<const std::uint32_t*>(bytes + row * stride);
    for (std::size_t column = 0; column < raster.width; ++column) {
      raster.rgb[row * raster.width + column] = line[column] & 0xFFFFFF;
    }
  }
  return raster;
}

}  // namespace pushforward::app
