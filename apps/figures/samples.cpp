// Shows samples beside data: scatter panels with common limits, or histograms in one dimension.
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

// Adds the bars of a histogram, and its outline.
void add_histogram(Panel& panel, const std::vector<double>& heights, const Colour& colour) {
  Bars bars{{}, {colour.faded(0.28)}};
  std::vector<Spot> outline{{panel.x.low, 0}};
  const double step = panel.x.width() / double(heights.size());
  for (std::size_t i = 0; i < heights.size(); ++i) {
    const double low = panel.x.low + double(i) * step;
    bars.at.push_back({{low, low + step}, {0, heights[i]}});
    outline.push_back({low, heights[i]});
    outline.push_back({low + step, heights[i]});
  }
  outline.push_back({panel.x.high, 0});
  panel.marks.push_back(std::move(bars));
  panel.marks.push_back(Lines{{std::move(outline)}, 1.4, {colour}});
}

void add_histograms(Figure& figure, const ComparedPoints& pair) {
  const std::array ends{robust_limits(pair.data.values), robust_limits(pair.samples.values)};
  std::vector<double> reach;
  if (pair.data.rows > 0) reach.insert(reach.end(), {ends[0].low, ends[0].high});
  if (pair.samples.rows > 0) reach.insert(reach.end(), {ends[1].low, ends[1].high});
  const Limits x = padded(find_limits(reach), 0.05);
  const std::array counts{pair.data.rows, pair.samples.rows};
  const double smaller = double(std::max<std::size_t>(1, std::min(counts[0], counts[1])));
  const auto bins = std::size_t(std::clamp(3 * std::cbrt(smaller), 10.0, 80.0));
  const std::array heights{histogram(pair.data.values, x, bins),
                           histogram(pair.samples.values, x, bins)};
  double top = 1e-300;
  for (const auto& one : heights) {
    for (double height : one) top = std::max(top, height);
  }
  for (std::size_t k = 0; k < 3; ++k) {
    Panel panel;
    panel.height = 240;
    panel.x = x;
    panel.y = {0, counts[0] + counts[1] > 0 ? 1.08 * top : 1};
    panel.title = panel_name(k, counts[0], counts[1]);
    panel.x_label = pair.x_label;
    panel.y_label = k == 0 ? "density" : "";
    panel.y_numbers = k == 0;
    if (k != 1 && counts[0] > 0) add_histogram(panel, heights[0], colours::data);
    if (k != 0 && counts[1] > 0) add_histogram(panel, heights[1], colours::samples);
    figure.panels.push_back(std::move(panel));
  }
}

// If one set has this many times as many points as the other, it hides the other in the overlay.
constexpr std::size_t kMuchMore = 3;
// The dots of one set have at most this many times the radius of those of the other.
constexpr double kLargestRatio = 1.8;

// Returns `rows` rows of the set at equal distances, or all if it has no more. Rows of data may have an
// order.
Points evenly_chosen(const Points& set, std::size_t rows) {
  if (set.rows <= rows) return set;
  Points chosen{{}, rows, set.cols, set.names, set.kinds};
  for (std::size_t k = 0; k < rows; ++k)
    for (std::size_t c = 0; c < set.cols; ++c)
      chosen.values.push_back(set.at(k * set.rows / rows, c));
  return chosen;
}

// Returns the number of points of each set in the overlay, or 0 for all of them.
std::size_t points_in_overlay(const Points& a, const Points& b) {
  constexpr std::size_t kFewest = 100;
  const std::size_t fewer = std::min(a.rows, b.rows), more = std::max(a.rows, b.rows);
  return fewer == 0 || more <= kMuchMore * fewer ? 0 : std::max(fewer, kFewest);
}

void add_scatters(Figure& figure, const ComparedPoints& pair) {
  const std::array sets{&pair.data, &pair.samples};
  const std::array hues{colours::data, colours::samples};
  const View view = make_view(sets, pair.named, 300);
  const double area = view.width * view.height;
  std::array dots{dot_for(pair.data.rows, area), dot_for(pair.samples.rows, area)};
  const double radius = kLargestRatio * std::min(dots[0].radius, dots[1].radius);
  if (pair.data.rows > 0 && pair.samples.rows > 0)
    for (Dot& dot : dots) dot.radius = std::min(dot.radius, radius);
  const std::size_t most = points_in_overlay(pair.data, pair.samples);
  for (std::size_t k = 0; k < 3; ++k) {
    Panel panel = panel_of(view, pair.x_label, k == 0 ? pair.y_label : "");
    panel.title = panel_name(k, pair.data.rows, pair.samples.rows);
    panel.y_numbers = k == 0;
    if (k == 2 && most > 0) {
      const Points data = evenly_chosen(pair.data, most),
                   samples = evenly_chosen(pair.samples, most);
      Dot dot = dot_for(data.rows + samples.rows, area);
      dot.radius = std::min(dot.radius, std::max(dots[0].radius, dots[1].radius));
      panel.marks.push_back(mixed_dots(data, dot, hues[0], samples, dot, hues[1]));
      panel.title = "overlay  (" + whole_number(double(most)) + " of each at most)";
    } else if (k == 2) {
      panel.marks.push_back(
          mixed_dots(pair.data, dots[0], hues[0], pair.samples, dots[1], hues[1]));
    } else {
      panel.marks.push_back(dots_of(*sets[k], dots[k], hues[k]));
      if (sets[k]->rows == 0) panel.placard = "no points";
    }
    figure.panels.push_back(std::move(panel));
  }
}

}  // namespace

std::string panel_name(std::size_t panel, std::size_t data, std::size_t samples) {
  if (panel == 2) return "overlay";
  const double count = double(panel == 0 ? data : samples);
  return (panel == 0 ? "data" : "samples") + std::string("  (n = ") + whole_number(count) + ")";
}

Figure samples_figure(const Points& samples, const Points& data, const std::string& title) {
  const ComparedPoints pair = make_compared_points(samples, data);
  Figure figure{title, {}, {{"data", colours::data}, {"samples", colours::samples}}, {}, 3, {}};
  if (pair.data.cols == 1)
    add_histograms(figure, pair);
  else
    add_scatters(figure, pair);
  return figure.note(pair.note);
}

}  // namespace pushforward::app
