// Draws samples beside data: scatter panels with common limits, or histograms in one dimension.
#include <algorithm>
#include <array>
#include <cmath>

#include "apps/figures/figures.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

// Returns the density of `values` in `bins` equal parts of `limits`.
std::vector<double> histogram(const std::vector<double>& values, Limits limits, std::size_t bins) {
  std::vector<double> heights(bins, 0.0);
  for (double value : values) {
    const double place = (value - limits.low) / limits.width() * double(bins);
    if (place >= 0 && place <= double(bins)) ++heights[std::min(std::size_t(place), bins - 1)];
  }
  for (double& height : heights) {
    height /= std::max(1.0, double(values.size())) * limits.width() / double(bins);
  }
  return heights;
}

void draw_histogram(Canvas& canvas, const Axes& axes, const std::vector<double>& heights,
                    Colour colour) {
  std::vector<Spot> outline{axes.spot(axes.x.low, 0)};
  const double step = axes.x.width() / double(heights.size());
  for (std::size_t i = 0; i < heights.size(); ++i) {
    outline.push_back(axes.spot(axes.x.low + double(i) * step, heights[i]));
    outline.push_back(axes.spot(axes.x.low + double(i + 1) * step, heights[i]));
  }
  outline.push_back(axes.spot(axes.x.high, 0));
  canvas.clipped(axes.box, [&](Canvas& inside) {
    inside.polygon(outline, colour.faded(0.28));
    inside.line(outline, colour, 1.4);
  });
}

// Draws the legend of samples and data on the line of the title, ending at `right`.
void draw_roles(Canvas& canvas, double right) {
  const std::array entries{LegendEntry{"data", colours::data},
                           LegendEntry{"samples", colours::samples}};
  draw_legend(canvas, {right, 25}, Align::end, entries);
}

Picture histograms(const Points& samples, const Points& data, std::string title, std::string note) {
  const Row row = make_row(3, 300, 240, {}, note);
  const std::array ends{robust_limits(data.values), robust_limits(samples.values)};
  std::vector<double> reach;
  if (data.rows > 0) reach.insert(reach.end(), {ends[0].low, ends[0].high});
  if (samples.rows > 0) reach.insert(reach.end(), {ends[1].low, ends[1].high});
  const Limits x = padded(find_limits(reach), 0.05);
  const double smaller = double(std::max<std::size_t>(1, std::min(samples.rows, data.rows)));
  const auto bins = std::size_t(std::clamp(3 * std::cbrt(smaller), 10.0, 80.0));
  const std::vector<double> ours = histogram(samples.values, x, bins),
                            theirs = histogram(data.values, x, bins);
  double top = 1e-300;
  for (double height : ours) top = std::max(top, height);
  for (double height : theirs) top = std::max(top, height);
  const Limits y{0, samples.rows + data.rows > 0 ? 1.08 * top : 1};
  const auto counts = std::array{data.rows, samples.rows};
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            for (std::size_t k = 0; k < 3; ++k) {
              const Axes axes{row.panel(k), x, y};
              axes.draw(canvas, {panel_name(k, counts[0], counts[1]), "x", k == 0 ? "density" : "",
                                 true, k == 0});
              if (k != 1 && counts[0] > 0) draw_histogram(canvas, axes, theirs, colours::data);
              if (k != 0 && counts[1] > 0) draw_histogram(canvas, axes, ours, colours::samples);
            }
            draw_roles(canvas, row.panel(2).right());
          }};
}

}  // namespace

std::string panel_name(std::size_t panel, std::size_t data, std::size_t samples) {
  if (panel == 2) return "overlay";
  const double count = double(panel == 0 ? data : samples);
  return (panel == 0 ? "data" : "samples") + std::string("  (n = ") + whole_number(count) + ")";
}

Picture samples_figure(const Points& samples, const Points& data, const std::string& title) {
  const ComparedPoints pair = make_compared_points(samples, data);
  if (pair.data.cols == 1) return histograms(pair.samples, pair.data, title, pair.note);
  const std::array sets{&pair.data, &pair.samples};
  ViewLimits view = common_view(sets);
  const double width = 300, height = fitting_height(view, width);
  fit_aspect(view.x, view.y, width, height);
  const Row row = make_row(3, width, height, {}, pair.note);
  const std::array dots{dot_for(pair.data.rows, width * height),
                        dot_for(pair.samples.rows, width * height)};
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, pair.note);
            for (std::size_t k = 0; k < 3; ++k) {
              const Axes axes{row.panel(k), view.x, view.y};
              axes.draw(canvas, {panel_name(k, pair.data.rows, pair.samples.rows), pair.x_label,
                                 k == 0 ? pair.y_label : "", true, k == 0});
              if (k < 2) {
                const Points& points = k == 0 ? pair.data : pair.samples;
                draw_points(canvas, axes, points, dots[k],
                            k == 0 ? colours::data : colours::samples);
                if (points.rows == 0) draw_placard(canvas, axes.box, "no points");
              } else {
                draw_mixed(canvas, axes, pair.data, dots[0], colours::data, pair.samples, dots[1],
                           colours::samples);
              }
            }
            draw_roles(canvas, row.panel(2).right());
          }};
}

}  // namespace pushforward::app
