#include "flow/discrete/exact_posterior.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

Posterior oracle_posterior(std::shared_ptr<const TokenOracle> oracle) {
  check(oracle != nullptr, "oracle_posterior", "no oracle given");
  return [oracle = std::move(oracle)](std::span<const int> states, Var t, Labels labels) {
    Tape& tape = *t.tape;
    const int length = oracle->length(), rows = t.shape().rows();
    check(states.size() == std::size_t(rows) * length, "oracle_posterior", states.size(),
          " states for ", rows, " times and sequences of ", length, "; give (B, L) and (B, 1)");
    check(labels.empty() || labels.size() == std::size_t(rows), "oracle_posterior", labels.size(),
          " labels for ", rows, " rows; give one per row, or none");
    const int vocabulary = oracle->path().vocabulary;
    const std::size_t width = std::size_t(length) * vocabulary;
    std::span<real> out;
    const Var logits = tape.uninitialised({rows, length, vocabulary}, out, "exact posterior");
    const std::span<double> work{tape.arena().array<double>(oracle->scratch()),
                                 std::size_t(oracle->scratch())};
    const std::span<double> p{tape.arena().array<double>(width), width};
    const auto times = t.values();
    for (int b = 0; b < rows; ++b) {
      oracle->posterior(static_cast<double>(times[b]),
                        states.subspan(std::size_t(b) * length, length), p, work,
                        labels.empty() ? kNoLabel : labels[b]);
      for (std::size_t i = 0; i < width; ++i) {
        out[b * width + i] =
            p[i] > 0 ? std::max(static_cast<real>(std::log(p[i])), kNoToken) : kNoToken;
      }
    }
    return logits;
  };
}

}  // namespace pushforward::inline PF_REAL
