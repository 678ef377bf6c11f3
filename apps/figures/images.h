// The figures of images: grids, and rows over time or by class.
//
// Every pixel is a sharp square. Pixels that are not finite are drawn in orange and counted in a
// note. Wrong shapes throw std::invalid_argument "[plot] ...", as in figures.h.
#pragma once

#include <string>
#include <vector>

#include "apps/figures/data.h"
#include "apps/figures/figure.h"

namespace pushforward::app {

// The shape of images in a table: a row has height * width grey levels; `low`
// is paper and `high` is ink.
struct ImageShape {
  std::size_t height = 8, width = 8;
  double low = 0, high = 1;
  bool masks = false;  // a pixel that is not finite is a mask of a discrete flow
};

// Shows up to 64 generated images (N, height * width) in a grid, and beside it as many images of
// the data if `data` has rows.
Figure images_figure(const Points& samples, const Points& data, const ImageShape& shape,
                     const std::string& title);

// Shows the flow of up to 36 images in a grid, as an animation of `frames`
// frames that rests at both ends.
MovingFigure images_animation(const Trajectories& trajectories, const ImageShape& shape,
                              const std::string& title, const std::string& source,
                              std::size_t frames = 60);

// Shows images over time: a row for each of up to 8 images, a column for each of 9 times.
Figure images_strip(const Trajectories& trajectories, const ImageShape& shape,
                    const std::string& title);

// Shows interpolations between images: a row for each of up to 8 pairs.
Figure images_between(const Trajectories& way, const ImageShape& shape, const std::string& title);

// Shows up to 10 images of each class in one row per class. There is one label for each image.
Figure images_by_class(const Points& images, const std::vector<int>& labels,
                       const ImageShape& shape, const std::string& title,
                       const std::vector<std::string>& names = {});

}  // namespace pushforward::app
