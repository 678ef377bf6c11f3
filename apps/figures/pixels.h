// Images in the cells of a panel. All figures of images use it.
#pragma once

#include "apps/figures/images.h"

namespace pushforward::app {

// Throw [plot] unless the images (N, height * width), or the trajectories
// of images, match the shape.
void check_images(const Points& images, const ImageShape& shape);
void check_images(const Trajectories& trajectories, const ImageShape& shape);

// Returns a panel without axes of rows by columns cells, of which each has room for one image. In
// its units a cell is 1 x 1, and row 0 is the upper one.
Panel image_panel(std::size_t rows, std::size_t columns, const ImageShape& shape);

// Adds one image to a panel of `columns` columns, as ink on paper, in cell `index` from the upper
// left. Values that are not finite have the colour of samples or masks.
void add_image(Panel& panel, std::size_t index, std::size_t columns, const double* values,
               const ImageShape& shape);

// row_middle returns the y coordinate of the middle of an image in row k of a panel of cells, and
// column_middle the x coordinate of the middle of an image in column k. The unit of both is one
// cell.
double row_middle(const Panel& panel, std::size_t k);
double column_middle(std::size_t k);

// Returns the number of columns, and of rows, of a square grid for `count` images.
std::size_t square_columns(std::size_t count);
std::size_t square_rows(std::size_t count);

}  // namespace pushforward::app
