#include "apps/globe/sphere.h"

#include <cmath>
#include <numbers>

#include "autograd/tensor/check.h"

namespace pushforward::app {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

Colour coast_colour() { return colours::ink.faded(0.55); }

// Returns latitude and longitude of the mean direction, rounded to 5 degrees; (0, 0) without one.
std::array<double, 2> mean_place(const std::vector<Vector3>& points) {
  Vector3 sum{0, 0, 0};
  for (const Vector3& x : points)
    for (std::size_t k = 0; k < 3; ++k)
      if (std::isfinite(x[k])) sum[k] += x[k];
  const double flat = std::hypot(sum[0], sum[1]), size = std::hypot(flat, sum[2]);
  if (size <= 1e-9 * static_cast<double>(points.size()) || points.empty()) return {0, 0};
  const auto rounded = [](double angle) { return 5 * std::round(angle / kDegree / 5); };
  return {rounded(std::atan2(sum[2], flat)), flat > 0 ? rounded(std::atan2(sum[1], sum[0])) : 0.};
}

// Adds the visible parts of a curve through `count` points.
template <class Place>
void add_curve(const GlobeView& view, std::size_t count, const Place& place, Lines& lines) {
  std::vector<Spot> run;
  for (std::size_t k = 0; k < count; ++k) {
    const Vector3 x = place(k);
    const bool seen = view.sees(x);
    if (seen) run.push_back(view.spot(x));
    if (seen && k + 1 < count) continue;
    if (run.size() > 1) lines.lines.push_back(run);
    run.clear();
  }
}

Lines graticule(const GlobeView& view) {
  Lines lines{{}, 0.5, {colours::ink.faded(0.18)}};
  for (int longitude = -180; longitude < 180; longitude += 30)
    add_curve(
        view, 91, [&](std::size_t k) { return on_globe(2 * double(k) - 90, longitude); }, lines);
  for (int latitude = -60; latitude <= 60; latitude += 30)
    add_curve(
        view, 181, [&](std::size_t k) { return on_globe(latitude, 2 * double(k) - 180); }, lines);
  return lines;
}

Lines outline() {
  Lines lines{{{}}, 0.9, {colours::ink.faded(0.5)}};
  for (int k = 0; k <= 180; ++k)
    lines.lines[0].push_back({std::cos(2 * kDegree * k), std::sin(2 * kDegree * k)});
  return lines;
}

Lines coasts_of(const GlobeView& view, const Coastlines& coasts) {
  Lines lines{{}, 0.7, {coast_colour()}};
  for (const std::vector<Spot>& coast : coasts.lines)
    add_curve(
        view, coast.size(), [&](std::size_t k) { return on_globe(coast[k].y, coast[k].x); }, lines);
  return lines;
}

std::string angle_words(double angle, const char* above, const char* below) {
  const auto whole = static_cast<long>(std::lround(std::abs(angle)));
  return std::to_string(whole) + "\u00b0" + (whole == 0 ? "" : angle > 0 ? above : below);
}
std::string latitude_words(double angle) { return angle_words(angle, " N", " S"); }
std::string longitude_words(double angle) { return angle_words(angle, " E", " W"); }

}  // namespace

Vector3 on_globe(double latitude, double longitude) {
  const double a = kDegree * latitude, b = kDegree * longitude;
  return {std::cos(a) * std::cos(b), std::cos(a) * std::sin(b), std::sin(a)};
}

std::vector<Vector3> vectors_of(const Points& points) {
  check_shape("plot", points);
  detail::check(points.cols == 3 || points.rows == 0, "plot", "points of ", points.cols,
                " columns on a globe; give unit vectors of three numbers");
  std::vector<Vector3> all;
  for (std::size_t r = 0; r < points.rows; ++r)
    all.push_back({points.at(r, 0), points.at(r, 1), points.at(r, 2)});
  return all;
}

GlobeView view_from(double latitude, double longitude) {
  const double a = kDegree * latitude, b = kDegree * longitude;
  return {{-std::sin(b), std::cos(b), 0},
          {-std::sin(a) * std::cos(b), -std::sin(a) * std::sin(b), std::cos(a)},
          on_globe(latitude, longitude),
          latitude_words(latitude) + ", " + longitude_words(longitude)};
}

std::array<GlobeView, 2> both_sides(const std::vector<Vector3>& points) {
  const auto [latitude, longitude] = mean_place(points);
  const double behind = longitude > 0 ? longitude - 180 : longitude + 180;
  return {view_from(latitude, longitude), view_from(-latitude, behind)};
}

Panel empty_globe(const GlobeView& view, const Coastlines& coasts, double width) {
  Panel panel;
  panel.width = panel.height = width;
  panel.axes = false;
  panel.x = panel.y = {-1.04, 1.04};
  panel.marks.push_back(graticule(view));
  if (!coasts.lines.empty()) panel.marks.push_back(coasts_of(view, coasts));
  panel.marks.push_back(outline());
  return panel;
}

Panel empty_map(const Coastlines& coasts, double width, bool below) {
  Panel panel;
  panel.width = width;
  panel.height = width / 2;
  panel.x = {-180, 180};
  panel.y = {-90, 90};
  panel.x_numbers = panel.y_numbers = panel.axes = false;
  Lines grid{{}, 0.5, {colours::ink.faded(0.18)}};
  for (int longitude = -180; longitude <= 180; longitude += 30) {
    grid.lines.push_back({{double(longitude), -90}, {double(longitude), 90}});
    if (below && longitude % 60 == 0 && std::abs(longitude) < 180)
      panel.x_below.push_back({double(longitude), longitude_words(longitude)});
  }
  for (int latitude = -90; latitude <= 90; latitude += 30) {
    grid.lines.push_back({{-180, double(latitude)}, {180, double(latitude)}});
    if (std::abs(latitude) < 90)
      panel.y_names.push_back({double(latitude), latitude_words(latitude)});
  }
  panel.marks.push_back(std::move(grid));
  add_map_coasts(panel, coasts);
  return panel;
}

void add_map_coasts(Panel& panel, const Coastlines& coasts) {
  if (!coasts.lines.empty()) panel.marks.push_back(Lines{coasts.lines, 0.7, {coast_colour()}});
}

}  // namespace pushforward::app
