#include "flow/manifold/coupling.h"

#include <cmath>
#include <utility>

#include "flow/coupling/assignment.h"

namespace pushforward::inline PF_REAL {

using detail::check;

Coupling geodesic_ot_coupling(Manifold manifold, double label_weight) {
  check(label_weight >= 0 && label_weight <= 1e100, "ot coupling", "the weight of labels is ",
        label_weight, "; it must be 0 or more");
  struct Memory {
    std::vector<double> costs;
    Assignment assignment;
  };
  return {"ot", [label_weight, manifold = std::move(manifold), memory = std::make_shared<Memory>()](
                    const Endpoints& ends, Stream, std::span<RowPair> pairs) {
            check(label_weight == 0 || ends.labels, "ot coupling", "the weight of labels is ",
                  label_weight,
                  ", and the data has no labels; give labelled data, or the weight 0");
            const std::size_t n = static_cast<std::size_t>(ends.rows),
                              d = static_cast<std::size_t>(ends.dim);
            memory->costs.resize(n * n);
            for (std::size_t i = 0; i < n; ++i)
              for (std::size_t j = 0; j < n; ++j) {
                const double length = row_distance(manifold, ends.x0 + i * d, ends.x1 + j * d);
                const bool differ = label_weight > 0 && ends.labels[i] != ends.labels[j];
                memory->costs[i * n + j] = length * length + (differ ? label_weight : 0);
              }
            memory->assignment.interrupted = ends.interrupted;
            const std::span<const int> partner =
                memory->assignment.solve(ends.rows, memory->costs.data());
            for (int k = 0; k < ends.rows; ++k)
              pairs[static_cast<std::size_t>(k)] = {k, partner[static_cast<std::size_t>(k)]};
          }};
}

}  // namespace pushforward::inline PF_REAL
