// The coupling of partial optimal transport (partial.h).
#include <algorithm>
#include <cmath>
#include <memory>

#include "flow/coupling/batch_costs.h"
#include "flow/coupling/partial.h"

namespace pushforward::inline PF_REAL {

Coupling partial_coupling(double mass) {
  detail::check(mass > 0 && mass <= 1, "partial coupling", "the mass is ", mass,
                "; it is the share of the rows that is paired, above 0 and at most 1");
  struct Memory {
    BatchCosts costs;
    PartialAssignment assignment;
  };
  return {"partial", [mass, memory = std::make_shared<Memory>()](
                         const Endpoints& ends, Stream stream, std::span<RowPair> pairs) {
            const int n = ends.rows,
                      count = std::clamp(static_cast<int>(std::lround(mass * n)), 1, n);
            memory->assignment.interrupted = ends.interrupted;
            const std::span<const RowPair> plan =
                memory->assignment.solve(n, count, memory->costs.of(ends));
            // The pairs that the batch has once more than others change from batch to batch.
            const std::size_t first = static_cast<std::size_t>(stream.uniform(0) * count);
            for (std::size_t k = 0; k < pairs.size(); ++k)
              pairs[k] = plan[(first + k) % plan.size()];
          }};
}

}  // namespace pushforward::inline PF_REAL
