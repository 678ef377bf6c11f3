// The equations of flow matching as numbers: each is worked out by two independent ways, and the
// residual between the two is what a test, or a reader, looks at.
//
// docs/theory.md tells what each equation says, in the order of this
// table. To add one: its function in theory_*.cpp, its declaration
// in checks.h, its row in theory.cpp, its section there.
#pragma once

#include <span>

namespace pushforward {

struct Equation {
  const char* name;
  const char* text;  // the equation, in letters a terminal has
  double tolerance;  // the residual lies below it, in double
  double (*by_two_ways)(double wrong);

  // The greatest |a - b| / (1 + |b|) over all places the equation is looked at, a by the library
  // and b by the other way. With `wrong`, the library's quantity is multiplied by 1 + wrong first:
  // the residual must then show it. NaN where a way gave no number.
  double residual(double wrong = 0) const { return by_two_ways(wrong); }
  bool holds(double r) const { return r <= tolerance; }
};

// All of them. No random numbers: the residuals are the same at each call.
std::span<const Equation> theory();

}  // namespace pushforward
