// Draws grids of images: samples beside data, and noise becoming images over time.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figures/panels.h"
#include "apps/figures/pixels.h"

namespace pushforward::app {
namespace {

void draw_grid(Canvas& canvas, const ImageGrid& grid, Spot corner, const Points& images,
               const ImageShape& shape) {
  for (std::size_t i = 0; i < grid.count; ++i) {
    draw_image(canvas, grid.cell(i, corner), images.values.data() + i * images.cols, shape);
  }
}

std::size_t bad_images(const Points& images, const ImageShape& shape) {
  std::size_t bad = 0;
  if (!shape.masks) finite_rows(images, bad);
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
  const ImageGrid grid =
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
  const std::string note = bad_note(bad_images(ours, shape) + bad_images(theirs, shape));
  return {width, top + grid.height() + (note.empty() ? margin : margin + 16), [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            const TextStyle style{sizes::panel_title, colours::ink};
            double x = margin;
            for (const bool is_data : {true, false}) {
              if (is_data && !beside) continue;
              const Points& images = is_data ? theirs : ours;
              canvas.text({x, top - 11}, is_data ? "data" : "samples", style);
              ImageGrid part = grid;
              part.count = images.rows;
              draw_grid(canvas, part, {x, top}, images, shape);
              if (images.rows == 0)
                draw_placard(canvas, {x, top, grid.width(), grid.height()}, "none");
              x += grid.width() + between;
            }
          }};
}

Animation images_animation(const Trajectories& trajectories, const ImageShape& shape,
                           const std::string& title, std::size_t frames) {
  check_images(trajectories, shape);
  const Timing timing = make_timing(trajectories, frames);
  const ImageGrid grid =
      grid_for(trajectories.times > 0 ? std::min<std::size_t>(36, trajectories.rows) : 0, shape);
  const auto all = std::make_shared<const Trajectories>(trajectories);
  constexpr double top = 40, margin = 16;
  const double width = std::max(260.0, 2 * margin + grid.width());
  Animation animation{width, top + grid.height() + 46, timing.durations, {}};
  animation.draw = [=, height = animation.height](Canvas& canvas, std::size_t k) {
    draw_title(canvas, title);
    draw_grid(canvas, grid, {margin, top}, points_at(*all, timing.t[k]), shape);
    draw_clock(canvas, {margin, height - 22, width - 2 * margin, 5}, timing, k);
  };
  return animation;
}

}  // namespace pushforward::app
