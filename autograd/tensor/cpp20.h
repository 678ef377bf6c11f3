// Checks that the compiler uses C++20. All headers include this one first, so with an older
// standard the first error names the cause.
#pragma once

#if __cplusplus < 202002L
#error "pushforward needs C++20 (-std=c++20)"
// A compiler continues after an #error and would report many more errors. It stops at an include of
// a file that does not exist.
#include <pushforward_needs_cpp20>
#endif
