#include "flow/maps/flow_map.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

Var jump(const FlowMap& v, Var x, Var s, Var t, Labels labels) {
  const Var mean = v(x, s, t, labels);
  check(mean && mean.shape() == x.shape(), "flow_map", "the map gave ",
        mean ? mean.shape() : Shape{}, " for points ", x.shape(),
        "; a mean velocity has the shape of its points");
  return x + broadcast_cols(t - s, x.shape().cols()) * mean;
}

Field diagonal(FlowMap v) {
  check(bool(v), "flow_map", "nothing is given whose diagonal could be taken");
  return [v = std::move(v)](Var x, Var t, Labels labels) { return v(x, t, t, labels); };
}

namespace {

// The times of a grid, rounded to `real` as on a tape, and for each the time that follows it. The
// last time is followed by itself.
struct JumpTimes {
  std::vector<real> from, to;

  explicit JumpTimes(const std::vector<double>& grid) {
    check(grid.size() >= 2, "jumps", "the grid has ", grid.size(),
          " times; a jump needs a first and a last one");
    const bool rises = grid[1] > grid[0];
    for (std::size_t k = 0; k + 1 < grid.size(); ++k) {
      check(grid[k] != grid[k + 1] && (grid[k + 1] > grid[k]) == rises, "jumps", "the times ",
            grid[k], " and ", grid[k + 1],
            " follow each other; the times of a grid must all rise, or all fall");
      from.push_back(static_cast<real>(grid[k]));
      to.push_back(static_cast<real>(grid[k + 1]));
    }
    from.push_back(static_cast<real>(grid.back()));
    to.push_back(static_cast<real>(grid.back()));
  }

  real after(real t) const {
    const auto found = std::ranges::find(from, t);
    check(found != from.end(), "jumps", "no jump starts at t = ", static_cast<double>(t),
          "; the times of the solver must be those of the grid");
    return to[static_cast<std::size_t>(found - from.begin())];
  }
};

}  // namespace

Field jumps_along(FlowMap v, std::vector<double> grid) {
  check(bool(v), "flow_map", "nothing is given that could jump");
  return [v = std::move(v), times = JumpTimes(grid)](Var x, Var s, Labels labels) {
    std::span<real> ends;
    const Var t = x.tape->uninitialised(s.shape(), ends, "t");
    std::ranges::transform(s.values(), ends.begin(), [&](real at) { return times.after(at); });
    return v(x, s, t, labels);
  };
}

}  // namespace pushforward::inline PF_REAL
