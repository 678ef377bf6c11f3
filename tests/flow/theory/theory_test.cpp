// Tests that the equations of flow matching hold, and that their checks detect a planted error.
#include "flow/theory/theory.h"

#include <cmath>
#include <set>
#include <string>

#include "tests/tools/catch.h"

namespace pushforward {

TEST_CASE("every equation of flow matching holds: both sides agree") {
  std::set<std::string> names;
  for (const Equation& e : theory_equations()) {
    const double residual = e.residual();
    CAPTURE(e.name, e.text, residual, e.tolerance);
    CHECK(e.holds(residual));
    CHECK(names.insert(e.name).second);
    CHECK(residual == e.residual());
  }
  CHECK(names.size() == 65);
}

TEST_CASE("a relative error of 1/10,000 is detected in every equation") {
  for (const Equation& e : theory_equations()) {
    for (double wrong : {-1e-4, 1e-4}) {
      const double residual = e.residual(wrong);
      CAPTURE(e.name, wrong, residual, e.tolerance);
      CHECK_FALSE(e.holds(residual));
      CHECK(residual < 1);
    }
    CHECK_FALSE(e.holds(std::nan("")));
  }
}

}  // namespace pushforward
