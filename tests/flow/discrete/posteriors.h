// Exact posteriors for tests. Tokens are independent and have different distributions.
#pragma once

#include <cmath>
#include <vector>

#include "flow/discrete/path.h"
#include "flow/discrete/posterior.h"

namespace pushforward::inline PF_REAL {

// Returns the posterior p(x1_l | xt), proportional to distributions[l][x1] p_t(xt_l | x1), for mask
// and uniform sources. `distributions` has L vectors of length V. A label k shifts each of them by
// k tokens.
inline Posterior independent_posterior(const TokenPath& path,
                                       std::vector<std::vector<double>> distributions) {
  return [path, distributions = std::move(distributions)](std::span<const int> x, Var t,
                                                          Labels labels) {
    const int rows = t.shape().rows(), length = static_cast<int>(distributions.size()),
              v = path.vocabulary;
    std::span<real> out;
    const Var logits = t.tape->uninitialised({rows, length, v}, out, "logits");
    for (int r = 0; r < rows; ++r) {
      const double time = static_cast<double>(t.values()[r]), k = path.kappa(time),
                   left = path.kappa.left(time);
      const int turn = labels.empty() || labels[r] == kNoLabel ? 0 : labels[r];
      for (int l = 0; l < length; ++l) {
        const int at = x[r * length + l];
        for (int y = 0; y < v; ++y) {
          double p = distributions[l][(y + v - turn) % v];
          p *= k * (y == at) + left * path.source_probability(at);
          out[(r * length + l) * v + y] = static_cast<real>(std::log(p));
        }
      }
    }
    return logits;
  };
}

}  // namespace pushforward::inline PF_REAL
