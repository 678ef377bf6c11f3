#include "flow/measure/coverage.h"

#include <algorithm>
#include <vector>

#include "autograd/tensor/check.h"
#include "flow/coupling/squared_costs.h"

namespace pushforward {

using detail::check;

Coverage measure_coverage(PointSet truth, PointSet samples, Workers& workers, int k) {
  check_comparable("coverage", truth, samples);
  check(k >= 1 && k < truth.rows, "coverage", "neighbour ", k, " is asked for among ", truth.rows,
        " true points; give more points or a smaller k");
  SquaredCosts among, between;
  among.set(truth.rows, truth.x, truth.rows, truth.x, truth.dim);
  between.set(truth.rows, truth.x, samples.rows, samples.x, truth.dim);
  const Chunks chunks{truth.rows, 16};
  std::vector<std::int64_t> held(chunks.count()), covered(chunks.count());
  std::vector<std::vector<double>> scratch(workers.threads());
  workers.run(chunks.count(), [&](int c, int worker) {
    std::vector<double>& row = scratch[worker];
    row.resize(std::max(truth.rows, samples.rows));
    for (int i = chunks.begin(c); i < chunks.begin(c) + chunks.rows_of(c); ++i) {
      among.fill(i, 1, row.data());
      // Finds the k-th neighbour. The point itself comes first, at distance 0.
      const auto reach = row.begin() + k;
      std::nth_element(row.begin(), reach, row.begin() + truth.rows);
      const double radius = *reach;
      between.fill(i, 1, row.data());
      const auto inside = std::count_if(row.begin(), row.begin() + samples.rows,
                                        [radius](double squared) { return squared <= radius; });
      held[c] += inside;
      covered[c] += inside > 0;
    }
  });
  std::int64_t all_held = 0, all_covered = 0;
  for (int c = 0; c < chunks.count(); ++c) {
    all_held += held[c];
    all_covered += covered[c];
  }
  return {static_cast<double>(all_held) / (static_cast<double>(k) * samples.rows),
          static_cast<double>(all_covered) / truth.rows};
}

double expected_coverage(int truth, int samples, int k) {
  check(k >= 1 && k < truth && samples > 0, "coverage", "neighbour ", k, " among ", truth,
        " true points and ", samples, " samples; there must be more true points, and samples");
  double missed = 1;
  for (int j = 1; j <= k; ++j)
    missed *= static_cast<double>(truth - j) / (static_cast<double>(truth) + samples - j);
  return 1 - missed;
}

}  // namespace pushforward
