// Writes the message "jumps" (apps/page/jump_trace.h).
#include <cmath>

#include "apps/page/jump_trace.h"

namespace pushforward::app {

PageMessage jumps_message(const JumpTrace& trace) {
  PageMessage message("jumps");
  message.head["jumps"] = static_cast<int>(trace.times.size()) - 1;
  message.head["off"] = std::isfinite(trace.off) ? Json(trace.off) : Json();
  message.head["compared"] = trace.compared;
  if (trace.compared > 0) {
    message.head["w2"] = trace.w2;
    message.head["w2_of_ode"] = trace.w2_of_ode;
  }
  message.add("times", {trace.times.size()}, trace.times);
  message.add("points", trace.points.shape, trace.points.values);
  message.add("ode", trace.ode.shape, trace.ode.values);
  return message;
}

}  // namespace pushforward::app
