// The messages about the flow of points in one or two dimensions: field, density and pairs.
#pragma once

#include <vector>

#include "apps/figures/data.h"
#include "apps/json/json.h"
#include "apps/page/message.h"
#include "apps/plot/material.h"

namespace pushforward::app {

// The part of the plane, or of the line, that the page shows. For D = 1 only `x` has a meaning.
struct ShownPlane {
  Limits x, y;
  std::size_t dim = 2;

  Json limits_json() const { return Json::array({x.low, x.high, y.low, y.high}); }
};

// Returns the trajectory as the page shows it: in units of the spread at each time if the noise is
// much wider than the data.
Trajectories drawn_paths(const Config& config, PlotMaterial& material);

// Returns limits that hold the data, the ends of the paths, and most of their starts.
ShownPlane make_plane(const Trajectories& paths, const Points& data);

// Appends messages "field" for several times, "density" and "pairs" to `messages`. For a message
// that is not possible for the run, appends an object {panel, why} with the reason to `absent`.
void record_plane(const Config& config, const PlotRequest& request, PlotMaterial& material,
                  const ShownPlane& plane, bool has_data, std::vector<PageMessage>& messages,
                  Json& absent);

}  // namespace pushforward::app
