// Shows points and a density of the sphere on equirectangular maps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "apps/figures/panels.h"
#include "apps/globe/globe.h"
#include "apps/globe/sphere.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {
namespace {

constexpr double kMapWidth = 560, kNats = 10;

Dots dots_on_map(const std::vector<Vector3>& points, const Colour& hue) {
  const Dot dot = dot_for(points.size(), kMapWidth * kMapWidth / 2);
  Dots dots{{}, dot.radius, {hue.faded(dot.alpha)}};
  for (const Vector3& x : points)
    if (std::isfinite(x[0] + x[1] + x[2]))
      dots.at.push_back({std::atan2(x[1], x[0]) * 180 / std::numbers::pi,
                         std::atan2(x[2], std::hypot(x[0], x[1])) * 180 / std::numbers::pi});
  return dots;
}

// Returns the integral of a density per unit of area over the sphere, from the centres of the cells.
double mass_on_sphere(const DensityGrid& grid) {
  const double step_x = 2 * std::numbers::pi / double(grid.columns),
               step_y = std::numbers::pi / double(grid.rows);
  double sum = 0;
  for (std::size_t row = 0; row < grid.rows; ++row) {
    const double latitude = step_y * (double(row) + 0.5) - std::numbers::pi / 2;
    for (std::size_t column = 0; column < grid.columns; ++column)
      sum += grid.density[row * grid.columns + column] * std::cos(latitude);
  }
  return sum * step_x * step_y;
}

Panel density_map(const DensityGrid& grid, const Coastlines& coasts) {
  double top = -INFINITY;
  Heat heat{{{-180, 180}, {-90, 90}}, grid.columns, grid.rows, {}, {},
            ColourScale::sequential,  false};
  for (const double one : grid.density) {
    heat.values.push_back(std::log(one));
    if (std::isfinite(heat.values.back())) top = std::max(top, heat.values.back());
  }
  if (!std::isfinite(top)) top = 0;
  heat.range = {top - kNats, top};
  Panel panel = empty_map({}, kMapWidth, true);
  panel.title = "ln of the density of the flow";
  panel.bar = ColourBar{heat.range, "nats per steradian", ColourScale::sequential, 1};
  panel.marks.insert(panel.marks.begin(), std::move(heat));
  add_map_coasts(panel, coasts);
  return panel;
}

}  // namespace

Figure map_figure(const Points& samples, const Points& data, const DensityGrid& density,
                  const Coastlines& coasts, const std::string& title) {
  detail::check(density.columns > 0 && density.rows > 0 &&
                    density.density.size() == density.columns * density.rows,
                "plot", density.density.size(), " densities on a grid of ", density.columns, " x ",
                density.rows, " cells; give one for each");
  Figure figure{title, {}, {{"data", colours::data}, {"samples", colours::samples}}, {}, 1, {}};
  for (const bool of_data : {true, false}) {
    const std::vector<Vector3> points = vectors_of(of_data ? data : samples);
    Panel panel = empty_map(coasts, kMapWidth, false);
    panel.title = panel_name(of_data ? 0 : 1, data.rows, samples.rows);
    if (points.empty()) panel.placard = "no points";
    panel.marks.push_back(dots_on_map(points, of_data ? colours::data : colours::samples));
    figure.panels.push_back(std::move(panel));
  }
  figure.panels.push_back(density_map(density, coasts));
  return figure
      .note(fmt::format("cells of {:.3g} degrees; the flow's mass on them: {:.3f}",
                        180 / double(density.rows), mass_on_sphere(density)))
      .note(coasts.note);
}

}  // namespace pushforward::app
