// A bound on the likelihood of token sequences under a discrete flow.
#pragma once

#include <cmath>
#include <cstdint>

#include "autograd/tensor/check.h"
#include "autograd/tensor/workers.h"
#include "flow/chunk_loop.h"
#include "flow/discrete/path.h"
#include "flow/discrete/posterior.h"

namespace pushforward {

// The options of the bound on the likelihood of token sequences.
struct ElboOptions : Interruption {
  // The number of times per sequence, one in each of `times` equal parts of [0, 1]; at least 1.
  // Each costs one evaluation of the posterior per sequence. More of them lower the standard error
  // of the bound. That error can be estimated only with at least 2.
  int times = 32;

  // The seed of the times and of the states on the path. Change it for an independent estimate.
  std::uint64_t seed = 0;

  // The number of sequences on one tape, at least 1. The memory of each thread is proportional to
  // it. It affects the bits of the result.
  int chunk = 32;

  // The distribution of x0, independent of x1. Given for SourceKind::data, and null otherwise.
  const TokenDistribution* source = nullptr;
};

// Return the bits per token, and the perplexity exp(nats / tokens), of `tokens` tokens with a total
// of `nats` nats. bits_per_token and perplexity fail unless there are tokens.
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

// Writes the negative evidence lower bound -ELBO >= -ln p1(x1), in nats per sequence, of sequences
// x1 (n, L) to out (n). `labels` has n entries, or is empty. The bound is the integral over t of
// the generalised Kullback-Leibler divergence (KL, see generalised_kl_loss), summed over tokens
// (Shaul et al. 2024). The result is an unbiased estimate from `times` times per sequence, each
// with a new xt.
//
// Written as an integral over kappa, the bound has the integrand KL / (1 - kappa). With uniform
// times, the mean of its square is infinite because of times near t = 1. So times are drawn with 1
// - kappa = (1 - v)^2, v stratified on (0, 1), and weighted by dkappa = 2 (1 - v) dv. The variance
// is then finite with a mask source, and with a uniform source if 1 - p(xt = x1) decreases as 1 -
// kappa (with_own_token). For a network without that property, and for SourceKind::data, it may be
// infinite. The bound is infinite for a sequence with a token of probability 0 (kNoToken). Fails on
// tokens outside the vocabulary, on labels that are not one per sequence, on a source that does not
// fit the path, and when a value is not a number, naming the sequence. Does not check the memory of
// x1 and out.
//
// On a metric-induced path, the bound is an integral over beta, whose integrand falls faster than
// any power of beta if the posterior contains the term of with_own_token. So beta = c (v / (1 -
// v))^max(a, 1) with v stratified on (0, 1), weighted by dbeta.
//
// `error` (n), unless it is null, receives an estimate of the standard error of each bound. The T =
// `times` terms v_0, v_1, ... come from successive parts of [0, 1]. The estimate uses the
// differences of neighbouring terms in pairs and, if T is odd, of the last two terms once more:
//   sqrt((v_1 - v_0)^2 + (v_3 - v_2)^2 + ..) / T.
// It tends to be too large, because the expectations of neighbours differ too. It is NaN if T is 1
// or the bound is infinite.
void negative_elbo(const Posterior& p, const TokenPath& path, int length, int n, const int* x1,
                   Labels labels, const ElboOptions& options, Workers& workers, double* out,
                   double* error = nullptr);

}  // namespace pushforward::inline PF_REAL
