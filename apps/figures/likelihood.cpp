// Draws the density computed by a model beside that of the data.
#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figures/figures.h"
#include "apps/figures/panels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

using SharedDensities = std::shared_ptr<const DensityPair>;

// Returns the integral over the grid.
double mass(const DensityGrid& grid) {
  double sum = 0;
  for (double value : grid.density) {
    if (std::isfinite(value)) sum += value;
  }
  const double cell = grid.x.width() / double(grid.columns) *
                      (grid.rows > 1 ? grid.y.width() / double(grid.rows) : 1);
  return sum * cell;
}

void check_grid(const DensityGrid& grid, const DensityGrid& other) {
  check(grid.columns > 0 && grid.rows > 0 && grid.density.size() == grid.columns * grid.rows,
        "plot", grid.density.size(), " densities on a grid of ", grid.columns, " x ", grid.rows,
        " cells; give one for each");
  check(grid.columns == other.columns && grid.rows == other.rows, "plot", "a density on ",
        grid.columns, " x ", grid.rows, " cells beside one on ", other.columns, " x ", other.rows,
        "; both need the same grid");
}

std::string data_name(const DensityPair& pair) {
  return pair.exact ? "data: exact" : "data: kernel estimate";
}

Picture likelihood_curves(const SharedDensities& pair, double top, const std::string& title,
                          const std::string& note) {
  const Row row = make_row(1, 620, 300, {}, note);
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            const Axes axes{row.panel(0), pair->model.x, {0, 1.08 * top}};
            axes.draw(canvas, {"", "x", "density"});
            canvas.clipped(axes.box, [&](Canvas& inside) {
              inside.line(make_curve(pair->data, axes), colours::data, 4);
              inside.line(make_curve(pair->model, axes), colours::samples, 1.6);
            });
            const std::array entries{LegendEntry{data_name(*pair), colours::data, true},
                                     LegendEntry{"model: exp ln p", colours::samples, true}};
            draw_legend(canvas, {axes.box.right(), axes.box.y - 10}, Align::end, entries);
          }};
}

Picture maps(const SharedDensities& pair, double top, const std::string& title,
             const std::string& note) {
  const ViewLimits view{pair->model.x, pair->model.y};
  const double width = 310, height = width * view.y.width() / view.x.width();
  DensityGrid difference = pair->model;
  for (std::size_t i = 0; i < difference.density.size(); ++i)
    difference.density[i] -= pair->data.density[i];
  double max_difference = 0;
  for (double v : difference.density)
    max_difference = std::max(max_difference, std::isfinite(v) ? std::abs(v) : 0);
  if (!(max_difference > 0)) max_difference = 1;
  const std::array rasters{heat_map(pair->data, top, sequential_colour),
                           heat_map(pair->model, top, sequential_colour),
                           heat_map(difference, max_difference, diverging_colour)};
  const std::size_t panels = pair->exact ? 3 : 2;
  // The colour bar of each scale is to the right of its last panel.
  const Row row = make_row(2, width, height, {.right = 96}, note);
  const Box second = row.panel(1), third{second.right() + 90, second.y, width, height};
  return {pair->exact ? third.right() + 96 : row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            const std::array boxes{row.panel(0), second, third};
            const std::array heads{data_name(*pair), std::string("model: exp ln p"),
                                   std::string("model less data")};
            for (std::size_t k = 0; k < panels; ++k) {
              const Axes axes{boxes[k], view.x, view.y};
              axes.draw(canvas, {heads[k], "x\u2081", k == 0 ? "x\u2082" : "", true, k == 0});
              canvas.image(axes.box, rasters[k], true);
              canvas.edge(axes.box, colours::frame, 0.9);
            }
            draw_colour_bar(canvas, {second.right() + 18, second.y, 13, height}, {0, top},
                            panels == 2 ? "density" : "", sequential_colour);
            if (panels == 3) {
              draw_colour_bar(canvas, {third.right() + 18, third.y, 13, height},
                              {-max_difference, max_difference}, "difference",
                              [](double part) { return diverging_colour(2 * part - 1); });
            }
          }};
}

}  // namespace

Picture likelihood_figure(const DensityPair& pair, const std::string& title) {
  check_grid(pair.model, pair.data);
  check_grid(pair.data, pair.model);
  double top = std::max(greatest(pair.model), greatest(pair.data));
  if (!(top > 0)) top = 1;
  const std::string note = joined(std::array{
      fmt::format("the model's mass in the picture: {:.3f}", mass(pair.model)),
      std::string(pair.exact ? "" : "the data's density is a Gaussian kernel estimate")});
  const auto shared = std::make_shared<const DensityPair>(pair);
  return pair.model.rows == 1 ? likelihood_curves(shared, top, title, note)
                              : maps(shared, top, title, note);
}

}  // namespace pushforward::app
