#include "apps/data_traits.h"

#include <vector>

namespace pushforward::inline PF_REAL {

Units units_of(const Distribution& data) {
  std::vector<real> zero(data.dim(), real(0)), one(data.dim(), real(1));
  data.restore(1, zero.data());
  data.restore(1, one.data());
  Units units;
  for (int j = 0; j < data.dim(); ++j) {
    units.shift.push_back(static_cast<double>(zero[j]));
    units.scale.push_back(static_cast<double>(one[j]) - static_cast<double>(zero[j]));
  }
  return units;
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
