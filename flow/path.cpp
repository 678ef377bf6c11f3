#include "flow/path.h"

#include "flow/prediction.h"

namespace pushforward::inline PF_REAL {

PathEnds make_ends(Tape& tape, int rows, int dim) {
  PathEnds ends;
  std::span<real> values;
  ends.sample.t = tape.uninitialised({rows, 1}, values, "t");
  ends.t = values.data();
  ends.sample.x0 = tape.uninitialised({rows, dim}, values, "x0");
  ends.x0 = values.data();
  ends.sample.x1 = tape.uninitialised({rows, dim}, values, "x1");
  ends.x1 = values.data();
  return ends;
}

PathSample follow(const Scheduler& scheduler, const PathEnds& ends) {
  PathSample s = ends.sample;
  Tape& tape = *s.t.tape;
  const Shape shape = s.x0.shape();
  std::span<real> xt, dxt;
  s.xt = tape.uninitialised(shape, xt, "xt");
  s.dxt = tape.uninitialised(shape, dxt, "dxt");
  const int rows = shape.rows(), dim = shape.cols();
  for (int r = 0; r < rows; ++r) {
    const Coefficients c = scheduler(static_cast<double>(ends.t[r]));
    const Mix velocity = mix(Prediction::velocity, c);
    const real alpha = static_cast<real>(c.alpha), sigma = static_cast<real>(c.sigma);
    const real p = static_cast<real>(velocity.p), q = static_cast<real>(velocity.q);
    const std::size_t at = static_cast<std::size_t>(r) * dim;
    const real* __restrict__ x0 = ends.x0 + at;
    const real* __restrict__ x1 = ends.x1 + at;
    real* __restrict__ x = xt.data() + at;
    real* __restrict__ dx = dxt.data() + at;
    for (int j = 0; j < dim; ++j) {
      x[j] = alpha * x1[j] + sigma * x0[j];
      dx[j] = q * x1[j] + p * x0[j];
    }
  }
  return s;
}

}  // namespace pushforward::inline PF_REAL
