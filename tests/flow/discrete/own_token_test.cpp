#include "flow/discrete/own_token.h"

#include <cmath>

#include "autograd/ops.h"
#include "autograd/tensor/workers.h"
#include "flow/discrete/likelihood.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// For a single token, the posterior that ignores the token's own state is the distribution of the
// data.
const std::vector<double> kDistribution{0.5, 0.3, 0.2};
Posterior distribution_alone() {
  return [](std::span<const int> states, Var t, Labels) {
    std::vector<real> logits;
    for (std::size_t k = 0; k < states.size(); ++k)
      for (double p : kDistribution) logits.push_back(static_cast<real>(std::log(p)));
    return t.tape->input({t.shape()[0], 1, 3}, logits);
  };
}

}  // namespace

TEST_CASE("the data's distribution and a token's own state give the posterior of one token") {
  for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(2), cosine_kappa()}) {
    const TokenPath path{kappa, SourceKind::uniform, 3};
    const Posterior p = with_own_token(distribution_alone(), path);
    for (double t : {0.0, 0.3, 0.9, 0.999}) {
      const std::vector<int> states{0, 1, 2};
      Tape tape;
      const Var exact = softmax(p(states, tape.full({3, 1}, static_cast<real>(t))));
      const double kappa_t = kappa(static_cast<double>(static_cast<real>(t)));
      for (int x = 0; x < 3; ++x) {
        double sum = 0, joint[3];
        for (int v = 0; v < 3; ++v) {
          joint[v] = kDistribution[v] * (kappa_t * (v == x) + (1 - kappa_t) / 3);
          sum += joint[v];
        }
        for (int v = 0; v < 3; ++v)
          CHECK(static_cast<double>(exact.values()[3 * x + v]) ==
                Approx(joint[v] / sum).epsilon(1e-5));
      }
    }
    Tape tape;
    const Var last = softmax(p(std::vector<int>{1}, tape.full({1, 1}, 1)));
    CHECK(last.values()[1] == real(1));
  }
}

TEST_CASE("a posterior that is wrong about the data has a bound with finite variance") {
  // With uniform logits, the resulting posterior only depends on the token's own state.
  const TokenPath path{linear_kappa(), SourceKind::uniform, 3};
  const Posterior nothing = [](std::span<const int> states, Var t, Labels) {
    return t.tape->full({t.shape()[0], static_cast<int>(states.size()) / t.shape()[0], 3}, 0);
  };
  const auto spread = [&](const Posterior& p, std::uint64_t seed) {
    const std::vector<int> x1(2000, 1);
    std::vector<double> nats(x1.size());
    Workers workers(1);
    negative_elbo(p, path, 1, 2000, x1.data(), {}, {.times = 8, .seed = seed}, workers,
                  nats.data());
    double squares = 0;
    for (double v : nats) squares += v * v / static_cast<double>(nats.size());
    return std::sqrt(squares);
  };
  for (std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    CHECK(spread(with_own_token(nothing, path), seed) < 3);
    CHECK(spread(nothing, seed) > 10);
  }
}

TEST_CASE("with sources other than uniform, logits do not change") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 3};
  Tape tape;
  const std::vector<int> states{3};
  const Var t = tape.full({1, 1}, real(0.5));
  const Var a = distribution_alone()(states, t),
            b = with_own_token(distribution_alone(), path)(states, t);
  CHECK(std::equal(a.values().begin(), a.values().end(), b.values().begin()));
}

TEST_CASE("the term for a token's own state refuses logits, states and times that do not fit") {
  const TokenPath path{linear_kappa(), SourceKind::uniform, 3};
  Tape tape;
  const Var logits = tape.full({2, 2, 3}, 0), t = tape.full({2, 1}, real(0.5));
  CHECK_NOTHROW(with_own_token(logits, std::vector{0, 1, 2, 0}, t, path));
  CHECK_THROWS_WITH(with_own_token(logits, std::vector{0, 1}, t, path),
                    "[own token] logits (2, 2, 3), 2 states and times (2, 1) for 3 tokens; "
                    "they must be (B, L, V), (B, L) and (B, 1)");
  CHECK_THROWS_WITH(with_own_token(logits, std::vector{0, 1, 2, 3}, t, path),
                    "[token path] there is no state 3; the path has 3, 0 to 2");
  CHECK_THROWS_WITH(with_own_token(Posterior{}, path), "[own token] no posterior is given");
  CHECK_THROWS_WITH(Posterior{}(std::vector{0}, t),
                    "[posterior] nothing is given to call; make it from a function (states, t)");
}

}  // namespace pushforward::inline PF_REAL
