#include "apps/recording/plane.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "apps/page/crossings.h"
#include "apps/plot/data.h"
#include "apps/plot/no_picture.h"
#include "flow/solve/integrate.h"

namespace pushforward::app {
namespace {

// The number of points along a side of the grids for D = 2, and the number of points of the grids
// for D = 1.
constexpr int kFieldSide = 22, kDensitySide = 72, kFieldPoints = 120, kDensityPoints = 400;
constexpr int kPairs = 128;

// Returns the middles of the cells of a grid over the plane, (side^dim, dim). The first coordinate
// changes fastest.
NdArray grid_over_plane(const ShownPlane& plane, int side) {
  const auto at = [&](const Limits& l, int i) { return l.low + l.width() * (i + 0.5) / side; };
  NdArray grid{{0, plane.dim}, {}, "<f8"};
  for (int j = 0; j < (plane.dim == 2 ? side : 1); ++j) {
    for (int i = 0; i < side; ++i) {
      grid.values.push_back(at(plane.x, i));
      if (plane.dim == 2) grid.values.push_back(at(plane.y, j));
    }
  }
  grid.shape[0] = grid.values.size() / plane.dim;
  return grid;
}

std::vector<std::size_t> grid_shape(const ShownPlane& plane, int side) {
  const auto n = static_cast<std::size_t>(side);
  return plane.dim == 2 ? std::vector<std::size_t>{n, n} : std::vector<std::size_t>{n};
}

class PlaneRecorder {
 public:
  PlaneRecorder(const Config& config, const PlotRequest& request, const ShownPlane& plane,
                std::vector<PageMessage>& messages)
      : config_(config),
        request_(request),
        engine_(engine_of(config)),
        plane_(plane),
        messages_(messages) {}

  // Appends the field at 11 times. At an end where it is infinite it is that of 0.02 or 0.98.
  void field(bool exact) {
    RunRequest request = request_;
    request.exact = exact;
    if (exact) request.guidance.reset();
    for (int k = 0; k <= 10; ++k) {
      const double t = k / 10.;
      try {
        messages_.push_back(field_at(request, t));
      } catch (const std::invalid_argument&) {
        messages_.push_back(field_at(request, std::clamp(t, 0.02, 0.98)));
      }
    }
  }

  // Appends the density of the flow at t = 1. If the data can be read and its density has a closed
  // form, appends the density of the data, too.
  void density(bool has_data) {
    const int side = plane_.dim == 2 ? kDensitySide : kDensityPoints;
    const NdArray grid = grid_over_plane(plane_, side);
    // The exact flow ends in the data, so its density is that of the data.
    if (!request_.exact) {
      DensityRequest request;
      static_cast<RunRequest&>(request) = request_;
      request.solver = "dopri5";
      request.rtol = request.atol = 1e-3;
      const Densities found = engine_.log_density(config_, request, grid);
      add_density(found.log_density, side, false, found.failed);
    }
    // The exact density is that of all classes together.
    if (request_.label || !has_data) return;
    const NdArray own = engine_.data_log_density(config_, grid);
    if (own.values.empty() && request_.exact)
      throw NoPicture(Exit::usage,
                      "the exact flow ends in the points of the data, which have no density");
    if (!own.values.empty()) add_density(own, side, true, 0);
  }

  void pairs() {
    PairRequest request;
    static_cast<RunRequest&>(request) = request_;
    request.seed = request_.seed;
    request.n = kPairs;
    const BatchPairs found = engine_.pairs(config_, request);
    PageMessage message("pairs");
    message.head["coupling"] = config_.string("/coupling/type");
    if (plane_.dim == 2)
      message.head["crossings"] = count_crossings(found.x0.values, found.x1.values);
    message.add("x0", found.x0.shape, found.x0.values);
    message.add("x1", found.x1.shape, found.x1.values);
    messages_.push_back(std::move(message));
  }

 private:
  PageMessage field_at(const RunRequest& request, double t) const {
    const int side = plane_.dim == 2 ? kFieldSide : kFieldPoints;
    const double spread = spread_at(config_, t);
    NdArray grid = grid_over_plane(plane_, side);
    for (double& x : grid.values) x *= spread;
    NdArray u = engine_.velocity(config_, request, grid, t).points;
    for (double& v : u.values) v /= spread;
    PageMessage message("field");
    message.head["exact"] = request.exact;
    message.head["t"] = t;
    std::vector<std::size_t> shape = grid_shape(plane_, side);
    shape.push_back(plane_.dim);
    message.add("velocity", shape, u.values);
    return message;
  }

  void add_density(const NdArray& log_density, int side, bool exact, std::size_t failed) {
    PageMessage message("density");
    message.head["exact"] = exact;
    message.head["t"] = 1;
    message.head["failed"] = failed;
    message.add("log_density", grid_shape(plane_, side), log_density.values);
    messages_.push_back(std::move(message));
  }

  const Config& config_;
  const PlotRequest& request_;
  const Engine& engine_;
  const ShownPlane& plane_;
  std::vector<PageMessage>& messages_;
};

// Returns the points that are within the middle 96 % of each column.
Points middle_points(const Points& points) {
  std::vector<Limits> middle;
  for (std::size_t col = 0; col < points.cols; ++col) {
    const std::vector<double> values = column(points, col);
    middle.push_back({quantile(values, 0.02), quantile(values, 0.98)});
  }
  Points kept{{}, 0, points.cols};
  for (std::size_t row = 0; row < points.rows; ++row) {
    bool inside = true;
    for (std::size_t col = 0; col < points.cols; ++col)
      inside &= points.at(row, col) >= middle[col].low && points.at(row, col) <= middle[col].high;
    if (!inside) continue;
    for (std::size_t col = 0; col < points.cols; ++col) kept.values.push_back(points.at(row, col));
    ++kept.rows;
  }
  return kept;
}

}  // namespace

Trajectories drawn_paths(const Config& config, PlotMaterial& material) {
  return spreads_widely(config) ? by_spread(material.trajectory(), config) : material.trajectory();
}

ShownPlane make_plane(const Trajectories& paths, const Points& data) {
  const Points start = middle_points(points_at(paths, paths.t.front())),
               end = points_at(paths, paths.t.back());
  ShownPlane plane;
  plane.dim = paths.cols;
  if (paths.cols == 1) {
    std::vector<double> all = end.values;
    all.insert(all.end(), data.values.begin(), data.values.end());
    all.insert(all.end(), start.values.begin(), start.values.end());
    const Limits found = robust_limits(std::move(all));
    const double margin = 0.06 * found.width();
    plane.x = plane.y = {found.low - margin, found.high + margin};
    return plane;
  }
  std::vector<const Points*> sets{&start, &end};
  if (data.rows > 0) sets.push_back(&data);
  const View view = make_view(sets, make_projection(end).named, 1000, true);
  plane.x = view.x;
  plane.y = view.y;
  return plane;
}

void record_plane(const Config& config, const PlotRequest& request, PlotMaterial& material,
                  const ShownPlane& plane, bool has_data, std::vector<PageMessage>& messages,
                  Json& absent) {
  PlaneRecorder recorder(config, request, plane, messages);
  const auto attempt = [&](const char* panel, const std::function<void()>& record) {
    try {
      record();
    } catch (const Failure& e) {
      if (e.code != Exit::usage) throw;
      absent.push_back({{"panel", panel}, {"why", e.what()}});
    } catch (const std::invalid_argument& e) {
      absent.push_back({{"panel", panel}, {"why", e.what()}});
    } catch (const IntegrationFailure& e) {
      absent.push_back({{"panel", panel}, {"why", e.what()}});
    }
  };
  if (material.answers()) {
    attempt("field", [&] { recorder.field(request.exact); });
    attempt("density", [&] { recorder.density(has_data); });
  } else {
    const char* why = "its network was never trained without labels; give --label";
    for (const char* panel : {"field", "density"})
      absent.push_back({{"panel", panel}, {"why", why}});
  }
  if (!has_data) return;
  if (!request.exact && material.answers() && learns_exact_field(config, request))
    attempt("exact", [&] { recorder.field(true); });
  attempt("pairs", [&] { recorder.pairs(); });
}

}  // namespace pushforward::app
