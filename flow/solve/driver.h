// What carries a block of rows through time: the interface between a sampler and its solver.
//
// Drivers: Integrator (ODE, any Runge-Kutta table), Sde, DpmSolver, EdmHeun.
#pragma once

#include <cstdint>
#include <span>

#include "flow/path/time_grid.h"
#include "flow/sampling.h"
#include "flow/solve/step.h"

namespace pushforward::inline PF_REAL {

// What an integration is asked for besides its end.
struct Saves {
  std::span<const SavePoint> points{};  // in the order of time
  real* to = nullptr;                   // point s of row r goes to to[s * stride + r * dim]
  std::size_t stride = 0;
};

// A solver with its memory. One thread at a time; after construction it allocates nothing.
class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  // Moves x (rows, dim) from grid.front() to grid.back(), in place. Row r is sample first_sample +
  // r, to the right-hand side, to the driver's noise and in errors. What the right-hand side
  // answers, a velocity or another prediction, is what the driver was made for. Throws
  // IntegrationFailure when a number is not finite.
  virtual void run(const Rhs& rhs, int rows, std::span<const double> grid, real* x,
                   const Saves& saves = {}, int first_sample = 0) = 0;

  // Of the rows of the last run, in their order.
  virtual std::span<const RowCost> costs() const = 0;

  // The seed of the noise that the next runs draw; of no use to a driver that draws none.
  virtual void seed(std::uint64_t) {}
};

}  // namespace pushforward::inline PF_REAL
