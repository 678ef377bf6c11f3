// Draws images in cells of a grid. All figures of images use it.
#pragma once

#include "apps/figures/images.h"

namespace pushforward::app {

// Throw [plot] unless the images (N, height * width), or the trajectories
// of images, match the shape.
void check_images(const Points& images, const ImageShape& shape);
void check_images(const Trajectories& trajectories, const ImageShape& shape);

// A grid of images: its size and the cell of each image.
struct ImageGrid {
  std::size_t count = 0, columns = 1, rows = 1;
  double wide = 0, high = 0, gap = 6;

  Box cell(std::size_t index, Spot corner) const {
    return {corner.x + double(index % columns) * (wide + gap),
            corner.y + double(index / columns) * (high + gap), wide, high};
  }
  double width() const { return double(columns) * (wide + gap) - gap; }
  double height() const { return double(rows) * (high + gap) - gap; }
};

// Returns a square grid for `count` images, at most 64.
ImageGrid grid_for(std::size_t count, const ImageShape& shape);
// Returns a grid with the given rows and columns.
ImageGrid make_image_grid(std::size_t rows, std::size_t columns, const ImageShape& shape);

// Draws one image as ink on paper, interpolated. An image with values that are not finite is drawn
// as sharp squares, with these values in the colour of samples or masks.
void draw_image(Canvas& canvas, const Box& box, const double* values, const ImageShape& shape);

}  // namespace pushforward::app
