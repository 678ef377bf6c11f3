// Tests losses of posteriors: their values, which tokens count, and that the losses of parts add up
// to that of the batch.
#include "flow/discrete/loss.h"

#include <cmath>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/train/loss.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kDigits = sizeof(real) == 4 ? 2e-6 : 1e-9;

// Returns a posterior with the same logits at every position.
Posterior fixed(std::vector<double> logits, int length) {
  return [logits, length](std::span<const int>, Var t) {
    const int rows = t.shape().rows(), v = static_cast<int>(logits.size());
    std::span<real> out;
    const Var x = t.tape->uninitialised({rows, length, v}, out, "logits");
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<real>(logits[i % logits.size()]);
    return x;
  };
}

TokenSample make_sample(Tape& tape, std::initializer_list<real> t, std::span<const int> xt,
                        std::span<const int> x1) {
  const int rows = static_cast<int>(t.size());
  return {.t = tape.input({rows, 1}, t),
          .xt = xt,
          .x1 = x1,
          .length = static_cast<int>(xt.size()) / rows};
}

double value(Var v) { return static_cast<double>(v.values()[0]); }

}  // namespace

TEST_CASE("the generalised KL has the known numbers") {
  const TokenPath path{polynomial_kappa(2), SourceKind::uniform, 3};
  const std::vector<std::array<double, 3>> cases{
      {1, 1, 0.6965030265}, {1, 0, 0.4371466622}, {1, 2, 0.6077332518}, {0, 2, 2.482733252}};
  for (const auto& [x1, xt, wanted] : cases) {
    Tape tape;
    const std::vector<int> to{int(x1)}, at{int(xt)};
    const TokenSample s = make_sample(tape, {real(0.6)}, at, to);
    CHECK(value(generalised_kl_loss(fixed({1, 2, 0.5}, 1), path, s)) ==
          Approx(wanted).epsilon(kDigits));
  }
}

TEST_CASE("the cross-entropy counts all true tokens, with a mask source only masked positions") {
  const std::vector<double> logits{1, 2, 0.5};
  const double z = std::log(std::exp(1) + std::exp(2) + std::exp(0.5));
  const std::vector<int> x1{0, 1, 2, 1}, xt{3, 1, 3, 3}, uniform{2, 1, 0, 0};
  const double nats[] = {z - 1, z - 2, z - 0.5, z - 2};
  Tape tape;
  const Posterior p = fixed(logits, 2);
  const TokenPath mask{linear_kappa(), SourceKind::mask, 3},
      noise{linear_kappa(), SourceKind::uniform, 3};
  const TokenSample s = make_sample(tape, {real(0.25), real(0.75)}, xt, x1),
                    u = make_sample(tape, {real(0.25), real(0.75)}, uniform, x1);
  CHECK(value(cross_entropy_loss(p, mask, s)) ==
        Approx((nats[0] + nats[2] + nats[3]) / 4).epsilon(kDigits));
  CHECK(value(cross_entropy_loss(p, noise, u)) ==
        Approx((nats[0] + nats[1] + nats[2] + nats[3]) / 4).epsilon(kDigits));
  const double weighted = (nats[0] / 0.75 + (nats[2] + nats[3]) / 0.25) / 4;
  CHECK(value(cross_entropy_loss(p, mask, s, TokenWeight::hazard)) ==
        Approx(weighted).epsilon(kDigits));
  CHECK(value(generalised_kl_loss(p, mask, s)) == Approx(weighted).epsilon(kDigits));
  // part_of_batch(loss, 2, 8) is the contribution of the two rows to the mean loss of a batch of 8.
  CHECK(value(part_of_batch(cross_entropy_loss(p, mask, s), 2, 8)) ==
        Approx((nats[0] + nats[2] + nats[3]) / 16).epsilon(kDigits));
}

TEST_CASE("losses pull the posterior to the data, and unmasked tokens have no gradient") {
  const TokenPath mask{linear_kappa(), SourceKind::mask, 3},
      noise{linear_kappa(), SourceKind::uniform, 3};
  const std::vector<int> x1{0, 1}, xt{3, 1}, uniform{2, 1};
  for (bool kl : {false, true}) {
    for (bool masked : {true, false}) {
      Tape tape;
      const Var logits = tape.input({1, 2, 3}, {1, 2, real(0.5), 0, 1, real(-0.5)});
      const Posterior p = [&](std::span<const int>, Var) { return logits; };
      const TokenSample s = make_sample(tape, {real(0.5)}, masked ? xt : uniform, x1);
      const TokenPath& path = masked ? mask : noise;
      const Var loss = kl ? generalised_kl_loss(p, path, s) : cross_entropy_loss(p, path, s);
      const std::span<const real> slope = grad(loss, logits).values();
      // At the first position the state xt is not the true token x1 = 0. There a step of gradient
      // descent increases the probability of the true token.
      CHECK(slope[0] < 0);
      CHECK(slope[1] > 0);
      if (masked)
        for (int v = 3; v < 6; ++v) CHECK(slope[v] == 0);
      else
        CHECK(slope[4] < 0);
      // Adding a constant to all logits changes nothing, so the gradient sums to 0.
      CHECK(std::abs(double(slope[0] + slope[1] + slope[2])) < 1e-6);
    }
  }
}

TEST_CASE("the generalised KL is finite up to the last double below t = 1") {
  const TokenPath path{cosine_kappa(), SourceKind::uniform, 2};
  const std::vector<int> x1{0}, xt{1};
  Tape tape;
  const TokenSample s = make_sample(tape, {real(1 - 0x1p-24)}, xt, x1);
  CHECK(std::isfinite(value(generalised_kl_loss(fixed({0, 0}, 1), path, s))));
  const TokenSample end = make_sample(tape, {real(1)}, xt, x1);
  CHECK_THROWS_WITH(generalised_kl_loss(fixed({0, 0}, 1), path, end),
                    "[token_loss] row 0 has t = 1, where tokens jump at an infinite rate; "
                    "draw times from [0, 1)");
}

TEST_CASE("a posterior with a wrong shape is refused") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 3};
  const std::vector<int> x1{0}, xt{3};
  Tape tape;
  const TokenSample s = make_sample(tape, {real(0.5)}, xt, x1);
  CHECK_THROWS_WITH(cross_entropy_loss(fixed({1, 2}, 1), path, s),
                    "[token_loss] the posterior gave (1, 1, 2) "
                    "for 1 sequences of 1 tokens out of 3; its logits are (1, 1, 3)");
  CHECK_THROWS_WITH(cross_entropy_loss({}, path, s),
                    "[posterior] nothing is given to call; make it from a function (states, t)");
}

TEST_CASE("a sample that the path cannot produce is refused") {
  const TokenPath path{linear_kappa(), SourceKind::uniform, 3};
  const std::vector<int> x1{0, 1}, xt{2, 3}, shorter{2};
  const Posterior p = fixed({1, 2, 3}, 2);
  Tape tape;
  TokenSample s = make_sample(tape, {real(0.5)}, xt, x1);
  for (bool kl : {false, true}) {
    const auto loss = [&](const TokenPath& of) {
      return kl ? generalised_kl_loss(p, of, s) : cross_entropy_loss(p, of, s);
    };
    s.xt = xt;
    CHECK_THROWS_WITH(loss(path), "[token path] there is no state 3; the path has 3, 0 to 2");
    CHECK_NOTHROW(loss({linear_kappa(), SourceKind::mask, 3}));
    CHECK_THROWS_WITH(loss({.vocabulary = 3}), Contains("[token path] the source is not given"));
    s.xt = shorter;
    CHECK_THROWS_WITH(loss(path),
                      "[token_loss] a sample of 1 times with 1 states and 2 tokens in rows of 2; "
                      "rows and length must be positive and fit");
  }
}

}  // namespace pushforward::inline PF_REAL
