// Tests that guided posteriors are proportional to p_label^(1 + w) / p^w, where w is the weight of
// the guidance and p_label and p are the posteriors with and without the label. This holds at times
// within the interval of the guidance and for rows with a label. Other rows do not change.
#include "flow/discrete/guidance.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// Returns unnormalised logits of two positions and three tokens that depend on the row's label.
Var make_logits(Tape& tape, int rows, Labels labels) {
  std::span<real> out;
  const Var v = tape.uninitialised({rows, 2, 3}, out, "logits");
  for (int r = 0; r < rows; ++r)
    for (int i = 0; i < 6; ++i)
      out[r * 6 + i] = static_cast<real>(std::sin(i + 2.0 * (labels.empty() ? -1 : labels[r])) + 7);
  return v;
}

Posterior model(int* calls = nullptr) {
  return [calls](std::span<const int>, Var t, Labels labels) {
    if (calls) ++*calls;
    return make_logits(*t.tape, t.shape().rows(), labels);
  };
}

}  // namespace

TEST_CASE("a guided posterior is the ratio of powers, for rows and times with guidance") {
  Tape tape;
  const std::vector<int> states(8), labels{0, kNoLabel, 1, 1};
  const Var t = tape.input({4, 1}, {real(0.5), real(0.5), real(0.2), real(0.6)});
  const Posterior p = guided(model(), {1.5, 0.4, 0.7});
  const Var got = softmax(p(states, t, labels)), plain = softmax(make_logits(tape, 4, labels)),
            none = softmax(make_logits(tape, 4, {}));
  const Var raw = p(states, t, labels), own = make_logits(tape, 4, labels);
  for (int r = 0; r < 4; ++r) {
    const bool acts = r == 0 || r == 3;
    for (int l = 0; l < 2; ++l) {
      double weights[3], total = 0;
      for (int v = 0; v < 3; ++v) {
        const std::size_t i = (r * 2 + l) * 3 + v;
        total += weights[v] =
            std::pow(double(plain.values()[i]), 2.5) / std::pow(double(none.values()[i]), 1.5);
      }
      for (int v = 0; v < 3; ++v) {
        const std::size_t i = (r * 2 + l) * 3 + v;
        if (acts)
          CHECK(double(got.values()[i]) == Approx(weights[v] / total).epsilon(1e-5));
        else
          CHECK(raw.values()[i] == own.values()[i]);
      }
    }
  }
}

TEST_CASE("if no row is guided, the posterior is evaluated only once") {
  Tape tape;
  int calls = 0;
  const std::vector<int> states(2);
  const Var t = tape.input({1, 1}, {real(0.1)});
  const Posterior p = guided(model(&calls), {1, 0.4, 0.7});
  const std::vector<int> one{1}, no{kNoLabel};
  p(states, t, one);
  CHECK(calls == 1);
  p(states, t, no);
  p(states, t);
  CHECK(calls == 3);
  guided(model(&calls), {})(states, t, one);
  CHECK(calls == 4);
}

TEST_CASE("a token with probability 0 given the label keeps probability 0") {
  Tape tape;
  const Posterior half = [](std::span<const int>, Var t, Labels labels) {
    const real gone = labels.empty() ? real(1) : real(-INFINITY);
    return t.tape->input({1, 1, 2}, {0, gone});
  };
  const Posterior p = guided(half, {2, 0, 1});
  const std::vector<int> states{0}, labels{0};
  const Var got = p(states, tape.input({1, 1}, {real(0.5)}), labels);
  CHECK(std::isfinite(got.values()[0]));
  CHECK(got.values()[1] == real(-INFINITY));
  CHECK_THROWS_WITH(guided(model(), {NAN, 0, 1}), "[guidance] scale nan is not finite");
  CHECK_THROWS_WITH(
      guided(model(), {1, 0.5, 0.4}),
      "[guidance] the interval of times is [0.5, 0.4]; it must lie in [0, 1], low before high");
}

}  // namespace pushforward::inline PF_REAL
