// Writes the message "solver" (apps/page/solver_trace.h).
#include <numeric>

#include "apps/page/solver_trace.h"

namespace pushforward::app {

PageMessage solver_message(const SolverTrace& trace) {
  PageMessage message("solver");
  const std::size_t steps = trace.row.size();
  const int accepted = std::accumulate(trace.accepted.begin(), trace.accepted.end(), 0);
  message.head["rows"] = trace.rows;
  message.head["evaluations"] = trace.evaluations;
  message.head["accepted"] = accepted;
  message.head["rejected"] = static_cast<int>(steps) - accepted;
  message.add("reference", trace.reference.shape, trace.reference.values);
  message.add("row", {steps}, trace.row);
  message.add("from", {steps}, trace.from);
  message.add("to", {steps}, trace.to);
  message.add("accepted", {steps}, trace.accepted);
  message.add("end", trace.end.shape, trace.end.values);
  return message;
}

}  // namespace pushforward::app
