#include "apps/plot_data.h"

#include <algorithm>
#include <array>

namespace pushforward {
namespace {

// The limits of column `col` over all times.
Limits span_of(const Trajectories& flow, std::size_t col) {
  std::vector<double> values;
  for (std::size_t i = col; i < flow.values.size(); i += flow.cols)
    values.push_back(flow.values[i]);
  return robust_limits(values);
}

// An even grid over the region that the flow passes through: 22 x 22 points, or 200 on a line.
Points grid_over(const Trajectories& flow) {
  const Limits x = span_of(flow, 0);
  Points grid;
  grid.cols = flow.cols;
  const auto at = [](Limits l, int i, int n) { return l.low + (l.high - l.low) * (i + 0.5) / n; };
  if (flow.cols == 1) {
    for (int i = 0; i < 200; ++i) grid.values.push_back(at(x, i, 200));
  } else {
    const Limits y = span_of(flow, 1);
    for (int j = 0; j < 22; ++j) {
      for (int i = 0; i < 22; ++i)
        grid.values.insert(grid.values.end(), {at(x, i, 22), at(y, j, 22)});
    }
  }
  grid.rows = grid.values.size() / grid.cols;
  return grid;
}

}  // namespace

Points as_points(const NdArray& array) { return {array.values, array.shape[0], array.shape[1]}; }

Trajectories as_trajectories(const NdArray& array) {
  return {array.values, array.shape[0], array.shape[1], array.shape[2], {}};
}

std::vector<FieldSlice> field_slices(const Engine& engine, const Config& config,
                                     const RunRequest& run, const Trajectories& flow) {
  std::vector<FieldSlice> slices;
  if (flow.cols > 2) return slices;
  const Points grid = grid_over(flow);
  const NdArray at{{grid.rows, grid.cols}, grid.values, "<f8"};
  for (double t : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    slices.push_back({t, grid, as_points(engine.velocity(config, run, at, t)), points_at(flow, t)});
  }
  return slices;
}

}  // namespace pushforward
