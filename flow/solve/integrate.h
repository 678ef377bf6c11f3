// Solves dx/dt = u(x, t) for a block of rows: takes steps, controls their sizes and saves points.
//
// A fixed-step solver steps from each time of the grid to the next. An adaptive solver chooses its
// steps inside the grid. Each row has its own time and step size, so its result does not depend on
// the other rows, except for round-off in the right-hand side. Rows that have finished are removed
// from the batch. Time may run in either direction: grid.front() may be larger than grid.back().
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "flow/solve/driver.h"
#include "flow/solve/solver_options.h"

namespace pushforward::inline PF_REAL {

// One step that an integration tried: of which sample, between which times, and the point (dim) that
// it reached. A rejected step is tried again with a smaller size.
struct TriedStep {
  int sample = 0;
  double from = 0, to = 0;
  bool accepted = true;
  std::span<const real> end{};
};

// An ODE solver with its workspace. Allocates nothing after construction. Not thread-safe: use
// one Integrator per thread.
class Integrator final : public Driver {
 public:
  // Makes a solver for blocks of up to `rows` rows of `dim` numbers. An adaptive solver controls
  // the error of the first `controlled` numbers of a row (0: of all numbers); the remaining numbers
  // follow the same steps. Fails if rows or dim is below 1, and as SolverOptions::check_valid does.
  Integrator(const SolverOptions& options, int rows, int dim, int controlled = 0);

  // Moves x (rows, dim) from time grid.front() to time grid.back(), in place. The grid is strictly
  // monotone and has at least two times. In calls of the right-hand side and in errors, row r of x
  // has the sample number first_sample + r. Throws IntegrationFailure when a number is not finite,
  // when the step size falls below the resolution of floating-point time, and when a row has taken
  // SolverOptions::max_steps. With SolverOptions::skips_failures, such a row and its points to save
  // become NaN instead.
  void run(const Rhs& rhs, int rows, std::span<const double> grid, real* x,
           const SaveRequest& saves = {}, int first_sample = 0) override;

  // Sets a function that the next runs call with every step that they try, in the order of the
  // steps. `end` is valid during the call only.
  void watch(std::function<void(const TriedStep&)> watcher) { watcher_ = std::move(watcher); }

  // Returns how many evaluations and steps each row of the last run took, in the order of the rows.
  std::span<const RowCost> costs() const override {
    return {costs_.data(), static_cast<std::size_t>(rows_)};
  }

  // Returns the rows of the last run that failed. There are none unless
  // SolverOptions::skips_failures is set, because a failure otherwise throws.
  RowFailures failures() const override { return failures_; }

 private:
  // The state of an unfinished row, for step-size control and for saving points.
  struct Flight {
    double previous_ratio = 1;
    int next_save = 0;
    bool rejected = false, arrived = false, failed = false;
  };

  void start(int rows, int first_sample);
  void run_fixed(const Rhs& rhs);
  void run_adaptive(const Rhs& rhs);

  void choose_first_steps(const Rhs& rhs);
  void aim();
  void judge(int p);
  void pack();
  double error_ratio(int p);

  bool saves_due(int p) const {
    return flights_[p].next_save < static_cast<int>(saves_.points.size());
  }
  const SavePoint& save_point(int p) const { return saves_.points[flights_[p].next_save]; }
  double save_time(int p) const { return time_of(save_point(p), grid_); }
  void save(int p, double s);
  void write(int p, const real* value);
  real* place(int p) const;

  void first_stage(const Rhs& rhs);
  void count(int evaluations);
  void project(real* row) const;
  bool finite(const real* row) const;
  void report(int p, bool accepted);
  RowCost& cost(int p) { return costs_[samples_[p] - first_sample_]; }
  void give_up(int p, const std::string& why);
  void fill_with_nan(int p);

  SolverOptions options_;
  Stepper stepper_;
  int controlled_;            // how many numbers of a row the error control uses
  std::vector<int> samples_;  // the sample numbers of the unfinished rows
  // Entry p of each vector belongs to the sample samples_[p]: its time, the time at which its step
  // ends, and the step size that the control prefers.
  std::vector<double> t_, t1_, h_;
  std::vector<Flight> flights_;
  std::vector<RowCost> costs_;  // indexed by the row of x, not as samples_ is
  RowFailures failures_;
  std::function<void(const TriedStep&)> watcher_;

  // The arguments of the call of `run` that is in progress.
  std::span<const double> grid_;
  SaveRequest saves_;
  real* x_ = nullptr;
  int rows_ = 0, first_sample_ = 0;
};

}  // namespace pushforward::inline PF_REAL
