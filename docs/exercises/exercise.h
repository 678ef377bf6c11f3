// What the exercises share: a check that prints what it got and what was wanted, and the exit code.
#pragma once

#include <cmath>
#include <cstdio>

namespace exercise {

inline int wrong = 0;

// `got` is to be `want`, up to tolerance (1 + |want|).
inline void expect(const char* what, double got, double want, double tolerance = 1e-12) {
  const bool ok = std::fabs(got - want) <= tolerance * (1 + std::fabs(want));
  wrong += !ok;
  std::printf("%-5s  %-52s %.10g, and %.10g is right\n", ok ? "ok" : "WRONG", what, got, want);
}

// Something is to be true.
inline void expect(const char* what, bool ok) {
  wrong += !ok;
  std::printf("%-5s  %s\n", ok ? "ok" : "WRONG", what);
}

// What main returns: 0 when every check held.
inline int result() { return wrong == 0 ? 0 : 1; }

}  // namespace exercise
