// The list of the records of all ops. Tests examine every op in the list, so each op must be in it.
#include <vector>

#include "autograd/rules.h"

namespace pushforward::inline PF_REAL {

std::span<const Op* const> all_ops() {
  static const std::vector<const Op*> all = [] {
    std::vector<const Op*> ops{&input_op, &parameter_op, &constant_op};
    for (auto family : {arithmetic_ops(), elementwise_ops(), linear_ops(), reduce_ops(), row_ops(),
                        index_ops(), select_ops(), sequence_ops(), attention_ops()}) {
      ops.insert(ops.end(), family.begin(), family.end());
    }
    return ops;
  }();
  return all;
}

}  // namespace pushforward::inline PF_REAL
