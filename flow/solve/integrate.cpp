#include "flow/solve/integrate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

constexpr real kNan = std::numeric_limits<real>::quiet_NaN();

template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

}  // namespace

Integrator::Integrator(const SolverOptions& options, int rows, int dim, int controlled)
    : options_((options.check_valid(), options)),
      stepper_(*options.tableau, rows, dim),
      controlled_(controlled == 0 ? dim : controlled) {
  check(controlled_ > 0 && controlled_ <= dim, "integrate", "the error control looks at ",
        controlled_, " of ", dim, " numbers; give 1 to ", dim);
  check(!options_.manifold || options_.manifold->dim() <= dim, "integrate", "rows of ", dim,
        " numbers on a manifold of ", options_.manifold ? options_.manifold->dim() : 0,
        " coordinates; give rows that begin with all of them");
  flights_.resize(rows);
  costs_.resize(rows);
  samples_.reserve(rows);
  for (auto* v : {&t_, &t1_, &h_}) v->resize(rows);
}

void Integrator::run(const Rhs& rhs, int rows, std::span<const double> grid, real* x,
                     const SaveRequest& saves, int first_sample) {
  check(rows > 0 && rows <= static_cast<int>(flights_.size()), "integrate", rows,
        " rows given to a solver made for 1 to ", flights_.size());
  check_grid(grid);
  check_saves(saves.points, static_cast<int>(grid.size()) - 1);
  check(bool(rhs), "integrate", "no right-hand side is given");
  check(saves.points.empty() || saves.to, "integrate", saves.points.size(),
        " points are to be saved, and no memory is given for them");
  grid_ = grid;
  saves_ = saves;
  x_ = x;
  start(rows, first_sample);
  if (options_.adapts()) {
    run_adaptive(rhs);
  } else {
    run_fixed(rhs);
  }
}

void Integrator::start(int rows, int first_sample) {
  rows_ = rows;
  first_sample_ = first_sample;
  failures_ = {};
  samples_.resize(rows);
  for (int p = 0; p < rows; ++p) {
    samples_[p] = first_sample + p;
    t_[p] = grid_.front();
    flights_[p] = {};
    costs_[p] = {};
  }
  std::copy_n(x_, static_cast<std::size_t>(rows) * stepper_.dim(), stepper_.y());
  for (int p = 0; p < rows; ++p) {
    if (finite(stepper_.y(p))) continue;
    give_up(p, "the starting point is not finite");
    std::fill_n(stepper_.y(p), stepper_.dim(), kNan);
  }
  if (saves_.points.empty() || saves_.points[0].index + saves_.points[0].fraction > 0) return;
  for (int p = 0; p < rows; ++p) write(p, stepper_.y(p));
}

// --- Fixed steps: all rows are at the same time -------------------------------------------------

void Integrator::run_fixed(const Rhs& rhs) {
  const int steps = static_cast<int>(grid_.size()) - 1;
  bool slope_known = false;
  for (int i = 0; i < steps; ++i) {
    if (!slope_known) first_stage(rhs);
    std::fill_n(t1_.data(), rows_, grid_[i + 1]);
    stepper_.step(rhs, samples_, t_.data(), t1_.data());
    count(stepper_.tableau().stages - 1);

    const bool inside = saves_due(0) && save_point(0).index == i && save_point(0).fraction > 0;
    slope_known = stepper_.tableau().fsal;
    // The interpolant needs the slope at the end of the step. Computing it here costs no extra
    // evaluation, because this slope is also the first stage of the next step.
    if (inside && !slope_known) {
      stepper_.end_slope(rhs, samples_, t1_.data());
      count(1);
      slope_known = true;
    }
    for (int p = 0; p < rows_; ++p) {
      ++cost(p).steps;
      if (!flights_[p].failed && !finite(stepper_.y1(p))) {
        give_up(p,
                "the state is not finite; the velocity diverges: "
                "look at the training loss, or take smaller steps");
        // All numbers of the row stay NaN in the steps that follow, and in the points that are saved.
        std::fill_n(stepper_.y1(p), stepper_.dim(), kNan);
      }
      while (saves_due(p) && save_point(p).index == i && save_point(p).fraction > 0)
        save(p, save_point(p).fraction);
      if (saves_due(p) && save_point(p).index == i + 1 && save_point(p).fraction == 0)
        write(p, stepper_.y1(p));
      report(p, true);
      stepper_.advance(p, slope_known);
      project(stepper_.y(p));
      t_[p] = grid_[i + 1];
    }
  }
  std::copy_n(stepper_.y(), static_cast<std::size_t>(rows_) * stepper_.dim(), x_);
}

// --- Adaptive steps: every row is at its own time -----------------------------------------------

void Integrator::run_adaptive(const Rhs& rhs) {
  pack();  // removes rows that failed already
  if (samples_.empty()) return;
  first_stage(rhs);
  for (int p = 0; p < static_cast<int>(samples_.size()); ++p) {
    if (!finite(stepper_.stage(0, p))) give_up(p, "the velocity is not finite at the start");
  }
  pack();
  if (samples_.empty()) return;
  choose_first_steps(rhs);
  while (!samples_.empty()) {
    aim();
    if (samples_.empty()) return;
    stepper_.step(rhs, samples_, t_.data(), t1_.data());
    count(stepper_.tableau().stages - 1);
    for (int p = 0; p < static_cast<int>(samples_.size()); ++p) judge(p);
    pack();
  }
}

// Estimates each row's first step size (Hairer, Norsett, Wanner I, section II.4), with one
// evaluation of the right-hand side.
void Integrator::choose_first_steps(const Rhs& rhs) {
  const double span = grid_.back() - grid_.front(), sign = span > 0 ? 1 : -1;
  const int n = static_cast<int>(samples_.size());
  if (options_.first_step > 0) {
    std::fill_n(h_.data(), n, sign * std::min(options_.first_step, std::abs(span)));
    return;
  }
  const auto norm = [&](int p, auto value) {  // root mean square in units of the tolerance
    double sum = 0;
    for (int j = 0; j < controlled_; ++j) {
      const double v = value(j) / (options_.atol +
                                   options_.rtol * std::abs(static_cast<double>(stepper_.y(p)[j])));
      sum += v * v;
    }
    return std::sqrt(sum / controlled_);
  };
  const auto slope = [&](int p) {
    return norm(p, [&](int j) { return double(stepper_.stage(0, p)[j]); });
  };
  for (int p = 0; p < n; ++p) {
    const double state = norm(p, [&](int j) { return double(stepper_.y(p)[j]); });
    h_[p] = sign * trial_first_step(state, slope(p), std::abs(span));
    t1_[p] = t_[p] + h_[p];
  }
  stepper_.try_euler(rhs, samples_, t_.data(), t1_.data());
  count(1);
  for (int p = 0; p < n; ++p) {
    const double trial = std::abs(h_[p]);
    const double bend =
        norm(p, [&](int j) { return double(stepper_.stage(1, p)[j]) - stepper_.stage(0, p)[j]; }) /
        trial;
    h_[p] = std::isfinite(bend)
                ? sign * first_step_size(trial, slope(p), bend,
                                         options_.tableau->embedded_order + 1, std::abs(span))
                : sign * trial;
  }
}

// Sets t1_, the time at which each row's next step ends. A step that would end beyond the end of
// the grid, or just before it, is made to end exactly there.
void Integrator::aim() {
  bool gave_up = false;
  for (int p = 0; p < static_cast<int>(samples_.size()); ++p) {
    const double left = grid_.back() - t_[p];
    const bool last = std::abs(h_[p]) * 1.0001 >= std::abs(left);
    t1_[p] = last ? grid_.back() : t_[p] + h_[p];
    const RowCost& so_far = cost(p);
    if (so_far.steps + so_far.rejected >= options_.max_steps) {
      gave_up = true;
      give_up(p,
              text("the limit of ", options_.max_steps, " steps is reached with ", std::abs(left),
                   " of the time left and a step size of ", std::abs(h_[p]), "; loosen rtol ",
                   options_.rtol, " and atol ", options_.atol, ", or raise max_steps"));
    }
  }
  if (!gave_up) return;
  pack();
  aim();
}

// Accepts or rejects the step of row p, and chooses its next step size.
void Integrator::judge(int p) {
  Flight& flight = flights_[p];
  const int order = options_.tableau->embedded_order + 1;
  const double ratio = error_ratio(p), h = t1_[p] - t_[p];
  double factor = step_factor(options_.control, order, ratio, flight.previous_ratio);
  if (ratio <= 1) {
    if (flight.rejected) factor = std::min(factor, 1.);  // no growth right after a rejection
    while (saves_due(p) && (h > 0 ? save_time(p) <= t1_[p] : save_time(p) >= t1_[p]))
      save(p, (save_time(p) - t_[p]) / h);
    report(p, true);
    stepper_.advance(p, true);
    project(stepper_.y(p));
    t_[p] = t1_[p];
    h_[p] = h * factor;
    flight.previous_ratio = ratio;
    flight.rejected = false;
    flight.arrived = t_[p] == grid_.back();
    ++cost(p).steps;
    return;
  }
  report(p, false);
  ++cost(p).rejected;
  flight.rejected = true;
  h_[p] = h * factor;
  const double span = std::abs(grid_.back() - grid_.front());
  const double min_step =
      16 * std::numeric_limits<double>::epsilon() * std::max(std::abs(t_[p]), span);
  if (std::abs(h_[p]) > min_step) return;
  if (!std::isfinite(ratio)) {
    give_up(p,
            "error estimate is not finite, however small the step; "
            "the velocity is not finite just after this time");
    return;
  }
  give_up(p, text("step size ", std::abs(h_[p]),
                  " is below the resolution of time, and the error is still ", ratio,
                  " times the tolerance; the velocity jumps or blows up there: loosen rtol ",
                  options_.rtol, " and atol ", options_.atol, ", or take fixed steps"));
}

// Returns the ratio that the step-size control needs for row p. It is the root mean square of error
// / (atol + rtol max(|y|, |y1|)) over the first `controlled_` numbers of the row, where y and y1
// are a number before and after the step.
double Integrator::error_ratio(int p) {
  const real *y = stepper_.y(p), *y1 = stepper_.y1(p), *error = stepper_.error(p);
  double sum = 0;
  for (int j = 0; j < controlled_; ++j) {
    const double size =
        std::max(std::abs(static_cast<double>(y[j])), std::abs(static_cast<double>(y1[j])));
    const double v = error[j] / (options_.atol + options_.rtol * size);
    sum += v * v;
  }
  return std::sqrt(sum / controlled_);
}

// Removes finished rows from the batch, and keeps the order of the others.
void Integrator::pack() {
  std::size_t kept = 0;
  for (std::size_t p = 0; p < samples_.size(); ++p) {
    const int from = static_cast<int>(p), to = static_cast<int>(kept);
    if (flights_[p].failed) {
      fill_with_nan(from);
      continue;
    }
    if (flights_[p].arrived) {
      std::copy_n(stepper_.y(from), stepper_.dim(),
                  x_ + static_cast<std::size_t>(samples_[p] - first_sample_) * stepper_.dim());
      continue;
    }
    if (p != kept) {
      stepper_.move(from, to);
      samples_[kept] = samples_[p];
      t_[kept] = t_[p];
      h_[kept] = h_[p];
      flights_[kept] = flights_[p];
    }
    ++kept;
  }
  samples_.resize(kept);
}

// --- Functions that fixed and adaptive steps both use -------------------------------------------

// Saves row p at time t + s h of the step just taken, which went from time t to t + h.
void Integrator::save(int p, double s) {
  if (s == 1) {
    write(p, stepper_.y1(p));
    return;
  }
  real* to = place(p);
  stepper_.interpolate(p, t1_[p] - t_[p], s, to);
  project(to);
  ++flights_[p].next_save;
}

void Integrator::write(int p, const real* value) {
  std::copy_n(value, stepper_.dim(), place(p));
  project(place(p));
  ++flights_[p].next_save;
}

// Returns the address to which row p's next saved point is to be written.
real* Integrator::place(int p) const {
  return saves_.to + flights_[p].next_save * saves_.stride +
         static_cast<std::size_t>(samples_[p] - first_sample_) * stepper_.dim();
}

void Integrator::first_stage(const Rhs& rhs) {
  stepper_.first_stage(rhs, samples_, t_.data());
  count(1);
}

// Adds `evaluations` to the cost of every row that has not finished.
void Integrator::count(int evaluations) {
  for (int p = 0; p < static_cast<int>(samples_.size()); ++p) cost(p).evaluations += evaluations;
}

// Moves the row to the closest point of the manifold, if there is one.
void Integrator::project(real* row) const {
  if (options_.manifold) project_row(*options_.manifold, row);
}

bool Integrator::finite(const real* row) const {
  for (int j = 0; j < stepper_.dim(); ++j) {
    if (!std::isfinite(row[j])) return false;
  }
  return true;
}

// Tells the watcher about the step of row p that was just tried.
void Integrator::report(int p, bool accepted) {
  if (!watcher_) return;
  watcher_({samples_[p],
            t_[p],
            t1_[p],
            accepted,
            {stepper_.y1(p), static_cast<std::size_t>(stepper_.dim())}});
}

// Throws an IntegrationFailure for row p because of `why`. With SolverOptions::skips_failures, only
// removes row p from the run.
void Integrator::give_up(int p, const std::string& why) {
  const int step = cost(p).steps + cost(p).rejected;
  const std::string words =
      text("[integrate] step ", step, " at t=", t_[p], ": ", why, " (sample ", samples_[p], ")");
  if (!options_.skips_failures) throw IntegrationFailure(words, samples_[p], step, t_[p]);
  flights_[p].failed = true;
  failures_.add({1, samples_[p], words});
}

// Sets the state of row p, and the points of its trajectory that are not saved yet, to NaN.
void Integrator::fill_with_nan(int p) {
  const std::size_t dim = static_cast<std::size_t>(stepper_.dim());
  for (; saves_due(p); ++flights_[p].next_save) std::fill_n(place(p), dim, kNan);
  std::fill_n(x_ + static_cast<std::size_t>(samples_[p] - first_sample_) * dim, dim, kNan);
}

}  // namespace pushforward::inline PF_REAL
