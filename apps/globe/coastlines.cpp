#include "apps/globe/coastlines.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "apps/globe/shapefile.h"

namespace pushforward::app {
namespace {

// Returns whether the line between two points is an edge at which a polygon is cut.
bool is_cut(const Spot& a, const Spot& b) {
  const auto at_date_line = [](const Spot& s) { return std::abs(s.x) > 179.99; };
  return (at_date_line(a) && at_date_line(b)) || std::min(a.y, b.y) < -89.9 ||
         std::abs(a.x - b.x) > 180;
}

// Adds a part of a line, thinned out.
void add_thinned(const std::vector<Spot>& line, double least, Coastlines& to) {
  std::vector<Spot> kept;
  double reach = 0;
  for (std::size_t k = 0; k < line.size(); ++k) {
    const bool last = k + 1 == line.size();
    if (!kept.empty()) {
      const double away = std::hypot(line[k].x - kept.back().x, line[k].y - kept.back().y);
      reach = std::max(reach, std::hypot(line[k].x - line[0].x, line[k].y - line[0].y));
      if (away < least && !last) continue;
    }
    kept.push_back(line[k]);
  }
  if (reach >= least && kept.size() > 1) to.lines.push_back(std::move(kept));
}

}  // namespace

Coastlines coastlines_from(const std::string& path, double least) {
  Coastlines coasts;
  for (const std::vector<Spot>& outline : read_shapefile(path)) {
    std::vector<Spot> part;
    for (const Spot& spot : outline) {
      if (!part.empty() && is_cut(part.back(), spot)) {
        add_thinned(part, least, coasts);
        part.clear();
      }
      part.push_back(spot);
    }
    add_thinned(part, least, coasts);
  }
  return coasts;
}

Coastlines read_coastlines() {
  const char* chosen = std::getenv("PUSHFORWARD_COASTLINES");
  if (chosen != nullptr && *chosen != '\0') {
    Coastlines coasts = coastlines_from(chosen);
    coasts.note = std::string("coastlines from ") + chosen;
    return coasts;
  }
  if (!std::filesystem::exists(kCoastFile))
    return {
        {},
        std::string("no coastlines: the Debian package ") + kCoastPackage + " is not installed"};
  Coastlines coasts = coastlines_from(kCoastFile);
  coasts.note = "coastlines of GSHHG (Wessel, Smith 1996)";
  return coasts;
}

}  // namespace pushforward::app
