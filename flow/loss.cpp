#include "flow/loss.h"

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

Var cfm_loss(const Field& u, const PathSample& sample, int total_rows) {
  const Var v = u(sample.xt, sample.t);
  check(v && v.shape() == sample.dxt.shape(), "cfm_loss", "the field gave ",
        v ? v.shape() : Shape{}, " for points ", sample.xt.shape(),
        "; a velocity has the shape of its points");
  const int rows = sample.xt.shape().rows();
  check(rows <= total_rows, "cfm_loss", "a chunk of ", rows, " rows in a batch of ", total_rows,
        "; total_rows counts the whole batch");
  return scale(mse(v, sample.dxt), static_cast<real>(rows) / static_cast<real>(total_rows));
}

}  // namespace pushforward::inline PF_REAL
