// Checks of predictions other than the velocity (noise, data, score, EDM's), and of what follows
// from them: other schedules, noise while sampling, guidance.
#define PUSHFORWARD_REAL 64
#include "autograd/ops.h"
#include "flow/evaluate.h"
#include "flow/path/guidance.h"
#include "flow/path/predicted_field.h"
#include "flow/solve/diffusion.h"
#include "flow/theory/checks.h"
#include "flow/theory/tools.h"

namespace pushforward::equations {
namespace {

const Numbers kPoints{0.3, -0.2, -1.1, 0.9};
const Numbers kPredictionTimes{0.2, 0.5, 0.8};

// Returns the exact velocity at kPoints, converted to the prediction `what`.
Numbers predicted(const OraclePtr& oracle, const Scheduler& path, Prediction what, double t) {
  return answers(converted(oracle_field(oracle, path), {.scheduler = path}, what), 2, kPoints, t);
}

// Returns the score grad ln p_t at kPoints, by differences of the density.
Numbers score_by_difference(const Oracle& oracle, const Coefficients& c) {
  Numbers score;
  for (std::size_t i = 0; i < kPoints.size(); ++i) {
    const std::size_t row = i / 2 * 2;
    score.push_back(slope_along([&](const Numbers& x) { return oracle.log_density(c, x)[0]; },
                                {kPoints[row], kPoints[row + 1]}, static_cast<int>(i % 2), 1e-3));
  }
  return score;
}

}  // namespace

// Checks that E[x0 | xt = x] = -sigma grad ln p_t(x), for the path xt = alpha x1 + sigma x0 with
// standard normal x0.
double noise_prediction(double wrong) {
  const OraclePtr oracle = noise_to_plane();
  Residual residual(wrong);
  for (const Scheduler& path : schedulers()) {
    for (double t : kPredictionTimes) {
      Numbers noise = score_by_difference(*oracle, path(t));
      for (double& s : noise) s *= -path(t).sigma;
      residual.compare(predicted(oracle, path, Prediction::noise, t), noise);
    }
  }
  return residual.worst();
}

// Checks Tweedie's formula for the path xt = alpha x1 + sigma x0 with standard normal x0: E[x1 | xt
// = x] = (x + sigma^2 grad ln p_t(x)) / alpha.
double data_prediction(double wrong) {
  const OraclePtr oracle = noise_to_plane();
  Residual residual(wrong);
  for (const Scheduler& path : schedulers()) {
    for (double t : kPredictionTimes) {
      const Coefficients c = path(t);
      Numbers data = score_by_difference(*oracle, c);
      for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = (kPoints[i] + c.sigma * c.sigma * data[i]) / c.alpha;
      residual.compare(predicted(oracle, path, Prediction::data, t), data);
    }
  }
  return residual.worst();
}

// Converts each exact prediction to every other one with the library's Conversion, and compares the
// result with the oracle's own formula for it.
double all_predictions(double wrong) {
  const OraclePtr oracle = noise_to_plane();
  Residual residual(wrong);
  for (const Scheduler& path : schedulers()) {
    for (double t : kPredictionTimes) {
      const Coefficients c = path(t);
      const auto exact = [&](Prediction what) {
        if (what == Prediction::velocity) return oracle->velocity(c, kPoints);
        if (what == Prediction::noise) return oracle->source_mean(c, kPoints);
        if (what == Prediction::score) return oracle->score(c, kPoints);
        Numbers f = oracle->data_mean(c, kPoints);
        if (what == Prediction::data) return f;
        // EDM's prediction F follows from E[x1 | x] by Karras et al. 2022, eq. 7, at noise level s
        // = sigma / alpha and data std sd.
        const double s = c.sigma / c.alpha, sd = 0.5, sum = s * s + sd * sd;
        for (std::size_t i = 0; i < f.size(); ++i)
          f[i] = (f[i] - sd * sd / sum * kPoints[i] / c.alpha) / (s * sd / std::sqrt(sum));
        return f;
      };
      for (Prediction from : kPredictions) {
        const Numbers given = exact(from);
        for (Prediction to : kPredictions) {
          if (from == to) continue;
          const Conversion into = conversion(from, to, c);
          Numbers made;
          for (std::size_t i = 0; i < given.size(); ++i)
            made.push_back(into.a * kPoints[i] + into.b * given[i]);
          residual.compare(made, exact(to));
        }
      }
    }
  }
  return residual.worst();
}

// Checks EDM's prediction F, with D = c_skip x + c_out F the estimate of the data, and its scaled
// inputs against the table of Karras et al. 2022. Also checks the purpose of the scaling: the
// target of F has unit variance if the data has standard deviation sigma_data.
double edm_prediction(double wrong) {
  Residual residual(wrong);
  for (const Scheduler& path : schedulers()) {
    for (double t : kPredictionTimes) {
      const Coefficients c = path(t);
      const double s = c.sigma / c.alpha, sd = 0.6, sum = s * s + sd * sd;
      const double x = 1.7, f = -0.4;  // EDM uses x = xt / alpha
      const Conversion into = conversion(Prediction::edm, Prediction::data, c, sd);
      residual.compare((into.a * c.alpha * x + into.b * f),
                       sd * sd / sum * x + s * sd / std::sqrt(sum) * f);
      const EdmInputs in = edm_scaling(c, sd);
      residual.compare(in.scale * c.alpha * x, x / std::sqrt(sum));
      residual.compare(in.noise, std::log(s) / 4);
      const PredictionMix m = prediction_mix(Prediction::edm, c, sd);
      residual.compare((m.p * m.p + m.q * m.q * sd * sd) / (m.over * m.over), 1);
    }
  }
  return residual.worst();
}

// A velocity field converted from one schedule (alpha, sigma) to another must be the exact velocity
// field of the other schedule.
double schedule_change(double wrong) {
  const OraclePtr oracle = plane_flow();
  Residual residual(wrong);
  for (const Scheduler& from : {cond_ot(), cosine(), vp()}) {
    for (const Scheduler& to : {cosine(), polynomial(2), linear_vp(), ve(0.1, 3)}) {
      const Field moved = rescheduled(oracle_field(oracle, from), from, to);
      for (double r : kPredictionTimes)
        residual.compare(answers(moved, 2, kPoints, r), oracle->velocity(to(r), kPoints));
    }
  }
  return residual.worst();
}

// Checks the Fokker-Planck equation of dx = (u + w score) dt + sqrt(2 w) dW for velocity u and
// noise strength w. The score is converted from the velocity, and derivatives of the density are
// differences. Also, w of the vp path's own diffusion must be beta / 2, with beta(t) the rate of
// that diffusion.
double sde_marginals(double wrong) {
  const OraclePtr oracle = noise_to_plane();
  Residual residual;
  for (const Scheduler& path : {cond_ot(), cosine(), vp()}) {
    const Field velocity = oracle_field(oracle, path);
    const Field score =
        perturbed(converted(velocity, {.scheduler = path}, Prediction::score), wrong);
    for (DiffusionShape shape : {DiffusionShape::sigma, DiffusionShape::sbdm}) {
      for (double t : {0.3, 0.7}) {
        const Coefficients c = path(t);
        const double w = Diffusion{shape, 0.5}(t, c);
        const auto p = [&](const Numbers& x) { return std::exp(oracle->log_density(c, x)[0]); };
        const Numbers x{0.3, -0.2};
        double right = 0;
        for (int j = 0; j < 2; ++j) {
          const auto flux = [&](const Numbers& y) {
            return (answers(velocity, 2, y, t)[j] + w * answers(score, 2, y, t)[j]) * p(y);
          };
          right += w * bend_along(p, x, j, 4e-3) - slope_along(flux, x, j, 4e-3);
        }
        residual.compare(
            right,
            slope([&](double s) { return std::exp(oracle->log_density(path(s), x)[0]); }, t, 1e-3));
      }
    }
  }
  for (double t : kPredictionTimes)
    residual.compare(Diffusion{DiffusionShape::sbdm, 1}(t, vp()(t)), (0.1 + 19.9 * (1 - t)) / 2);
  return residual.worst();
}

// The velocity with guidance of scale w, converted to a score, must be the gradient of (1 + w) ln
// p_t(x | y) - w ln p_t(x) for the label y, by differences.
double guidance(double wrong) {
  const OraclePtr all = noise_to_plane();
  std::vector<OraclePtr> given;
  for (int k = 0; k < 2; ++k) {
    const Mixture& data = all->data();
    given.push_back(std::make_shared<Oracle>(
        all->source(), Mixture{2, {1}, {data.mean(k)[0], data.mean(k)[1]}, {data.stds[k]}}));
  }
  const Scheduler path = cond_ot();
  const Field without = oracle_field(all, path);
  const std::vector<Field> with{oracle_field(given[0], path), oracle_field(given[1], path)};
  // All rows of a call have the same label here, so the label of the first row is that of all rows.
  const Field conditional = [&](Var x, Var t, Labels labels) {
    const int label = labels.empty() ? kNoLabel : labels[0];
    return label == kNoLabel ? without(x, t) : with[static_cast<std::size_t>(label)](x, t);
  };
  Residual residual(wrong);
  for (double w : {-0.5, 0.7, 3.}) {
    const Field score =
        converted(guided(conditional, {.scale = w}), {.scheduler = path}, Prediction::score);
    for (double t : kPredictionTimes) {
      const Coefficients c = path(t);
      const Numbers free = score_by_difference(*all, c);
      for (int label = 0; label < 2; ++label) {
        Numbers expected = score_by_difference(*given[static_cast<std::size_t>(label)], c);
        for (std::size_t i = 0; i < expected.size(); ++i)
          expected[i] = (1 + w) * expected[i] - w * free[i];
        Numbers made(kPoints.size());
        const Numbers times(2, t);
        const std::vector<int> labels(2, label);
        Evaluator(score, 2)(2, kPoints.data(), times.data(), made.data(), labels);
        residual.compare(made, expected);
      }
    }
  }
  return residual.worst();
}

}  // namespace pushforward::equations
