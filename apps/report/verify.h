// Implements `pushforward verify`: it computes the residual of each
// equation of flow/theory/theory.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/json/json.h"
#include "flow/theory/theory.h"

namespace pushforward::app {

struct Verdict {
  const Equation* equation;
  double residual;

  bool holds() const { return equation->holds(residual); }
};

// Checks the equations of the given names, in the order in which flow/theory/theory.h lists them.
// Without names it checks all. Throws Failure (exit 2) for an unknown name and suggests a similar
// one. `wrong` is a planted relative error, passed to Equation::residual.
std::vector<Verdict> verify(const std::vector<std::string>& names, double wrong = 0);

// Return the verdicts as text (one line each, and a count) and as a JSON object.
std::string verify_text(std::span<const Verdict> verdicts);
Json verify_object(std::span<const Verdict> verdicts);

}  // namespace pushforward::app
