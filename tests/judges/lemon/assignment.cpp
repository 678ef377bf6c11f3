// Compares the assignment solver with LEMON's network simplex: the minimum costs must be equal.
#include <algorithm>

#include "flow/coupling/assignment.h"
#include "tests/flow/coupling/assignment_instances.h"
#include "tests/judges/lemon/oracle.h"
#include "tests/tools/catch.h"

namespace pushforward {

TEST_CASE("1,000 random and degenerate assignments have LEMON's minimum cost") {
  Assignment solver;
  for (std::uint32_t k = 0; k < 1000; ++k) {
    const AssignmentInstance instance = assignment_instance(k);
    CAPTURE(k, instance.n);
    const auto columns = solver.solve(instance.n, instance.cost.data());
    std::vector<int> sorted(columns.begin(), columns.end());
    std::ranges::sort(sorted);
    for (int i = 0; i < instance.n; ++i) REQUIRE(sorted[i] == i);
    REQUIRE(solver.cost() == lemon_min_cost(instance.n, instance.cost.data()));
  }
}

}  // namespace pushforward
