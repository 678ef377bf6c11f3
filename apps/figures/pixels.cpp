// Draws rows of pixels as images.
#include "apps/figures/pixels.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// The longer side of an image is about 46 page units. Large pixels are a whole number of units.
double pixel_size(const ImageShape& shape) {
  const double size = 46.0 / double(std::max(shape.width, shape.height));
  return size > 2 ? std::round(size) : size;
}

// Returns the value of Catmull and Rom's cubic through four equally spaced values, at the fraction
// `part` between b and c ("A class of local interpolating splines", 1974).
double cubic(double a, double b, double c, double d, double part) {
  return b +
         0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)));
}

// Enlarges an image `times` along both axes with cubics. This makes digits of 8 x 8
// pixels much more readable.
std::vector<double> enlarged(const double* values, const ImageShape& shape, std::size_t times) {
  const auto along = [times](const std::vector<double>& from, std::size_t lines,
                             std::size_t length) {
    // Rows of `length` values become columns of times * length values: the result is transposed.
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

// Returns the pixels of one image as colours.
Raster make_raster(const double* values, const ImageShape& shape) {
  const std::size_t size = shape.width * shape.height;
  // Images with holes are not enlarged by cubics, which would spread the holes;
  // nor are images beside them.
  const bool smooth =
      !shape.masks && std::all_of(values, values + size, [](double v) { return std::isfinite(v); });
  const std::size_t times =
      smooth ? std::clamp<std::size_t>(64 / std::max(shape.width, shape.height), 1, 8) : 1;
  const std::vector<double> levels =
      times > 1 ? enlarged(values, shape, times) : std::vector<double>(values, values + size);
  Raster raster{shape.width * times, shape.height * times,
                std::vector<std::uint32_t>(size * times * times)};
  for (std::size_t i = 0; i < raster.rgb.size(); ++i) {
    const double part = std::clamp((levels[i] - shape.low) / (shape.high - shape.low), 0.0, 1.0);
    const auto mix = [&](double paper, double ink) { return paper + part * (ink - paper); };
    raster.rgb[i] = std::isfinite(levels[i])
                        ? packed({mix(1, 0.07), mix(1, 0.08), mix(1, 0.16)})
                        : packed(shape.masks ? colours::mask : colours::samples);
  }
  return raster;
}

ImageGrid sized(ImageGrid grid, const ImageShape& shape) {
  grid.wide = double(shape.width) * pixel_size(shape);
  grid.high = double(shape.height) * pixel_size(shape);
  return grid;
}

}  // namespace

void check_images(const Points& images, const ImageShape& shape) {
  check_shape("plot", images);
  check(shape.height > 0 && shape.width > 0 && shape.high > shape.low, "plot", "images of ",
        shape.height, " x ", shape.width, " pixels from ", shape.low, " to ", shape.high,
        "; sizes must be positive, and low < high");
  check(images.rows == 0 || images.cols == shape.height * shape.width, "plot", "images of ",
        shape.height, " x ", shape.width, " pixels need ", shape.height * shape.width,
        " columns, but the table has ", images.cols);
}

void check_images(const Trajectories& trajectories, const ImageShape& shape) {
  check_shape("plot", trajectories);
  check_images(Points{{}, 0, trajectories.cols}, shape);
  check(trajectories.times * trajectories.rows == 0 ||
            trajectories.cols == shape.height * shape.width,
        "plot", "images of ", shape.height, " x ", shape.width, " pixels need ",
        shape.height * shape.width, " columns, but the trajectories have ", trajectories.cols);
}

ImageGrid grid_for(std::size_t count, const ImageShape& shape) {
  ImageGrid grid;
  grid.count = std::min<std::size_t>(count, 64);
  grid.columns = std::max<std::size_t>(1, std::size_t(std::ceil(std::sqrt(double(grid.count)))));
  grid.rows = std::max<std::size_t>(1, (grid.count + grid.columns - 1) / grid.columns);
  return sized(grid, shape);
}

ImageGrid make_image_grid(std::size_t rows, std::size_t columns, const ImageShape& shape) {
  ImageGrid grid;
  grid.rows = std::max<std::size_t>(1, rows);
  grid.columns = std::max<std::size_t>(1, columns);
  grid.count = grid.rows * grid.columns;
  return sized(grid, shape);
}

void draw_image(Canvas& canvas, const Box& box, const double* values, const ImageShape& shape) {
  const Raster raster = make_raster(values, shape);
  canvas.image(box, raster, raster.width > shape.width || shape.width > 40);
  canvas.edge(box, colours::grid, 0.8);
}

}  // namespace pushforward::app
