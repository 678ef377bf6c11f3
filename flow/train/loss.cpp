#include "flow/train/loss.h"

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {
namespace {

// Returns the model's output at the sample, after checking its shape.
Var answer(const Field& model, const PathSample& sample, int total_rows) {
  const Var v = model(sample.xt, sample.t, sample.labels);
  check(v && v.shape() == sample.xt.shape(), "cfm_loss", "the field returned ",
        v ? v.shape() : Shape{}, " for points ", sample.xt.shape(),
        "; a velocity has the shape of its points");
  const int rows = sample.xt.shape().rows();
  check(rows <= total_rows, "cfm_loss", "a chunk of ", rows, " rows in a batch of ", total_rows,
        "; total_rows counts the whole batch");
  return v;
}

real batch_share(const PathSample& sample, int total_rows) {
  return static_cast<real>(sample.xt.shape().rows()) / static_cast<real>(total_rows);
}

// The regression target of a model of this parameterization.
Var target(const Parameterization& parameterization, const PathSample& sample) {
  if (parameterization.prediction == Prediction::velocity) return sample.dxt;
  if (parameterization.prediction == Prediction::data) return sample.x1;
  if (parameterization.prediction == Prediction::noise) return sample.x0;
  const Shape shape = sample.xt.shape();
  std::span<real> out;
  const Var v = sample.t.tape->uninitialised(shape, out, "target");
  const std::span<const real> t = sample.t.values(), x0 = sample.x0.values(),
                              x1 = sample.x1.values();
  const std::size_t dim = static_cast<std::size_t>(shape.cols());
  for (std::size_t r = 0; r < t.size(); ++r) {
    const Mix m =
        mix(parameterization.prediction, parameterization.scheduler(static_cast<double>(t[r])),
            parameterization.sigma_data);
    const real p = static_cast<real>(m.p / m.over), q = static_cast<real>(m.q / m.over);
    for (std::size_t i = r * dim; i < (r + 1) * dim; ++i) out[i] = p * x0[i] + q * x1[i];
  }
  return v;
}

}  // namespace

Var cfm_loss(const Field& u, const PathSample& sample, int total_rows) {
  return scale(mse(answer(u, sample, total_rows), sample.dxt), batch_share(sample, total_rows));
}

Var prediction_loss(const Field& model, const Parameterization& parameterization,
                    const Weighting& weighting, const PathSample& sample, int total_rows) {
  const Var v = answer(model, sample, total_rows), goal = target(parameterization, sample);
  if (!weighting.as || *weighting.as == parameterization.prediction)
    return scale(mse(v, goal), batch_share(sample, total_rows));
  std::span<real> w;
  const Var weights = sample.t.tape->uninitialised(sample.t.shape(), w, "weight");
  const std::span<const real> t = sample.t.values();
  for (std::size_t r = 0; r < w.size(); ++r)
    w[r] = static_cast<real>(weight(weighting, parameterization, static_cast<double>(t[r])));
  return scale(mean(weights * mean_cols(square(v - goal))), batch_share(sample, total_rows));
}

}  // namespace pushforward::inline PF_REAL
