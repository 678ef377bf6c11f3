// Images in cells: what figures of images have in common.
#pragma once

#include "apps/figures/images.h"

namespace pushforward::app {

// Throw [plot] unless images (N, height * width), or such trajectories, fit the shape.
void check_images(const Points& images, const ImageShape& shape);
void check_images(const Trajectories& trajectories, const ImageShape& shape);

// A grid of images: how many columns, and where each image goes.
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

// A square grid for `count` images, 64 at most.
ImageGrid grid_for(std::size_t count, const ImageShape& shape);
// A grid of so many rows and columns.
ImageGrid make_image_grid(std::size_t rows, std::size_t columns, const ImageShape& shape);

// One image as ink on paper, smooth; one with values that are not finite stays in hard squares and
// shows them in the samples' colour, or in the masks'.
void draw_image(Canvas& canvas, const Box& box, const double* values, const ImageShape& shape);

}  // namespace pushforward::app
