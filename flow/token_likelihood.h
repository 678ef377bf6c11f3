// A bound on the likelihood of token sequences under a discrete flow.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/workers.h"
#include "flow/posterior.h"
#include "flow/token_path.h"

namespace pushforward {

struct ElboOptions {
  int times = 32;  // stratified times for each sequence
  std::uint64_t seed = 0;
  int chunk = 32;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// -ELBO >= -ln p1(x1), in nats for each sequence of x1 (n, L) (labels (n), or empty): the integral
// over t of the generalised KL, estimated at `times` stratified times, xt drawn anew at each.
// Unbiased; out (n).
void negative_elbo(const Posterior& p, const TokenPath& path, int length, int n, const int* x1,
                   Labels labels, const ElboOptions& options, Workers& workers, double* out);

}  // namespace pushforward::inline PF_REAL
