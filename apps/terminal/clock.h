// The program's monotonic clock. Code outside of apps/ gets a clock as an argument instead.
#pragma once

namespace pushforward::app {

// Returns the seconds since an arbitrary origin.
double seconds_now();

}  // namespace pushforward::app
