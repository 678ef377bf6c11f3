// Shows the densities of data and samples on one scale: heat maps in two dimensions, curves in one.
#include <algorithm>
#include <array>
#include <cmath>

#include "apps/figures/figures.h"
#include "apps/figures/kernel.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

Figure density_curves(const ComparedPoints& pair, const std::string& title) {
  const std::array sets{&pair.data, &pair.samples};
  const std::array hues{colours::data, colours::samples};
  std::vector<double> reach;
  for (const Points* set : sets) {
    const Limits one = robust_limits(set->values);
    if (set->rows > 0) reach.insert(reach.end(), {one.low, one.high});
  }
  Panel panel;
  panel.width = 620;
  panel.x = padded(find_limits(reach), 0.12);
  panel.x_label = pair.x_label;
  panel.y_label = "density";
  const Bandwidth h =
      kernel_bandwidth(pair.data.rows > 0 ? pair.data : pair.samples, panel.x, {}, 400, 1);
  double top = 1e-300;
  for (std::size_t k = 0; k < 2; ++k) {
    const DensityGrid grid = kernel_density(*sets[k], panel.x, {}, 400, 1, h);
    top = std::max(top, greatest(grid));
    if (sets[k]->rows > 0) panel.marks.push_back(Lines{{make_curve(grid)}, 2, {hues[k]}});
  }
  panel.y = {0, pair.data.rows + pair.samples.rows > 0 ? 1.08 * top : 1};
  Figure figure{title, {}, {}, {std::move(panel)}, 1, {}};
  for (std::size_t k = 0; k < 2; ++k)
    figure.legend.push_back({panel_name(k, pair.data.rows, pair.samples.rows), hues[k], true});
  return figure.note(joined(std::array{
      pair.note, "both are Gaussian kernel estimates of bandwidth " + short_number(h.x)}));
}

}  // namespace

Figure density_figure(const Points& samples, const Points& data, const std::string& title) {
  const ComparedPoints pair = make_compared_points(samples, data);
  if (pair.data.cols == 1) return density_curves(pair, title);
  const std::array sets{&pair.data, &pair.samples};
  const View view = make_view(sets, pair.named, 350);
  const std::size_t columns = 180,
                    rows = std::size_t(std::round(columns * view.height / view.width));
  const Points& reference = pair.data.rows > 0 ? pair.data : pair.samples;
  const Bandwidth h = kernel_bandwidth(reference, view.x, view.y, columns, rows, view.equal);
  std::array<DensityGrid, 2> grids;
  double top = 0;
  for (std::size_t k = 0; k < 2; ++k) {
    grids[k] = kernel_density(*sets[k], view.x, view.y, columns, rows, h);
    top = std::max(top, greatest(grids[k]));
  }
  if (!(top > 0) || !std::isfinite(top)) top = 1;
  Figure figure{title, {}, {}, {}, 2, {}};
  for (std::size_t k = 0; k < 2; ++k) {
    Panel panel = panel_of(view, pair.x_label, k == 0 ? pair.y_label : "");
    panel.title = panel_name(k, pair.data.rows, pair.samples.rows);
    panel.y_numbers = k == 0;
    if (sets[k]->rows == 0)
      panel.placard = "no points";
    else
      panel.marks.push_back(heat_of(grids[k], top));
    if (k == 1) panel.bar = ColourBar{{0, top}, "density", ColourScale::sequential};
    figure.panels.push_back(std::move(panel));
  }
  return figure.note(
      joined(std::array{pair.note, "both are Gaussian kernel estimates of bandwidth " +
                                       bandwidth_text(h, view.equal, pair.x_label, pair.y_label)}));
}

}  // namespace pushforward::app
