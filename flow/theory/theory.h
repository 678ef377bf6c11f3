// The equations of flow matching as numeric checks: the two sides of each equation are computed
// independently, and the residual is their difference.
//
// docs/theory.md explains the equations, in the order of the table in theory.cpp. To add one, write
// its function in a source of flow/theory, its declaration in checks.h, its row in theory.cpp and
// its section in docs/theory.md.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <span>

namespace pushforward {

struct Equation {
  const char* name;
  const char* text;  // the equation, in characters that a terminal can print
  double tolerance;  // the residual in double is at most this
  double (*by_two_ways)(double wrong);

  // Returns the largest |a - b| / (1 + |b|) over all points of the check, where a is the library's
  // value and b the value computed independently. The library's value is first multiplied by 1 +
  // wrong. With wrong = 0 the residual is within the tolerance if the equation holds; with another
  // value of `wrong` it must exceed the tolerance, which tests the check. Returns NaN if a value is
  // NaN.
  double residual(double wrong = 0) const { return by_two_ways(wrong); }
  bool holds(double r) const { return r <= tolerance; }
};

// Returns all equations. No random numbers are used, so the residuals are the same at each call.
std::span<const Equation> theory_equations();

}  // namespace pushforward
