// The pictures of rows of pixels: grids of images, and rows of them over time or by class.
//
// Pixels that are not finite are drawn in orange and counted in a note; wrong shapes throw
// std::invalid_argument "[plot] ...", as those of figures.h do.
#pragma once

#include <string>
#include <vector>

#include "apps/draw/animation.h"
#include "apps/draw/canvas.h"
#include "apps/figures/data.h"

namespace pushforward::app {

// How rows of pixels become images: height by width grey levels, `low` is paper and `high` is ink.
struct ImageShape {
  std::size_t height = 8, width = 8;
  double low = 0, high = 1;
  bool masks = false;  // pixels that are not finite are masks of a discrete flow, not faults
};

// Up to 64 generated images (N, height * width) in a grid,
// beside as many of the data's where `data` has rows.
Picture images_figure(const Points& samples, const Points& data, const ImageShape& shape,
                      const std::string& title);

// Noise flowing to images as an animation of `frames` frames that rests at both ends: a grid of up
// to 36.
Animation images_animation(const Trajectories& trajectories, const ImageShape& shape,
                           const std::string& title, std::size_t frames = 60);

// Images over time: a row for each of up to 8 images, a column for each of 9 times.
Picture images_strip(const Trajectories& trajectories, const ImageShape& shape,
                     const std::string& title);

// Images on the way from one to another: a row for each of up to 8 pairs.
Picture images_between(const Trajectories& way, const ImageShape& shape, const std::string& title);

// Up to 10 images of each class in a row of their own; one label for each image.
Picture images_by_class(const Points& images, const std::vector<int>& labels,
                        const ImageShape& shape, const std::string& title);

}  // namespace pushforward::app
