#include "flow/conditions.h"

#include <algorithm>
#include <cmath>

namespace pushforward::inline PF_REAL {

using detail::check;

ConditionTable::ConditionTable(Tensor rows) : rows_(std::move(rows)) {
  check(rows_.shape().rank == 2 && rows_.rows() > 0 && rows_.cols() > 0, "conditions",
        "a table of shape ", rows_.shape(), "; give rows of at least one number");
  const std::span<const real> values = rows_.values();
  const auto bad =
      std::find_if(values.begin(), values.end(), [](real v) { return !std::isfinite(v); });
  const auto at = static_cast<int>(bad - values.begin());
  check(bad == values.end(), "conditions", "row ", at / rows_.cols(), ", column ",
        at % rows_.cols(), " is not finite; give numbers");
}

Var ConditionTable::inputs(Tape& tape, int count, Labels labels) const {
  check(labels.empty() || labels.size() == static_cast<std::size_t>(count), "conditions",
        labels.size(), " labels for ", count, " rows; give one for each row, or none at all");
  const int k = columns();
  std::span<real> out;
  const Var conditions = tape.uninitialised({count, k + 1}, out, "c");
  for (int r = 0; r < count; ++r) {
    const std::span<real> row = out.subspan(static_cast<std::size_t>(r) * (k + 1), k + 1);
    const int label = labels.empty() ? kNoLabel : labels[static_cast<std::size_t>(r)];
    if (label == kNoLabel) {
      std::ranges::fill(row, real(0));
      continue;
    }
    check(label >= 0 && label < rows(), "conditions", "row ", r, " has label ", label,
          "; the table of conditions has rows 0 to ", rows() - 1);
    std::ranges::copy(rows_.row(label), row.begin());
    row.back() = 1;
  }
  return conditions;
}

}  // namespace pushforward::inline PF_REAL
