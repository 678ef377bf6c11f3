#include "apps/data_traits.h"

#include <utility>
#include <vector>

namespace pushforward::inline PF_REAL {

Units units_of(const Distribution& data) {
  ColumnUnits units = data.units();
  return {std::move(units.scale), std::move(units.shift)};
}

ClassShares shares_of(const Distribution& data) {
  if (data.classes() == 0) return {};
  constexpr int kRows = 65536;
  std::vector<int> labels;
  draw(data, {0x6c6162656c73, Purpose::label, 0xffffffff}, kRows, &labels);
  ClassShares shares(data.classes(), 0);
  for (int label : labels) shares[label] += 1. / kRows;
  return shares;
}

}  // namespace pushforward::inline PF_REAL
