// Places images in the cells of a panel.
#include "apps/figures/pixels.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

constexpr double kGap = 6;  // between images, in page units

// The longer side of an image is about 46 page units. Large pixels are a whole number of units.
double pixel_size(const ImageShape& shape) {
  const double size = 46.0 / double(std::max(shape.width, shape.height));
  return size > 2 ? std::round(size) : size;
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

Panel image_panel(std::size_t rows, std::size_t columns, const ImageShape& shape) {
  Panel panel;
  panel.axes = false;
  const double high = double(std::max<std::size_t>(1, rows)),
               wide = double(std::max<std::size_t>(1, columns));
  panel.x = {0, wide};
  panel.y = {0, high};
  panel.width = wide * (double(shape.width) * pixel_size(shape) + kGap);
  panel.height = high * (double(shape.height) * pixel_size(shape) + kGap);
  return panel;
}

void add_image(Panel& panel, std::size_t index, std::size_t columns, const double* values,
               const ImageShape& shape) {
  const double left = double(index % columns), top = panel.y.high - double(index / columns);
  // The image is in the upper left part of its cell; the rest is the gap.
  const double wide = 1 - kGap * panel.x.width() / panel.width,
               high = 1 - kGap * panel.y.width() / panel.height;
  Image image{{{left, left + wide}, {top - high, top}},
              shape.width,
              shape.height,
              {},
              shape.masks ? colours::mask : colours::samples};
  for (std::size_t i = 0; i < shape.width * shape.height; ++i)
    image.ink.push_back((values[i] - shape.low) / (shape.high - shape.low));
  panel.marks.push_back(std::move(image));
}

double row_middle(const Panel& panel, std::size_t k) { return panel.y.high - double(k) - 0.45; }
double column_middle(std::size_t k) { return double(k) + 0.45; }

std::size_t square_columns(std::size_t count) {
  return std::max<std::size_t>(1, std::size_t(std::ceil(std::sqrt(double(count)))));
}

std::size_t square_rows(std::size_t count) {
  const std::size_t columns = square_columns(count);
  return std::max<std::size_t>(1, (count + columns - 1) / columns);
}

}  // namespace pushforward::app
