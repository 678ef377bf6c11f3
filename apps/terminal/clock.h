// Seconds on a clock that only goes forward; the library
// takes its clock as an argument, and this is the program's.
#pragma once

namespace pushforward::app {

// Seconds since an arbitrary origin.
double seconds_now();

}  // namespace pushforward::app
