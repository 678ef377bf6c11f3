#include "flow/scheduler.h"

namespace pushforward {

Scheduler cond_ot() {
  return {"cond_ot", [](double t, const std::array<double, 2>&) {
            return Coefficients{t, 1 - t, 1, -1};
          }};
}

}  // namespace pushforward
