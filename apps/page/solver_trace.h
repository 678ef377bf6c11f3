// What a solver does with the points of a flow: the steps that it tries, and how far from the flow
// of many small steps it ends.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/flows/run_flow.h"
#include "apps/formats/npy.h"
#include "apps/page/message.h"
#include "apps/requests.h"

namespace pushforward::app {

// The steps of one solver from the first samples of a flow, and where many small steps lead all of
// its samples. Points are in the data's units.
struct SolverTrace {
  NdArray reference;             // (n, D), the ends of kReferenceSteps steps of kReferenceSolver
  std::vector<int> row;          // the sample of each tried step
  std::vector<double> from, to;  // its times
  std::vector<int> accepted;     // 1, or 0 for a rejected step
  NdArray end;                   // (steps, D), the points that the steps reach
  int rows = 0;                  // the samples whose steps are here
  double evaluations = 0;        // of the field, the mean over these samples
};

// The solver whose ends the others are compared with. Its error is about (1 / 64)^4, far below that
// of the solvers that the page offers.
inline constexpr const char* kReferenceSolver = "rk4";
inline constexpr int kReferenceSteps = 64;

// Returns the message "solver": arrays "reference" (n, D), "row", "from", "to" and "accepted"
// (steps), "end" (steps, D), and in the head "rows", "evaluations", "accepted" and "rejected", the
// last two over all of these rows.
PageMessage solver_message(const SolverTrace& trace);

}  // namespace pushforward::app

namespace pushforward::app::inline PF_REAL {

// Follows the samples 0 .. n - 1 of the request's seed by the reference, and the first `rows` of them
// by the solver of the request, watching its steps. Throws Failure (exit 2) if that solver is none of
// an ODE, because samples then have no common end.
SolverTrace trace_solver(const Config& config, const RunFlow& flow, const SolverRequest& request,
                         int n, int rows);

// Returns trace_solver for the run that the request names.
SolverTrace trace_run_solver(const Config& config, const SolverRequest& request, int n, int rows);

}  // namespace pushforward::app::inline PF_REAL
