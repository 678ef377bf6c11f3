// Images in grids: samples beside data, and noise becoming images over time.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figure.h"
#include "apps/figure_panels.h"
#include "autograd/check.h"

namespace pushforward {
namespace {

// An image is about 46 page units along its longer side, its pixels a whole number of units where
// they are large.
double pixel_size(const ImageShape& shape) {
  const double size = 46.0 / double(std::max(shape.width, shape.height));
  return size > 2 ? std::round(size) : size;
}

void check_images(const Points& images, const ImageShape& shape) {
  check_shape("plot", images);
  check(shape.height > 0 && shape.width > 0 && shape.high > shape.low, "plot", "images of ",
        shape.height, " x ", shape.width, " pixels from ", shape.low, " to ", shape.high,
        ": sizes must be positive and low below high");
  check(images.rows == 0 || images.cols == shape.height * shape.width, "plot", "images of ",
        shape.height, " x ", shape.width, " pixels need ", shape.height * shape.width,
        " columns, the table has ", images.cols);
}

// The value of Catmull and Rom's cubic through four equally spaced values, `part` of the way from b
// to c ("A class of local interpolating splines", 1974).
double cubic(double a, double b, double c, double d, double part) {
  return b +
         0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)));
}

// `times` as many rows and columns, by cubics along both. Hand-drawn digits of 8 x 8 pixels read
// far better so.
std::vector<double> enlarged(const double* values, const ImageShape& shape, std::size_t times) {
  const auto along = [times](const std::vector<double>& from, std::size_t lines,
                             std::size_t length) {
    // Lines of `length` values become columns of times * length: the result is transposed.
    std::vector<double> to(from.size() * times);
    for (std::size_t line = 0; line < lines; ++line) {
      for (std::size_t i = 0; i < length * times; ++i) {
        const double place = (double(i) + 0.5) / double(times) - 0.5, floor = std::floor(place);
        const auto at = [&](double k) {
          return from[line * length + std::size_t(std::clamp(floor + k, 0.0, double(length - 1)))];
        };
        to[i * lines + line] = cubic(at(-1), at(0), at(1), at(2), place - floor);
      }
    }
    return to;
  };
  const std::size_t size = shape.width * shape.height;
  return along(along({values, values + size}, shape.height, shape.width), shape.width * times,
               shape.height);
}

// One image as ink on paper, smooth; one with values that are not finite stays in hard squares and
// shows them in the samples' colour.
Raster image_of(const double* values, const ImageShape& shape) {
  const std::size_t size = shape.width * shape.height;
  const bool finite = std::all_of(values, values + size, [](double v) { return std::isfinite(v); });
  const std::size_t times =
      finite ? std::clamp<std::size_t>(64 / std::max(shape.width, shape.height), 1, 8) : 1;
  const std::vector<double> levels = enlarged(values, shape, times);
  Raster raster{shape.width * times, shape.height * times,
                std::vector<std::uint32_t>(size * times * times)};
  for (std::size_t i = 0; i < raster.rgb.size(); ++i) {
    const double part = std::clamp((levels[i] - shape.low) / (shape.high - shape.low), 0.0, 1.0);
    const auto mix = [&](double paper, double ink) { return paper + part * (ink - paper); };
    raster.rgb[i] = std::isfinite(levels[i]) ? packed({mix(1, 0.07), mix(1, 0.08), mix(1, 0.16)})
                                             : packed(colours::samples);
  }
  return raster;
}

// The grid of up to 64 images: how many columns, and where each image goes.
struct Grid {
  std::size_t count = 0, columns = 1, rows = 1;
  double wide = 0, high = 0, gap = 6;

  Box cell(std::size_t index, Spot corner) const {
    return {corner.x + double(index % columns) * (wide + gap),
            corner.y + double(index / columns) * (high + gap), wide, high};
  }
  double width() const { return double(columns) * (wide + gap) - gap; }
  double height() const { return double(rows) * (high + gap) - gap; }
};

Grid grid_for(std::size_t count, const ImageShape& shape) {
  Grid grid;
  grid.count = std::min<std::size_t>(count, 64);
  grid.columns = std::max<std::size_t>(1, std::size_t(std::ceil(std::sqrt(double(grid.count)))));
  grid.rows = std::max<std::size_t>(1, (grid.count + grid.columns - 1) / grid.columns);
  grid.wide = double(shape.width) * pixel_size(shape);
  grid.high = double(shape.height) * pixel_size(shape);
  return grid;
}

void draw_image(Canvas& canvas, const Box& box, const double* values, const ImageShape& shape) {
  const Raster raster = image_of(values, shape);
  canvas.image(box, raster, raster.width > shape.width || shape.width > 40);
  canvas.edge(box, colours::grid, 0.8);
}

void draw_grid(Canvas& canvas, const Grid& grid, Spot corner, const Points& images,
               const ImageShape& shape) {
  for (std::size_t i = 0; i < grid.count; ++i) {
    draw_image(canvas, grid.cell(i, corner), images.values.data() + i * images.cols, shape);
  }
}

std::size_t bad_images(const Points& images) {
  std::size_t bad = 0;
  finite_rows(images, bad);
  return bad;
}

std::string bad_note(std::size_t bad) {
  if (bad == 0) return "";
  return short_number(double(bad)) + (bad == 1 ? " image has" : " images have") +
         " pixels that are not finite (orange)";
}

}  // namespace

Picture images_figure(const Points& samples, const Points& data, const ImageShape& shape,
                      const std::string& title) {
  check_images(samples, shape);
  check_images(data, shape);
  const Grid grid =
      grid_for(std::max<std::size_t>(1, std::min<std::size_t>(64, samples.rows)), shape);
  const bool beside = data.rows > 0;
  constexpr double top = 68, margin = 16, between = 34;
  const double width =
      std::max(300.0, 2 * margin + grid.width() + (beside ? between + grid.width() : 0));
  const auto shown = [&](const Points& images) {
    Points first{images.values, std::min(images.rows, grid.count), images.cols};
    first.values.resize(first.rows * first.cols);
    return first;
  };
  const Points ours = shown(samples), theirs = shown(data);
  const std::string note = bad_note(bad_images(ours) + bad_images(theirs));
  return {width, top + grid.height() + (note.empty() ? margin : margin + 16), [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            const TextStyle style{sizes::panel_title, colours::ink};
            double x = margin;
            for (const bool is_data : {true, false}) {
              if (is_data && !beside) continue;
              const Points& images = is_data ? theirs : ours;
              canvas.text({x, top - 11}, is_data ? "data" : "samples", style);
              Grid part = grid;
              part.count = images.rows;
              draw_grid(canvas, part, {x, top}, images, shape);
              if (images.rows == 0)
                draw_placard(canvas, {x, top, grid.width(), grid.height()}, "none");
              x += grid.width() + between;
            }
          }};
}

Film images_film(const Trajectories& trajectories, const ImageShape& shape,
                 const std::string& title, std::size_t frames) {
  check_shape("plot", trajectories);
  check_images(Points{{}, 0, trajectories.cols}, shape);
  check(trajectories.times * trajectories.rows == 0 ||
            trajectories.cols == shape.height * shape.width,
        "plot", "images of ", shape.height, " x ", shape.width, " pixels need ",
        shape.height * shape.width, " columns, the trajectories have ", trajectories.cols);
  const Timing timing = timing_of(trajectories, frames);
  const Grid grid =
      grid_for(trajectories.times > 0 ? std::min<std::size_t>(36, trajectories.rows) : 0, shape);
  const auto all = std::make_shared<const Trajectories>(trajectories);
  constexpr double top = 40, margin = 16;
  const double width = std::max(260.0, 2 * margin + grid.width());
  Film film{width, top + grid.height() + 46, timing.durations, {}};
  film.draw = [=, height = film.height](Canvas& canvas, std::size_t k) {
    draw_title(canvas, title);
    draw_grid(canvas, grid, {margin, top}, points_at(*all, timing.t[k]), shape);
    draw_clock(canvas, {margin, height - 22, width - 2 * margin, 5}, timing, k);
  };
  return film;
}

Picture images_strip(const Trajectories& trajectories, const ImageShape& shape,
                     const std::string& title) {
  check_shape("plot", trajectories);
  check_images(Points{{}, 0, trajectories.cols}, shape);
  check(trajectories.times * trajectories.rows == 0 ||
            trajectories.cols == shape.height * shape.width,
        "plot", "images of ", shape.height, " x ", shape.width, " pixels need ",
        shape.height * shape.width, " columns, the trajectories have ", trajectories.cols);
  constexpr std::size_t columns = 9;
  const std::size_t rows = trajectories.times > 0 ? std::min<std::size_t>(8, trajectories.rows) : 0;
  const Timing timing = timing_of(trajectories, 2);
  Grid grid = grid_for(1, shape);
  grid.columns = columns;
  grid.rows = std::max<std::size_t>(1, rows);
  const auto all = std::make_shared<const Trajectories>(trajectories);
  constexpr double top = 68, margin = 16;
  return {2 * margin + grid.width(), top + grid.height() + margin, [=](Canvas& canvas) {
            draw_title(canvas, title);
            if (rows == 0)
              draw_placard(canvas, {margin, top, grid.width(), grid.height()}, "no images");
            for (std::size_t k = 0; k < columns; ++k) {
              const double t = timing.t.front() +
                               (timing.t.back() - timing.t.front()) * double(k) / (columns - 1);
              const Points now = points_at(*all, t);
              const Box head = grid.cell(k, {margin, top});
              canvas.text({head.x + head.width / 2, top - 10},
                          (k == 0 ? "t = " : "") + short_number(t),
                          {sizes::tick, colours::quiet, Align::middle});
              for (std::size_t i = 0; i < rows; ++i) {
                draw_image(canvas, grid.cell(i * columns + k, {margin, top}),
                           now.values.data() + i * now.cols, shape);
              }
            }
          }};
}

}  // namespace pushforward
