#include "flow/solve/grid_driver.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>
#include <utility>

namespace pushforward::inline PF_REAL {

using detail::check;

GridDriver::GridDriver(Parameterization parameterization, int rows, int dim)
    : parameterization_(std::move(parameterization)), dim_(dim) {
  check(rows > 0 && dim > 0, "integrate", "a state of ", rows, " rows of ", dim,
        " numbers is empty; give at least one of both");
  t_.resize(rows);
  costs_.resize(rows);
  for (auto* v : {&x_, &x1_}) v->resize(static_cast<std::size_t>(rows) * dim);
  samples_.reserve(rows);
}

void GridDriver::run(const Rhs& rhs, int rows, std::span<const double> grid, real* x,
                     const SaveRequest& saves, int first_sample) {
  check(rows > 0 && rows <= static_cast<int>(costs_.size()), "integrate", rows,
        " rows given to a solver made for 1 to ", costs_.size());
  check_grid(grid);
  const int steps = static_cast<int>(grid.size()) - 1;
  check_saves(saves.points, steps);
  check(bool(rhs), "integrate", "no right-hand side is given");
  check(saves.points.empty() || saves.to, "integrate", saves.points.size(),
        " points are to be saved, and no memory is given for them");
  rhs_ = &rhs;
  rows_ = rows;
  next_save_ = evaluations_ = 0;
  samples_.resize(rows);
  std::iota(samples_.begin(), samples_.end(), first_sample);

  std::copy_n(x, size(), x_.data());
  check_finite(x_.data(), 0, grid[0]);
  End from{grid[0], parameterization_.scheduler(grid[0])};
  for (int i = 0; i < steps; ++i) {
    const End to{grid[i + 1], parameterization_.scheduler(grid[i + 1])};
    step(i, from, to);
    check_finite(x1_.data(), i + 1, from.t);
    save(saves, i);
    std::swap(x_, x1_);
    from = to;
  }
  if (next_save_ < static_cast<int>(saves.points.size())) save(saves, steps);
  std::copy_n(x_.data(), size(), x);
  std::fill_n(costs_.begin(), rows, RowCost{evaluations_, steps, 0});
}

// Saves the requested points whose time lies between grid[index] (included) and grid[index + 1]
// (excluded).
void GridDriver::save(const SaveRequest& saves, int index) {
  for (; next_save_ < static_cast<int>(saves.points.size()); ++next_save_) {
    const SavePoint& p = saves.points[next_save_];
    if (p.index != index) return;
    real* to = saves.to + next_save_ * saves.stride;
    if (p.fraction == 0)
      std::copy_n(x_.data(), size(), to);
    else
      combine(to, Term{1 - p.fraction, x_.data()}, Term{p.fraction, x1_.data()});
  }
}

void GridDriver::predict(const real* at, double t, real* out) {
  std::fill_n(t_.begin(), rows_, t);
  (*rhs_)(samples_, at, t_.data(), out);
  ++evaluations_;
}

void GridDriver::check_finite(const real* at, int steps, double t) const {
  const real* end = at + size();
  const real* bad = std::find_if(at, end, [](real v) { return !std::isfinite(v); });
  if (bad == end) return;
  const int sample = samples_[static_cast<std::size_t>(bad - at) / dim_];
  std::ostringstream text;
  text << "[integrate] step " << steps << " at t=" << t << ": "
       << (steps == 0 ? "the starting point is not finite"
                      : "the state is not finite; the model's output diverges: "
                        "look at the training loss, or take smaller steps")
       << " (sample " << sample << ")";
  throw IntegrationFailure(text.str(), sample, steps, t);
}

}  // namespace pushforward::inline PF_REAL
