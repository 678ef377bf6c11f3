#include "apps/data/pairs.h"

#include <utility>
#include <vector>

#include "apps/failure.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"

namespace pushforward::app::inline PF_REAL {
namespace {

DistributionPtr rows_of(ArrayData rows, const Holdout& holdout) {
  if (holdout.empty()) return std::make_shared<ArrayData>(std::move(rows));
  return without_held_out(
      std::move(rows), holdout, "the pairs", [](const std::string& path) -> ArrayData {
        throw Failure(Exit::usage,
                      "[pairs] the rows of " + path +
                          " have no x0; hold out a share of the pairs, or row numbers");
      });
}

}  // namespace

DistributionPtr pair_ends(const FlowPairs& pairs, const Holdout& holdout) {
  const Units& units = pairs.units;
  const int dim = static_cast<int>(units.dim());
  DistributionPtr data =
      rows_of(ArrayData(TableRows{pairs.x1, dim, units.names}, pairs.labels), holdout);
  std::vector<double> scale, shift;
  bool same = true;
  for (std::size_t j = 0; j < units.dim(); ++j) {
    scale.push_back(1 / units.scale[j]);
    shift.push_back(-units.shift[j] / units.scale[j]);
    same = same && units.scale[j] == 1 && units.shift[j] == 0;
  }
  if (same) return data;
  return std::make_shared<AffineData>(std::move(data), std::move(scale), std::move(shift));
}

DistributionPtr pair_starts(const FlowPairs& pairs, const Holdout& holdout) {
  return rows_of(ArrayData(TableRows{pairs.x0, static_cast<int>(pairs.units.dim()), {}}), holdout);
}

}  // namespace pushforward::app::inline PF_REAL
