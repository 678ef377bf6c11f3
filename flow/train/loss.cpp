#include "flow/train/loss.h"

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Returns the model's output at the sample, after checking its shape.
Var answer(const Field& model, const PathSample& sample) {
  const Var v = model(sample.xt, sample.t, sample.labels);
  check(v && v.shape() == sample.xt.shape(), "cfm_loss", "the field gave ", v ? v.shape() : Shape{},
        " for points ", sample.xt.shape(), "; a velocity has the shape of its points");
  return v;
}

// Returns the regression target of a model of this parameterization.
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
    const PredictionMix m = prediction_mix(parameterization.prediction,
                                           parameterization.scheduler(static_cast<double>(t[r])),
                                           parameterization.sigma_data);
    check(m.over != 0, "cfm_loss", "at t = ", double(t[r]), " the ",
          name_of(parameterization.prediction), " is infinite; draw times inside of the path");
    const real p = static_cast<real>(m.p / m.over), q = static_cast<real>(m.q / m.over);
    for (std::size_t i = r * dim; i < (r + 1) * dim; ++i) out[i] = p * x0[i] + q * x1[i];
  }
  return v;
}

}  // namespace

Var cfm_loss(const Field& u, const PathSample& sample) {
  return mse(answer(u, sample), sample.dxt);
}

Var prediction_loss(const Field& model, const Parameterization& parameterization,
                    const Weighting& weighting, const PathSample& sample) {
  const Var v = answer(model, sample), goal = target(parameterization, sample);
  if (!weighting.as || *weighting.as == parameterization.prediction) return mse(v, goal);
  std::span<real> w;
  const Var weights = sample.t.tape->uninitialised(sample.t.shape(), w, "weight");
  const std::span<const real> t = sample.t.values();
  for (std::size_t r = 0; r < w.size(); ++r)
    w[r] = static_cast<real>(loss_weight(weighting, parameterization, static_cast<double>(t[r])));
  return mean(weights * mean_cols(square(v - goal)));
}

Var score_and_flow_loss(const Field& model, const PathSample& sample, double score_weight) {
  check(
      bool(sample.z), "score_and_flow_loss",
      "the sample has no noise, whose mean the score is learned from; draw it on a path with noise");
  const Shape points = sample.xt.shape();
  const Var both = model(sample.xt, sample.t, sample.labels);
  check(both && both.shape() == Shape({points.rows(), 2 * points.cols()}), "score_and_flow_loss",
        "the model gave ", both ? both.shape() : Shape{}, " for points ", points,
        "; a velocity and a noise have ", Shape({points.rows(), 2 * points.cols()}));
  const int dim = points.cols();
  const Var of_flow = mse(slice(both, 1, 0, dim), sample.dxt),
            of_score = mse(slice(both, 1, dim, dim), sample.z);
  return of_flow + scale(of_score, static_cast<real>(score_weight));
}

Var part_of_batch(Var chunk_mean, int rows, int batch_rows) {
  check(rows > 0 && rows <= batch_rows, "part_of_batch", "a chunk of ", rows,
        " rows in a batch of ", batch_rows, "; give the rows of the chunk, then of the batch");
  return scale(chunk_mean, static_cast<real>(rows) / static_cast<real>(batch_rows));
}

}  // namespace pushforward::inline PF_REAL
