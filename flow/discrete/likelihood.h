// A bound on the likelihood of token sequences under a discrete flow.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>

#include "autograd/tensor/check.h"
#include "autograd/tensor/workers.h"
#include "flow/discrete/path.h"
#include "flow/discrete/posterior.h"

namespace pushforward {

struct ElboOptions {
  int times = 32;  // for each sequence: one from each of so many parts of [0, 1]
  std::uint64_t seed = 0;
  int chunk = 32;  // sequences on one tape; part of the result's bits
  const TokenDistribution* source =
      nullptr;  // of SourceKind::data: the distribution of x0, independent of x1
  std::function<bool()> interrupted{};
};

// Of so many nats over so many tokens: bits a token, and exp(nats / tokens). Fail unless there are
// tokens.
inline double bits_per_token(double nats, double tokens) {
  detail::check(tokens > 0, "bits per token", "there are ", tokens, " tokens; there must be some");
  return nats / (tokens * std::log(2.));
}
inline double perplexity(double nats, double tokens) {
  detail::check(tokens > 0, "perplexity", "there are ", tokens, " tokens; there must be some");
  return std::exp(nats / tokens);
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// -ELBO >= -ln p1(x1), in nats for each sequence of x1 (n, L) (labels (n), or empty), to out (n):
// the integral over t of the generalised KL (generalised_kl_loss), summed over tokens (Shaul et al.
// 2024). An unbiased estimate, from xt drawn anew at `times` times of each sequence.
//
// Over kappa the integrand is the KL over 1 - kappa, whose square has no finite mean at t = 1 when
// times are uniform. They are drawn with 1 - kappa = (1 - v)^2, v stratified on (0, 1), and
// weighted by dkappa = 2 (1 - v) dv: the estimate's variance is finite
// with masks, and with a uniform source where 1 - p(xt = x1) falls as 1 - kappa (with_own_token). A
// network without that, or with rows of data as the source, has an unbounded spread. Infinite for
// a sequence with a token of no probability (kNoToken). Fails on tokens outside the vocabulary, on
// labels that are not one a sequence, on a source that the path has none of or that does not fit,
// and where an answer is not a number, naming the sequence. Does not check the memory of x1 and
// out.
void negative_elbo(const Posterior& p, const TokenPath& path, int length, int n, const int* x1,
                   Labels labels, const ElboOptions& options, Workers& workers, double* out);

}  // namespace pushforward::inline PF_REAL
