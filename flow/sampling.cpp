#include "flow/sampling.h"

#include <algorithm>

namespace pushforward {

void SampleCost::add(const RowCost& row) {
  add(SampleCost{1, row.evaluations, row.steps, row.rejected, row.evaluations, row.evaluations});
}

void SampleCost::add(const SampleCost& o) {
  if (o.rows == 0) return;
  min_evaluations = rows ? std::min(min_evaluations, o.min_evaluations) : o.min_evaluations;
  max_evaluations = std::max(max_evaluations, o.max_evaluations);
  rows += o.rows;
  evaluations += o.evaluations;
  steps += o.steps;
  rejected += o.rejected;
}

void RowFailures::add(const RowFailures& other) {
  if (other.count == 0) return;
  if (count == 0 || other.first < first) first = other.first, why = other.why;
  count += other.count;
}

}  // namespace pushforward
