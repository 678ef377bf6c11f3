#include "flow/discrete/loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Returns the log-posterior ln p(x1_l = v | xt) of every position l and token v, (B L, V).
Var log_posterior(const Posterior& p, const TokenPath& path, const TokenSample& sample) {
  path.check_valid();
  const int rows = sample.t.shape().rows(), v = path.vocabulary;
  const std::size_t size = static_cast<std::size_t>(rows) * std::max(sample.length, 0);
  check(rows > 0 && sample.length > 0 && sample.xt.size() == size && sample.x1.size() == size,
        "token_loss", "a sample of ", rows, " times with ", sample.xt.size(), " states and ",
        sample.x1.size(), " tokens in rows of ", sample.length,
        "; rows and length must be positive "
        "and fit");
  for (std::size_t i = 0; i < size; ++i) {
    path.check_state(sample.xt[i]);
    path.check_token(sample.x1[i]);
  }
  const Var logits =
      checked_logits("token_loss", p, path, sample.length, sample.xt, sample.t, sample.labels);
  return log_softmax(reshape(logits, {rows * sample.length, v}));
}

// Returns a weight for each token, (B L, 1): weight(xt, x1), which is multiplied by the jump rate
// at the row's time if `hazard` is true. The weight of an unmasked token is 0.
template <class Weight>
Var weights(const TokenPath& path, const TokenSample& sample, bool hazard, const char* name,
            const Weight& weight) {
  std::span<real> w;
  const int rows = sample.t.shape().rows();
  check(!hazard || !path.metric, "token_loss",
        "the weight of the cross-entropy is the hazard of kappa, but the path is metric-induced "
        "and has no kappa; take the weight none, or generalised_kl_loss");
  const Var out = sample.t.tape->uninitialised({rows * sample.length, 1}, w, name);
  const std::span<const real> t = sample.t.values();
  for (int r = 0; r < rows; ++r) {
    const double rate = hazard ? path.kappa.hazard(static_cast<double>(t[r])) : 1;
    check(std::isfinite(rate), "token_loss", "row ", r, " has t = ", t[r],
          ", where tokens jump at an infinite rate; draw times from [0, 1)");
    for (int l = 0; l < sample.length; ++l) {
      const std::size_t i = static_cast<std::size_t>(r) * sample.length + l;
      w[i] = path.unmasked(sample.xt[i])
                 ? real(0)
                 : static_cast<real>(rate * weight(sample.xt[i], sample.x1[i]));
    }
  }
  return out;
}

// Returns 1 / (B L), with which a sum over all tokens of the sample becomes a mean.
real one_share(const TokenSample& sample) {
  return static_cast<real>(1 / (static_cast<double>(sample.t.shape().rows()) * sample.length));
}

}  // namespace

Var cross_entropy_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample,
                       TokenWeight weight) {
  const Var log_p = log_posterior(p, path, sample);
  const Var w =
      weights(path, sample, weight == TokenWeight::hazard, "weight", [](int, int) { return -1.; });
  return scale(sum(w * pick_cols(log_p, sample.x1)), one_share(sample));
}

namespace {

// Rates given x1 below this count as 0, so that products with them do not underflow.
constexpr double kLeastRate = 1e-20;

// The constants of the generalised KL on a metric-induced path, for N tokens of a sample.
struct MetricRates {
  std::span<real> to;       // (N, V, V): the rate to y given x1 = v, or 0 where `given` is 0
  std::span<real> absent;   // (N, V): 1 where `given` is 0, else 0
  std::span<real> leaving;  // (N, V): the rate of leaving xt given x1 = v
  std::span<real> given;    // (N, V): the rate to y given the data's token
  std::span<real> least;    // (N, 1): the sum over y of given (ln given - 1)
};

// Fills the constants of token i, in state x with the data's token x1.
void fill_metric_rates(const TokenMetric& metric, double beta, double slope, int x, int x1,
                       std::size_t i, const MetricRates& rates) {
  const auto v = static_cast<std::size_t>(metric.vocabulary());
  const auto rate = [&](int y, int to) {
    const double nearer = metric.distance(x, to) - metric.distance(y, to);
    return nearer > 0 ? slope * metric.weight(beta, y, to) * nearer : 0;
  };
  double least = 0;
  for (std::size_t y = 0; y < v; ++y) {
    const double given = rate(static_cast<int>(y), x1) / metric.normaliser(beta, x1);
    const bool counts = given > kLeastRate;
    rates.given[i * v + y] = counts ? static_cast<real>(given) : real(0);
    rates.absent[i * v + y] = counts ? real(0) : real(1);
    if (counts) least += given * (std::log(given) - 1);
  }
  rates.least[i] = static_cast<real>(least);
  for (std::size_t to = 0; to < v; ++to) {
    const double sum = metric.normaliser(beta, static_cast<int>(to));
    double leaving = 0;
    for (std::size_t y = 0; y < v; ++y) {
      const double to_y = rate(static_cast<int>(y), static_cast<int>(to)) / sum;
      leaving += to_y;
      rates.to[(i * v + to) * v + y] =
          rates.given[i * v + y] > 0 ? static_cast<real>(to_y) : real(0);
    }
    rates.leaving[i * v + to] = static_cast<real>(leaving);
  }
}

// Returns the generalised KL on a metric-induced path.
Var metric_kl_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample) {
  const Var log_p = log_posterior(p, path, sample);
  const TokenMetric& metric = *path.metric;
  Tape& tape = *sample.t.tape;
  const int rows = sample.t.shape().rows(), n = rows * sample.length, v = path.vocabulary;
  MetricRates rates;
  const Var to = tape.uninitialised({n, v, v}, rates.to, "rates"),
            absent = tape.uninitialised({n, v}, rates.absent, "absent"),
            leaving = tape.uninitialised({n, v}, rates.leaving, "leaving"),
            given = tape.uninitialised({n, v}, rates.given, "given"),
            least = tape.uninitialised({n, 1}, rates.least, "least");
  for (int r = 0; r < rows; ++r) {
    const double t = static_cast<double>(sample.t.values()[r]), slope = metric.slope(t),
                 beta = metric.beta(t);
    check(std::isfinite(slope), "token_loss", "row ", r, " has t = ", t,
          ", where tokens jump at an infinite rate; draw times from [0, 1), and above 0 if a < 1");
    for (int l = 0; l < sample.length; ++l) {
      const std::size_t i = static_cast<std::size_t>(r) * sample.length + l;
      fill_metric_rates(metric, beta, slope, sample.xt[i], sample.x1[i], i, rates);
    }
  }
  const Var posterior = exp(log_p);
  const Var learnt = reshape(matmul(reshape(posterior, {n, 1, v}), to), {n, v});
  const Var log_part = sum_cols(
      given * log(maximum(learnt + absent, tape.full({n, v}, std::numeric_limits<real>::min()))));
  return scale(sum(sum_cols(posterior * leaving) + least - log_part), one_share(sample));
}

// Returns the generalised KL on the three-part path.
Var three_part_kl_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample) {
  const Var log_p = log_posterior(p, path, sample);
  Tape& tape = *sample.t.tape;
  const int rows = sample.t.shape().rows(), n = rows * sample.length, v = path.vocabulary;
  // The learnt rate to y != xt is hazard (w p(y) + (1 - w) / V). `to` and `other` are the two factors,
  // `given` is the rate given x1, and `least` collects what does not depend on p.
  std::span<real> to_rate, other_rate, given_rate, least_of;
  const Var to = tape.uninitialised({n, v}, to_rate, "rate of a token"),
            other = tape.uninitialised({n, v}, other_rate, "uniform rate"),
            given = tape.uninitialised({n, v}, given_rate, "given"),
            least = tape.uninitialised({n, 1}, least_of, "least");
  for (int r = 0; r < rows; ++r) {
    const double t = static_cast<double>(sample.t.values()[r]), hazard = path.kappa.hazard(t),
                 data = path.to_data(t), uniform = (1 - data) / v;
    check(std::isfinite(hazard), "token_loss", "row ", r, " has t = ", t,
          ", where tokens jump at an infinite rate; draw times from [0, 1)");
    for (int l = 0; l < sample.length; ++l) {
      const std::size_t i = static_cast<std::size_t>(r) * sample.length + l;
      double sum = 0;
      for (int y = 0; y < v; ++y) {
        const std::size_t at = i * static_cast<std::size_t>(v) + static_cast<std::size_t>(y);
        const bool elsewhere = y != sample.xt[i];
        const double rate = elsewhere ? hazard * (data * (y == sample.x1[i]) + uniform) : 0;
        to_rate[at] = elsewhere ? static_cast<real>(hazard * data) : real(0);
        // At y = xt the logarithm below is of 1, and its factor is 0.
        other_rate[at] = elsewhere ? static_cast<real>(hazard * uniform) : real(1);
        given_rate[at] = static_cast<real>(rate);
        if (elsewhere) sum += hazard * uniform - rate + (rate > 0 ? rate * std::log(rate) : 0);
      }
      least_of[i] = static_cast<real>(sum);
    }
  }
  const Var learnt = to * exp(log_p);
  const Var log_learnt =
      log(maximum(learnt + other, tape.full({n, v}, std::numeric_limits<real>::min())));
  return scale(sum(sum_cols(learnt - given * log_learnt) + least), one_share(sample));
}

}  // namespace

Var generalised_kl_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample) {
  if (path.metric) return metric_kl_loss(p, path, sample);
  if (path.noise > 0) return three_part_kl_loss(p, path, sample);
  // With a mask source, a token that is still masked has p(xt) = 0 and differs from its x1, so only
  // the cross-entropy remains of the generalised KL.
  if (path.source == SourceKind::mask)
    return cross_entropy_loss(p, path, sample, TokenWeight::hazard);
  const Var log_p = log_posterior(p, path, sample);
  const Var rate = weights(path, sample, true, "rate", [](int, int) { return 1.; });
  const Var missed =
      weights(path, sample, true, "missed", [](int xt, int x1) { return xt == x1 ? 0. : -1.; });
  // The loss of a token is rate ([xt = x1] - p(xt)) - rate [xt != x1] ln p(x1), where p is the
  // posterior, the rate is dkappa / (1 - kappa), and [.] is 1 if true and 0 if false.
  const Var still = (rate + missed) - rate * exp(pick_cols(log_p, sample.xt));
  return scale(sum(still + missed * pick_cols(log_p, sample.x1)), one_share(sample));
}

}  // namespace pushforward::inline PF_REAL
