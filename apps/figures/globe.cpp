#include "apps/figures/globe.h"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "apps/figures/panels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {
namespace {

using Vector = std::array<double, 3>;
constexpr double kDegree = std::numbers::pi / 180;

Vector on_globe(double latitude, double longitude) {
  const double a = kDegree * latitude, b = kDegree * longitude;
  return {std::cos(a) * std::cos(b), std::cos(a) * std::sin(b), std::sin(a)};
}

std::vector<Vector> vectors_of(const Points& points) {
  detail::check(points.cols == 2 || points.cols == 3, "plot", "points of ", points.cols,
                " columns on a globe; give latitude and longitude, or unit vectors");
  std::vector<Vector> all;
  for (std::size_t r = 0; r < points.rows; ++r) {
    const double* x = points.values.data() + r * points.cols;
    all.push_back(points.cols == 3 ? Vector{x[0], x[1], x[2]} : on_globe(x[0], x[1]));
  }
  return all;
}

// A direction from which the globe is seen: `out` points to the eye, `right` and `up` span the page.
struct View3 {
  Vector right, up, out;
  Spot spot(const Vector& x) const { return {along(right, x), along(up, x)}; }
  bool sees(const Vector& x) const { return along(out, x) >= 0; }
  static double along(const Vector& a, const Vector& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  }
};

View3 view_from(double latitude, double longitude) {
  const double a = kDegree * latitude, b = kDegree * longitude;
  return {{-std::sin(b), std::cos(b), 0},
          {-std::sin(a) * std::cos(b), -std::sin(a) * std::sin(b), std::cos(a)},
          on_globe(latitude, longitude)};
}

// Returns latitude and longitude of the mean direction, rounded to 5 degrees; (0, 0) without one.
std::array<double, 2> mean_place(const std::vector<Vector>& points) {
  Vector sum{0, 0, 0};
  for (const Vector& x : points)
    for (std::size_t k = 0; k < 3; ++k)
      if (std::isfinite(x[k])) sum[k] += x[k];
  const double flat = std::hypot(sum[0], sum[1]), size = std::hypot(flat, sum[2]);
  if (size <= 1e-9 * static_cast<double>(points.size()) || points.empty()) return {0, 0};
  const auto rounded = [](double angle) { return 5 * std::round(angle / kDegree / 5); };
  return {rounded(std::atan2(sum[2], flat)), flat > 0 ? rounded(std::atan2(sum[1], sum[0])) : 0.};
}

// Adds the visible part of a curve.
template <class Place>
void add_curve(const View3& view, int steps, const Place& place, Lines& lines) {
  std::vector<Spot> run;
  for (int k = 0; k <= steps; ++k) {
    const Vector x = place(k / double(steps));
    if (view.sees(x)) run.push_back(view.spot(x));
    if ((!view.sees(x) || k == steps) && run.size() > 1) lines.lines.push_back(run);
    if (!view.sees(x)) run.clear();
  }
}

Lines graticule(const View3& view) {
  Lines lines{{}, 0.5, {colours::ink.faded(0.18)}};
  for (int longitude = -180; longitude < 180; longitude += 30)
    add_curve(
        view, 90, [&](double s) { return on_globe(180 * s - 90, longitude); }, lines);
  for (int latitude = -60; latitude <= 60; latitude += 30)
    add_curve(
        view, 180, [&](double s) { return on_globe(latitude, 360 * s - 180); }, lines);
  return lines;
}

Lines outline() {
  Lines lines{{{}}, 0.9, {colours::ink.faded(0.5)}};
  for (int k = 0; k <= 180; ++k)
    lines.lines[0].push_back({std::cos(2 * kDegree * k), std::sin(2 * kDegree * k)});
  return lines;
}

std::string place_words(double latitude, double longitude) {
  const auto words = [](double angle, const char* above, const char* below) {
    const auto whole = static_cast<long>(std::lround(std::abs(angle)));
    return std::to_string(whole) + "\u00b0" + (whole == 0 ? "" : angle > 0 ? above : below);
  };
  return words(latitude, " N", " S") + ", " + words(longitude, " E", " W");
}

Panel globe(const std::vector<Vector>& points, const View3& view, const std::string& name,
            const Colour& hue) {
  Panel panel;
  panel.axes = false;
  panel.x = panel.y = {-1.04, 1.04};
  panel.title = name;
  panel.marks.push_back(graticule(view));
  panel.marks.push_back(outline());
  Dots dots{{}, 1, {hue.faded(0.5)}};
  for (const Vector& x : points)
    if (std::isfinite(x[0] + x[1] + x[2]) && view.sees(x)) dots.at.push_back(view.spot(x));
  dots.radius = dots.at.size() > 3000 ? 0.9 : dots.at.size() > 600 ? 1.3 : 2;
  if (points.empty()) panel.placard = "no points";
  panel.marks.push_back(std::move(dots));
  return panel;
}

}  // namespace

Figure globe_figure(const Points& samples, const Points& data, const std::string& title) {
  const std::vector<Vector> of_data = vectors_of(data), of_samples = vectors_of(samples);
  const auto [latitude, longitude] = mean_place(of_data.empty() ? of_samples : of_data);
  const double behind = longitude > 0 ? longitude - 180 : longitude + 180;
  Figure figure{title, {}, {{"data", colours::data}, {"samples", colours::samples}}, {}, 4, {}};
  const std::array views{view_from(latitude, longitude), view_from(-latitude, behind)};
  const std::array places{place_words(latitude, longitude), place_words(-latitude, behind)};
  for (std::size_t set = 0; set < 2; ++set)
    for (std::size_t k = 0; k < 2; ++k)
      figure.panels.push_back(globe(set == 0 ? of_data : of_samples, views[k],
                                    (set == 0 ? "data from " : "samples from ") + places[k],
                                    set == 0 ? colours::data : colours::samples));
  return figure;
}

}  // namespace pushforward::app
