// Tests that the exact posterior on the tape equals that of the oracle, for rows with different
// times and labels.
#include "flow/discrete/exact_posterior.h"

#include "autograd/ops.h"
#include "flow/theory/tokens.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {

using namespace equations;

TEST_CASE("exact logits give the oracle's posteriors, row by row") {
  for (const SmallFlow& flow : small_flows(sine_squared_kappa())) {
    const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
    const Posterior p = oracle_posterior(oracle);
    const int length = flow.length(), v = flow.path.vocabulary;
    std::vector<int> states;
    for (const TokenPair& pair : flow.pairs())
      states.insert(states.end(), pair.x1, pair.x1 + length);
    const int rows = static_cast<int>(states.size()) / length;
    if (flow.path.source == SourceKind::mask)
      for (int b = 0; b < rows; ++b) states[b * length + b % length] = flow.path.mask();
    Tape tape;
    std::vector<real> times;
    for (int b = 0; b < rows; ++b) times.push_back(real(b + 0.5) / rows);
    const Var logits = p(states, tape.input({rows, 1}, times));
    REQUIRE(logits.shape() == Shape{rows, length, v});
    const Var distribution = softmax(reshape(logits, {rows * length, v}));
    for (int b = 0; b < rows; ++b) {
      const std::vector<double> exact =
          oracle->posterior(times[b], std::span(states).subspan(std::size_t(b) * length, length));
      for (int i = 0; i < length * v; ++i) {
        CHECK(distribution.values()[b * length * v + i] ==
              Approx(exact[i]).epsilon(1e-5).margin(1e-30));
        CHECK(std::isfinite(logits.values()[b * length * v + i]));
        if (exact[i] == 0) CHECK(logits.values()[b * length * v + i] == kNoToken);
      }
    }
  }
}

TEST_CASE("exact logits depend on the labels") {
  const SmallFlow flow = small_flows(linear_kappa())[3];
  const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
  REQUIRE(!flow.data.labels.empty());
  const std::vector<int> states{3, 3, 3, 3, 3, 3, 3, 3, 3}, labels{0, kNoLabel, 1};
  Tape tape;
  const Var logits = oracle_posterior(oracle)(states, tape.full({3, 1}, real(0.5)), labels);
  for (int b = 0; b < 3; ++b) {
    const std::vector<double> exact = oracle->posterior(0.5, std::vector{3, 3, 3}, labels[b]);
    for (int i = 0; i < 9; ++i)
      CHECK(std::exp(double(logits.values()[b * 9 + i])) == Approx(exact[i]).epsilon(1e-5));
  }
}

TEST_CASE("states and labels whose number does not match the times are refused") {
  const auto oracle = std::make_shared<TokenOracle>(small_flows(linear_kappa())[3].oracle());
  const Posterior p = oracle_posterior(oracle);
  Tape tape;
  const Var t = tape.full({2, 1}, real(0.5));
  using Catch::Contains;
  CHECK_THROWS_WITH(p(std::vector{3, 3, 3}, t),
                    Contains("[oracle_posterior] 3 states for 2 times and sequences of 3"));
  CHECK_THROWS_WITH(p(std::vector{3, 3, 3, 3, 3, 3}, t, std::vector{0}),
                    Contains("1 labels for 2 rows"));
  CHECK_THROWS_WITH(oracle_posterior(nullptr), Contains("no oracle given"));
}

}  // namespace pushforward::inline PF_REAL
