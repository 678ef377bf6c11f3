// Shows the density computed by a model beside that of the data.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "apps/figures/figures.h"
#include "apps/figures/panels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// Returns the integral of the density over the grid.
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

// The densities as they are drawn. If the data's density is a kernel estimate, the model's density
// is smoothed by the same kernel.
struct DrawnDensities {
  DensityGrid model, data;
  std::array<std::string, 2> names;
  std::string note;
};

DrawnDensities make_drawn(const DensityPair& pair) {
  DrawnDensities drawn{pair.model, pair.data, {"data: exact", "model: exp ln p"}, {}};
  const std::string whole =
      fmt::format("the model's mass in the picture: {:.3f}", mass(pair.model));
  drawn.note = whole;
  if (pair.exact) return drawn;
  for (double& value : drawn.model.density) value = std::isfinite(value) ? value : 0;
  smooth(drawn.model, pair.bandwidth);
  drawn.names = {"data: kernel estimate", "model: exp ln p, smoothed"};
  drawn.note =
      joined(std::array{"both are smoothed by Gaussian kernels of bandwidth " +
                            bandwidth_text(pair.bandwidth, pair.equal, pair.x_label, pair.y_label),
                        whole});
  return drawn;
}

void add_curves(Figure& figure, const DrawnDensities& drawn, double top, const DensityPair& pair) {
  Panel panel;
  panel.width = 620;
  panel.x = drawn.model.x;
  panel.y = {0, 1.08 * top};
  panel.x_label = pair.x_label;
  panel.y_label = "density";
  panel.marks.push_back(Lines{{make_curve(drawn.data)}, 4, {colours::data}});
  panel.marks.push_back(Lines{{make_curve(drawn.model)}, 1.6, {colours::samples}});
  figure.panels.push_back(std::move(panel));
  figure.legend = {{drawn.names[0], colours::data, true}, {drawn.names[1], colours::samples, true}};
}

void add_maps(Figure& figure, const DrawnDensities& drawn, double top, const DensityPair& pair) {
  DensityGrid difference = drawn.model;
  double worst = 0;
  for (std::size_t i = 0; i < difference.density.size(); ++i) {
    difference.density[i] -= drawn.data.density[i];
    if (std::isfinite(difference.density[i]))
      worst = std::max(worst, std::abs(difference.density[i]));
  }
  if (!(worst > 0)) worst = 1;
  Heat signed_map = heat_of(difference, 1);
  signed_map.range = {-worst, worst};
  signed_map.scale = ColourScale::diverging;
  const std::array heats{heat_of(drawn.data, top), heat_of(drawn.model, top), signed_map};
  const double width = 310;
  const double height =
      pair.equal ? width * drawn.model.y.width() / drawn.model.x.width() : std::round(0.8 * width);
  for (std::size_t k = 0; k < 3; ++k) {
    Panel panel = panel_of({drawn.model.x, drawn.model.y, width, height, pair.equal}, pair.x_label,
                           k == 0 ? pair.y_label : "");
    panel.title = k < 2 ? drawn.names[k] : "model less data";
    panel.y_numbers = k == 0;
    panel.marks.push_back(heats[k]);
    if (k == 1) panel.bar = ColourBar{{0, top}, "density", ColourScale::sequential};
    if (k == 2) panel.bar = ColourBar{{-worst, worst}, "difference", ColourScale::diverging};
    figure.panels.push_back(std::move(panel));
  }
  figure.columns = 3;
}

}  // namespace

Figure likelihood_figure(const DensityPair& pair, const std::string& title) {
  check_grid(pair.model, pair.data);
  check_grid(pair.data, pair.model);
  const DrawnDensities drawn = make_drawn(pair);
  double top = std::max(greatest(drawn.model), greatest(drawn.data));
  if (!(top > 0)) top = 1;
  Figure figure{title, {}, {}, {}, 1, {}};
  if (pair.model.rows == 1)
    add_curves(figure, drawn, top, pair);
  else
    add_maps(figure, drawn, top, pair);
  return figure.note(drawn.note);
}

}  // namespace pushforward::app
