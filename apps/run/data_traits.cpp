#include "apps/run/data_traits.h"

#include <utility>
#include <vector>

namespace pushforward::app::inline PF_REAL {

Units make_units(const Distribution& data) {
  ColumnUnits units = data.units();
  return {std::move(units.scale), std::move(units.shift)};
}

ClassShares count_class_shares(const Distribution& data) {
  if (data.classes() == 0) return {};
  if (!data.all_labels().empty()) return class_shares(data.all_labels(), data.classes());
  std::vector<int> labels;
  draw_rows(data, {0x6c6162656c73, Purpose::label, 0xffffffff}, 65536, &labels);
  return class_shares(labels, data.classes());
}

}  // namespace pushforward::app::inline PF_REAL
