#include "apps/terminal/clock.h"

#include <chrono>

namespace pushforward::app {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace pushforward::app
