#include "flow/discrete/loss.h"

#include <algorithm>
#include <cmath>

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

Var generalised_kl_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample) {
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
