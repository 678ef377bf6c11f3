#include "flow/sampling.h"

#include <algorithm>

namespace pushforward {

void SampleCost::add(const RowCost& row) {
  add(SampleCost{1, row.evaluations, row.steps, row.rejected, row.evaluations, row.evaluations});
}

void SampleCost::add(const SampleCost& o) {
  if (o.rows == 0) return;
  least = rows ? std::min(least, o.least) : o.least;
  most = std::max(most, o.most);
  rows += o.rows;
  evaluations += o.evaluations;
  steps += o.steps;
  rejected += o.rejected;
}

}  // namespace pushforward
