#include "apps/recording/record_solver.h"

#include <algorithm>
#include <cstddef>

#include "apps/page/jump_trace.h"
#include "apps/page/path_message.h"
#include "apps/page/solver_trace.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The samples whose steps are recorded.
constexpr int kWatched = 24;

}  // namespace

PageMessage record_solver(const Config& config, const SolverRequest& request, int n,
                          const std::function<double(double)>& spread) {
  SolverTrace trace = trace_run_solver(config, request, n, kWatched);
  const std::size_t dim = trace.reference.shape.at(1);
  for (std::size_t k = 0; k < trace.end.values.size(); ++k)
    trace.end.values[k] /= spread(trace.to[k / dim]);
  const double last = *std::max_element(trace.to.begin(), trace.to.end());
  for (double& x : trace.reference.values) x /= spread(last);
  return solver_message(trace);
}

PageMessage record_jumps(const Config& config, const SolverRequest& request, int jumps, int n,
                         bool with_data, const std::function<double(double)>& spread) {
  JumpTrace trace = trace_run_jumps(config, request, jumps, n, with_data);
  const std::size_t slice = trace.ode.values.size();
  for (std::size_t k = 0; k < trace.points.values.size(); ++k)
    trace.points.values[k] /= spread(trace.times.at(k / slice));
  for (double& x : trace.ode.values) x /= spread(trace.times.back());
  return jumps_message(trace);
}

PageMessage record_path(const Config& config) { return path_message_of(config); }

}  // namespace pushforward::app::inline PF_REAL
