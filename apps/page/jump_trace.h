// The jumps of a flow map beside the paths of its ODE: where one jump, or a few, take the samples that
// an ODE solver takes there in many steps.
#pragma once

#include <limits>
#include <vector>

#include "apps/config/config.h"
#include "apps/flows/run_flow.h"
#include "apps/formats/npy.h"
#include "apps/page/message.h"
#include "apps/requests.h"

namespace pushforward::app {

// Samples of a flow map by jumps, and the ends of the ODE of its velocity v(x, t, t) from the same
// noise. Points are in the data's units.
struct JumpTrace {
  std::vector<double> times;       // (jumps + 1), the times between which the samples jump
  NdArray points;                  // (jumps + 1, n, D), the samples at these times
  NdArray ode;                     // (n, D)
  double off = 0;                  // the root mean square distance between both ends
  double w2 = kNoDistance;         // W2 between rows of the data and the ends of the jumps
  double w2_of_ode = kNoDistance;  // the same for the ends of the ODE
  int compared = 0;                // the points of each set of the two W2; 0: they are not known

  static constexpr double kNoDistance = std::numeric_limits<double>::quiet_NaN();
};

// Returns the message "jumps": arrays "times" (jumps + 1), "points" (jumps + 1, n, D) and "ode" (n, D),
// and in the head "jumps", "off", "compared" and, if they are known, "w2" and "w2_of_ode".
PageMessage jumps_message(const JumpTrace& trace);

}  // namespace pushforward::app

namespace pushforward::app::inline PF_REAL {

// Takes the samples 0 .. n - 1 of the request's seed by `jumps` equal jumps, and by the ODE solver of the
// request or, if it names none, by kReferenceSteps steps of kReferenceSolver (solver_trace.h). Compares
// both with as many rows of `data`, at most 500, unless `data` is null. Throws Failure (exit 2) if the
// run has no flow map.
JumpTrace trace_jumps(const Config& config, const RunFlow& flow, const SolverRequest& request,
                      int jumps, int n, const Distribution* data);

// Returns trace_jumps for the run that the request names, with its data if `with_data`.
JumpTrace trace_run_jumps(const Config& config, const SolverRequest& request, int jumps, int n,
                          bool with_data);

}  // namespace pushforward::app::inline PF_REAL
