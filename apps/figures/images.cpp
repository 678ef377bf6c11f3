// Shows grids of images: samples beside data, and a source becoming images over time.
#include <algorithm>
#include <cmath>
#include <memory>

#include "apps/figures/panels.h"
#include "apps/figures/pixels.h"

namespace pushforward::app {
namespace {

constexpr std::size_t kMaxGrid = 64;

Panel grid_panel(const Points& images, std::size_t count, std::size_t cells,
                 const ImageShape& shape) {
  const std::size_t columns = square_columns(cells);
  Panel panel = image_panel(square_rows(cells), columns, shape);
  for (std::size_t i = 0; i < count; ++i)
    add_image(panel, i, columns, images.values.data() + i * images.cols, shape);
  if (count == 0) panel.placard = "no images";
  return panel;
}

// Returns how many of the first `count` images have pixels that are not finite.
std::size_t bad_images(const Points& images, std::size_t count, const ImageShape& shape) {
  std::size_t bad = 0;
  Points first{images.values, count, images.cols};
  first.values.resize(count * images.cols);
  if (!shape.masks) finite_rows(first, bad);
  return bad;
}

std::string bad_note(std::size_t bad) {
  if (bad == 0) return "";
  return short_number(double(bad)) + (bad == 1 ? " image has" : " images have") +
         " pixels that are not finite (orange)";
}

}  // namespace

Figure images_figure(const Points& samples, const Points& data, const ImageShape& shape,
                     const std::string& title) {
  check_images(samples, shape);
  check_images(data, shape);
  const std::size_t cells = std::max<std::size_t>(1, std::min(kMaxGrid, samples.rows));
  Figure figure{title, {}, {}, {}, data.rows > 0 ? 2u : 1u, {}};
  std::size_t bad = 0;
  for (const Points* images : {&data, &samples}) {
    if (images == &data && data.rows == 0) continue;
    const std::size_t count = std::min(images->rows, cells);
    Panel panel = grid_panel(*images, count, cells, shape);
    panel.title = std::string(images == &data ? "data" : "samples") + "  (" +
                  whole_number(double(count)) + " of " + whole_number(double(images->rows)) + ")";
    bad += bad_images(*images, count, shape);
    figure.panels.push_back(std::move(panel));
  }
  return figure.note(bad_note(bad));
}

MovingFigure images_animation(const Trajectories& trajectories, const ImageShape& shape,
                              const std::string& title, const std::string& source,
                              std::size_t frames) {
  check_images(trajectories, shape);
  const Timing timing = make_timing(trajectories, frames);
  const std::size_t count =
      trajectories.times > 0 ? std::min<std::size_t>(36, trajectories.rows) : 0;
  const auto all = std::make_shared<const Trajectories>(trajectories);
  return {timing.durations, [=](std::size_t k) {
            const Points now = points_at(*all, timing.t[k]);
            Figure figure{title, {}, {}, {grid_panel(now, count, count, shape)}, 1, {}};
            if (shape.masks) figure.legend.push_back({"masked pixels", colours::mask});
            figure.clock = clock_at(timing, k, source);
            return figure;
          }};
}

}  // namespace pushforward::app
