// Helpers for the exercises: a check that prints the result and the expected
// one, and the exit code.
#pragma once

#include <cmath>
#include <cstdio>

namespace exercise {

inline int wrong = 0;

// Checks that `got` equals `want` up to tolerance * (1 + |want|).
inline void expect(const char* what, double got, double want, double tolerance = 1e-12) {
  const bool ok = std::fabs(got - want) <= tolerance * (1 + std::fabs(want));
  wrong += !ok;
  std::printf("%-5s  %-52s %.10g, and %.10g is right\n", ok ? "ok" : "WRONG", what, got, want);
}

// Checks that `ok` is true.
inline void expect(const char* what, bool ok) {
  wrong += !ok;
  std::printf("%-5s  %s\n", ok ? "ok" : "WRONG", what);
}

// Returns the exit code for main: 0 if all checks passed.
inline int result() { return wrong == 0 ? 0 : 1; }

}  // namespace exercise
