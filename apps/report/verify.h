// `pushforward verify`: the equations of flow/theory/theory.h, each with the residual found here
// and now.
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

// Those of the given names, in the order of the table; all of them without names. Fails on an
// unknown name with exit code 2, saying which it may have meant. `wrong`: Equation::residual.
std::vector<Verdict> verify(const std::vector<std::string>& names, double wrong = 0);

// A line each and a count, for people; and as one object.
std::string verify_text(std::span<const Verdict> verdicts);
Json verify_object(std::span<const Verdict> verdicts);

}  // namespace pushforward::app
