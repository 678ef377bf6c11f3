// The language that the library is written in: every header stands on this one, so that an older
// one is named before anything else goes wrong.
#pragma once

#if __cplusplus < 202002L
#error "pushforward needs C++20 (-std=c++20)"
// A compiler goes on after an #error, and all that follows would be errors as well. It stops at a
// file that there is not.
#include <pushforward_needs_cpp20>
#endif
