#include "flow/path/path.h"

#include "flow/path/prediction.h"

namespace pushforward::inline PF_REAL {

using detail::check;

PathEnds make_ends(Tape& tape, int rows, int dim) {
  check(rows > 0 && dim > 0, "path", rows, " rows of ", dim, " numbers; both must be at least 1");
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

PathSample follow_path(const Scheduler& scheduler, const PathEnds& ends) {
  check(ends.sample.t && ends.sample.x0 && ends.sample.x1 && ends.t && ends.x0 && ends.x1, "path",
        "the ends have no memory; make_ends gives them some");
  PathSample s = ends.sample;
  Tape& tape = *s.t.tape;
  const Shape shape = s.x0.shape();
  std::span<real> xt, dxt;
  s.xt = tape.uninitialised(shape, xt, "xt");
  s.dxt = tape.uninitialised(shape, dxt, "dxt");
  const int rows = shape.rows(), dim = shape.cols();
  for (int r = 0; r < rows; ++r) {
    const Coefficients c = scheduler(static_cast<double>(ends.t[r]));
    const PredictionMix velocity = prediction_mix(Prediction::velocity, c);
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

PathSample follow_path(const Scheduler& scheduler, const PathEnds& ends, const PathNoise& noise,
                       const real* z) {
  const PathSample s = follow_path(scheduler, ends);
  if (!noise) return s;
  check(z != nullptr, "path", "the path has noise, and no normal numbers are given for it");
  const Shape shape = s.xt.shape();
  const int rows = shape.rows(), dim = shape.cols();
  PathSample noisy = s;
  Tape& tape = *s.t.tape;
  std::span<real> xt, dxt;
  noisy.xt = tape.uninitialised(shape, xt, "xt");
  noisy.dxt = tape.uninitialised(shape, dxt, "dxt");
  const std::span<const real> mean = s.xt.values(), slope = s.dxt.values();
  for (int r = 0; r < rows; ++r) {
    const NoiseLevel level = noise(static_cast<double>(ends.t[r]));
    const real gamma = static_cast<real>(level.gamma), dgamma = static_cast<real>(level.dgamma);
    for (int j = 0; j < dim; ++j) {
      const std::size_t at = static_cast<std::size_t>(r) * dim + j;
      xt[at] = mean[at] + gamma * z[at];
      dxt[at] = slope[at] + dgamma * z[at];
    }
  }
  return noisy;
}

}  // namespace pushforward::inline PF_REAL
