#include "flow/coupling/ot.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "flow/coupling/assignment.h"
#include "flow/coupling/batch_costs.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Adds the cost of pairs whose labels differ. If it is infinite, each of them costs more than any
// set of pairs of equal labels; pairing each row with itself is one.
void add_label_costs(const Endpoints& ends, double weight, double* cost) {
  const std::size_t n = static_cast<std::size_t>(ends.rows);
  if (std::isinf(weight)) weight = (1 + *std::max_element(cost, cost + n * n)) * ends.rows;
  for (int i = 0; i < ends.rows; ++i) {
    for (int j = 0; j < ends.rows; ++j, ++cost) {
      if (ends.labels[i] != ends.labels[j]) *cost += weight;
    }
  }
}

void add_condition_costs(const Endpoints& ends, double weight, double* cost) {
  const std::size_t columns = static_cast<std::size_t>(ends.condition_columns);
  for (int i = 0; i < ends.rows; ++i) {
    const real* const a = ends.conditions + static_cast<std::size_t>(i) * columns;
    for (int j = 0; j < ends.rows; ++j, ++cost) {
      const real* const b = ends.conditions + static_cast<std::size_t>(j) * columns;
      double square = 0;
      for (std::size_t k = 0; k < columns; ++k) {
        const double difference = static_cast<double>(a[k]) - static_cast<double>(b[k]);
        square += difference * difference;
      }
      *cost += weight * square;
    }
  }
}

// Fails if a cost is asked for something that the rows are not given.
void check_given(const Endpoints& ends, const ConditionCosts& costs) {
  check(costs.label_weight == 0 || ends.labels, "ot coupling", "the weight of labels is ",
        costs.label_weight, ", and the data has no labels; give labelled data, or the weight 0");
  check(costs.condition_weight == 0 || ends.conditions, "ot coupling",
        "the weight of conditions is ", costs.condition_weight,
        ", and the rows have no conditions; give them some, or the weight 0");
}

// Draws the partner of a source row, for u uniform on (0, 1): returns the first index at which the
// running sum of `row`, the source row's part of the plan, exceeds u times the sum of all of it.
int draw_partner(const double* row, int n, double u) {
  double total = 0;
  for (int j = 0; j < n; ++j) total += row[j];
  double sum = 0;
  // This is the last index with positive mass, in case round-off keeps the sum below the total.
  int last = 0;
  for (int j = 0; j < n; ++j) {
    if (row[j] <= 0) continue;
    last = j;
    sum += row[j];
    if (sum > u * total) break;
  }
  return last;
}

}  // namespace

Coupling ot_coupling(double label_weight) {
  check(label_weight <= 1e100, "ot coupling", "the weight of labels is ", label_weight,
        "; it must be 0 or more");
  return ot_coupling(ConditionCosts{.label_weight = label_weight});
}

Coupling ot_coupling(const ConditionCosts& costs) {
  check(costs.label_weight >= 0 && (costs.label_weight <= 1e100 || std::isinf(costs.label_weight)),
        "ot coupling", "the weight of labels is ", costs.label_weight, "; it must be 0 or more");
  check(costs.condition_weight >= 0 && costs.condition_weight <= 1e100, "ot coupling",
        "the weight of conditions is ", costs.condition_weight, "; it must be 0 or more");
  struct Memory {
    BatchCosts costs;
    Assignment assignment;
  };
  return {"ot", [costs, memory = std::make_shared<Memory>()](const Endpoints& ends, Stream,
                                                             std::span<RowPair> pairs) {
            check_given(ends, costs);
            double* cost = memory->costs.of(ends);
            if (costs.condition_weight > 0) add_condition_costs(ends, costs.condition_weight, cost);
            if (costs.label_weight > 0) add_label_costs(ends, costs.label_weight, cost);
            memory->assignment.interrupted = ends.interrupted;
            const std::span<const int> partner = memory->assignment.solve(ends.rows, cost);
            for (int k = 0; k < ends.rows; ++k) pairs[k] = {k, partner[k]};
          }};
}

Coupling sinkhorn_coupling(const SinkhornOptions& options, bool or_exact) {
  check(options.reg > 0, "sinkhorn coupling", "the regularisation is ", options.reg,
        "; it must be positive");
  struct Memory {
    BatchCosts costs;
    Sinkhorn sinkhorn;
    Assignment assignment;
  };
  std::shared_ptr<std::atomic<std::int64_t>> replaced;
  if (or_exact) replaced = std::make_shared<std::atomic<std::int64_t>>(0);
  Coupling coupling{"sinkhorn", nullptr};
  coupling.replaced = replaced;
  coupling.pair = [options, replaced, memory = std::make_shared<Memory>()](
                      const Endpoints& ends, Stream stream, std::span<RowPair> pairs) {
    const int n = ends.rows;
    const double* cost = memory->costs.of(ends);
    memory->sinkhorn.interrupted = memory->assignment.interrupted = ends.interrupted;
    if (!replaced) {
      memory->sinkhorn.solve(n, n, cost, options);
    } else if (!memory->sinkhorn.converges(n, n, cost, options)) {
      ++*replaced;
      const std::span<const int> partner = memory->assignment.solve(n, cost);
      for (int k = 0; k < n; ++k) pairs[k] = {k, partner[k]};
      return;
    }
    for (int k = 0; k < n; ++k) {
      const double* row = memory->sinkhorn.plan() + static_cast<std::size_t>(k) * n;
      pairs[k] = {k, draw_partner(row, n, stream.uniform(static_cast<std::uint32_t>(k)))};
    }
  };
  return coupling;
}

Coupling schroedinger_bridge_coupling(double sigma, BridgeMethod method, bool or_exact) {
  check(sigma > 0, "bridge coupling", "sigma is ", sigma, "; it must be positive");
  Coupling coupling = method == BridgeMethod::exact
                          ? ot_coupling()
                          : sinkhorn_coupling({.reg = 2 * sigma * sigma}, or_exact);
  coupling.name = "schroedinger_bridge";
  return coupling;
}

}  // namespace pushforward::inline PF_REAL
