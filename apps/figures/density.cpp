// Draws the densities of data and samples on one scale: heat maps in two dimensions, curves in one.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figures/figures.h"
#include "apps/figures/kernel.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

Picture density_curves(const ComparedPoints& pair, const std::string& title) {
  const std::array sets{&pair.data, &pair.samples};
  std::vector<double> reach;
  for (const Points* set : sets) {
    const Limits one = robust_limits(set->values);
    if (set->rows > 0) reach.insert(reach.end(), {one.low, one.high});
  }
  const Limits x = padded(find_limits(reach), 0.12);
  const double h = kernel_bandwidth(pair.data.rows > 0 ? pair.data : pair.samples, x, {}, 400, 1);
  std::array<DensityGrid, 2> grids;
  double top = 1e-300;
  for (std::size_t k = 0; k < 2; ++k) {
    grids[k] = kernel_density(*sets[k], x, {}, 400, 1, h);
    top = std::max(top, greatest(grids[k]));
  }
  const Limits y{0, pair.data.rows + pair.samples.rows > 0 ? 1.08 * top : 1};
  const std::string note =
      joined(std::array{pair.note, "kernel estimate, bandwidth " + short_number(h)});
  const Row row = make_row(1, 620, 300, {}, note);
  return {row.width, row.height,
          [=, counts = std::array{pair.data.rows, pair.samples.rows}](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            const Axes axes{row.panel(0), x, y};
            axes.draw(canvas, {"", "x", "density"});
            for (std::size_t k = 0; k < 2; ++k) {
              if (counts[k] == 0) continue;
              const Colour colour = k == 0 ? colours::data : colours::samples;
              canvas.clipped(axes.box, [&](Canvas& inside) {
                inside.line(make_curve(grids[k], axes), colour, 2);
              });
            }
            const std::array entries{LegendEntry{"data", colours::data, true},
                                     LegendEntry{"samples", colours::samples, true}};
            draw_legend(canvas, {axes.box.right(), axes.box.y - 10}, Align::end, entries);
          }};
}

Limits stretched(const Limits& x, double factor) { return {factor * x.low, factor * x.high}; }

Points stretched(Points points, double factor) {
  for (std::size_t i = 0; i < points.values.size(); i += points.cols) points.values[i] *= factor;
  return points;
}

}  // namespace

Picture density_figure(const Points& samples, const Points& data, const std::string& title) {
  const ComparedPoints pair = make_compared_points(samples, data);
  if (pair.data.cols == 1) return density_curves(pair, title);
  const std::array sets{&pair.data, &pair.samples};
  ViewLimits view = common_view(sets);
  const double width = 350, height = fitting_height(view, width);
  fit_aspect(view.x, view.y, width, height);
  const std::size_t columns = 180, rows = std::size_t(std::round(columns * height / width));
  // Kernels are round on the page. If the columns have different units, x is
  // converted to the unit of y.
  const bool one_unit = share_a_unit(view.x, view.y);
  const double factor = one_unit ? 1 : view.y.width() / height / (view.x.width() / width);
  const Limits x = stretched(view.x, factor);
  const Points& reference = pair.data.rows > 0 ? pair.data : pair.samples;
  const double h = kernel_bandwidth(stretched(reference, factor), x, view.y, columns, rows);
  std::array<DensityGrid, 2> grids;
  double top = 0;
  for (std::size_t k = 0; k < 2; ++k) {
    grids[k] = kernel_density(stretched(*sets[k], factor), x, view.y, columns, rows, h);
    for (double& value : grids[k].density) value *= factor;  // convert back to the unit of x
    top = std::max(top, greatest(grids[k]));
  }
  if (!(top > 0) || !std::isfinite(top)) top = 1;
  const std::array maps{heat_map(grids[0], top, sequential_colour),
                        heat_map(grids[1], top, sequential_colour)};
  const std::string note = joined(std::array{
      pair.note, "Gaussian kernel estimates, one bandwidth for both: " + short_number(h) +
                     (one_unit ? "" : " (" + pair.y_label + "), as long on both axes")});
  const Row row = make_row(2, width, height, {.right = 96}, note);
  const std::array counts{pair.data.rows, pair.samples.rows};
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            for (std::size_t k = 0; k < 2; ++k) {
              const Axes axes{row.panel(k), view.x, view.y};
              axes.draw(canvas, {panel_name(k, counts[0], counts[1]), pair.x_label,
                                 k == 0 ? pair.y_label : "", true, k == 0});
              if (counts[k] == 0) {
                draw_placard(canvas, axes.box, "no points");
                continue;
              }
              canvas.image(axes.box, maps[k], true);
              canvas.edge(axes.box, colours::frame, 0.9);
            }
            const Box last = row.panel(1);
            draw_colour_bar(canvas, {last.right() + 18, last.y, 13, last.height}, {0, top},
                            "density", sequential_colour);
          }};
}

}  // namespace pushforward::app
