// The unit sphere on a page: views of it from one side, meridians and parallels, places in words.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "apps/figures/data.h"
#include "apps/globe/coastlines.h"

namespace pushforward::app {

using Vector3 = std::array<double, 3>;

// Returns the unit vector of a place, with latitude and longitude in degrees.
Vector3 on_globe(double latitude, double longitude);

// Returns points (N, 3) as vectors. Throws [plot] on points of other columns.
std::vector<Vector3> vectors_of(const Points& points);

// A direction from which the globe is seen, in orthographic projection: `out` points to the eye,
// `right` and `up` span the page.
struct GlobeView {
  Vector3 right, up, out;
  std::string words;  // "30° N, 10° E"

  // Returns the place on the page; of a vector as well, without its part along `out`.
  Spot spot(const Vector3& x) const { return {along(right, x), along(up, x)}; }
  bool sees(const Vector3& x) const { return along(out, x) >= 0; }
  static double along(const Vector3& a, const Vector3& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  }
};

// Returns the view from above a place, in degrees.
GlobeView view_from(double latitude, double longitude);

// Returns the views from above the mean direction of the finite points, rounded to 5 degrees, and from
// the opposite side. Without a mean direction the first is that of latitude and longitude 0.
std::array<GlobeView, 2> both_sides(const std::vector<Vector3>& points);

// Returns a panel of this width with the outline of a globe, its meridians and parallels every 30
// degrees, and its coastlines.
Panel empty_globe(const GlobeView& view, const Coastlines& coasts, double width);

// Returns a panel of this width with all longitudes and latitudes, a grid of them every 30 degrees,
// and the coastlines. `names` are at its left, and at its lower edge if `below`.
Panel empty_map(const Coastlines& coasts, double width, bool below);
// Draws the coastlines over the other marks of a map.
void add_map_coasts(Panel& panel, const Coastlines& coasts);

}  // namespace pushforward::app
