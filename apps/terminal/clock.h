// The program's monotonic clock. The library takes a clock as an argument.
#pragma once

namespace pushforward::app {

// Returns the seconds since an arbitrary origin.
double seconds_now();

}  // namespace pushforward::app
