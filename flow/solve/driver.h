// The interface between a sampler and its solver: a driver moves a block of rows through time.
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
  std::span<const SavePoint> points{};  // in order of time
  real* to = nullptr;                   // point s of row r is written to to[s * stride + r * dim]
  std::size_t stride = 0;
};

// A solver with its workspace. Allocates nothing after construction. Not thread-safe:
// use one Driver per thread.
class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  // Moves x (rows, dim) from grid.front() to grid.back(), in place. Row r is sample first_sample +
  // r in calls of the right-hand side, in the driver's noise and in errors. The constructor of the
  // driver determines what the right-hand side returns: a velocity or another prediction. Throws
  // IntegrationFailure when a number is not finite. Fails without a right-hand side, on more rows
  // than the driver was made for, on an invalid grid, and on points to save without memory for
  // them. Does not check the memory of x.
  virtual void run(const Rhs& rhs, int rows, std::span<const double> grid, real* x,
                   const SaveRequest& saves = {}, int first_sample = 0) = 0;

  // The cost of each row of the last run, in order.
  virtual std::span<const RowCost> costs() const = 0;

  // The failed rows of the last run, for a driver that continues without them
  // (SolverOptions::skips_failures).
  virtual RowFailures failures() const { return {}; }

  // Sets the noise seed of the next runs. Drivers without noise ignore it.
  virtual void seed(std::uint64_t) {}
};

}  // namespace pushforward::inline PF_REAL
