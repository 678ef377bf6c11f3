// The interface between a sampler and its solver. A solver, here called a driver, moves a block of
// rows (one point each) through time.
//
// The drivers are Integrator (ODE, any Runge-Kutta table), Sde, DpmSolver and EdmHeun.
#pragma once

#include <cstdint>
#include <span>

#include "flow/path/time_grid.h"
#include "flow/sampling.h"
#include "flow/solve/step.h"

namespace pushforward::inline PF_REAL {

// The intermediate points that an integration saves.
struct SaveRequest {
  // The points of the grid to save, in order of time. Points between two times of the grid are
  // interpolated.
  std::span<const SavePoint> points{};

  // The memory of the saved points: point s of row r is written to to[s * stride + r * dim]. It is
  // required if there are points.
  real* to = nullptr;

  // The distance between two saved points of a row, in numbers: at least rows * dim. It is not
  // checked.
  std::size_t stride = 0;
};

// A solver with its workspace. It allocates nothing after construction. It is not thread-safe: use
// one Driver per thread.
class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  // Moves the points x (rows, dim) from time grid.front() to time grid.back(), in place. In calls
  // of `rhs`, in the noise and in errors, row r of x has the sample number first_sample + r. The
  // constructor of the driver determines what `rhs` must return: a velocity or another prediction
  // of the model. Throws IntegrationFailure when a number is not finite. Fails without `rhs`, on
  // more rows than the driver was made for, on an invalid grid, and if `saves` has points but no
  // memory for them. Does not check the memory of x.
  virtual void run(const Rhs& rhs, int rows, std::span<const double> grid, real* x,
                   const SaveRequest& saves = {}, int first_sample = 0) = 0;

  // Returns how many evaluations and steps each row of the last run took, in the order of the rows.
  virtual std::span<const RowCost> costs() const = 0;

  // Returns the rows that failed in the last run. There are none unless the driver continues
  // without failed rows (SolverOptions::skips_failures).
  virtual RowFailures failures() const { return {}; }

  // Sets the noise seed of the next runs. Drivers without noise ignore it.
  virtual void seed(std::uint64_t) {}
};

}  // namespace pushforward::inline PF_REAL
