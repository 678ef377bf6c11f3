// Compares self-attention with plain loops and tests its properties.
#include "nn/layers/attention.h"

#include "tests/nn/check.h"
#include "tests/nn/reference.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr int kLength = 5, kAttentionWidth = 12, kHeads = 3;

struct Made {
  SelfAttention layer;
  Parameters parameters;
  explicit Made(Positions positions)
      : layer(kAttentionWidth, kHeads, positions, InitScheme::pytorch), parameters(layer) {
    parameters.initialise({5, Purpose::init});
  }
};

}  // namespace

TEST_CASE("attention: two sequences give the results of plain loops for each sequence alone") {
  for (const Positions positions : {Positions::learned, Positions::rotary}) {
    Made made(positions);
    const Tensor x = random_tensor({2 * kLength, kAttentionWidth}, 2);
    Tape tape;
    const Var y = made.layer(tape.input(x.shape(), x.values()), kLength);
    const auto rows = reference::matrix(x);
    for (int b = 0; b < 2; ++b) {
      const auto want = reference::flat(reference::attention(
          {made.parameters}, "", {rows.begin() + b * kLength, rows.begin() + (b + 1) * kLength},
          kHeads, positions == Positions::rotary));
      for (std::size_t i = 0; i < want.size(); ++i)
        CHECK(double(y.values()[std::size_t(b * kLength * kAttentionWidth) + i]) ==
              Approx(want[i]).margin(kDouble ? 1e-13 : 1e-5));
    }
  }
}

TEST_CASE("attention: gradients of every parameter agree with differences") {
  for (const Positions positions : {Positions::learned, Positions::rotary}) {
    Made made(positions);
    const Tensor x = random_tensor({2 * kLength, kAttentionWidth}, 2);
    check_gradients(made.parameters,
                    [&](Tape& t) { return made.layer(t.input(x.shape(), x.values()), kLength); });
  }
}

TEST_CASE("attention: with rotary positions, scores depend only on distances") {
  // The loop compares the score of one query and one key at any two positions of a longer sequence.
  Tape tape;
  const int d = 6;
  const Tensor q = random_tensor({1, d}, 1), k = random_tensor({1, d}, 2);
  const auto score = [&](int at_q, int at_k) {
    const int length = 8;
    const Var turned_q = rotary(pad(tape.input({1, d}, q.values()), 0, at_q, length), length, d, d);
    const Var turned_k = rotary(pad(tape.input({1, d}, k.values()), 0, at_k, length), length, d, d);
    return double(
        matmul(slice(turned_q, 0, at_q, 1), slice(turned_k, 0, at_k, 1), false, true).item());
  };
  for (const int moved : {1, 3, 5})
    CHECK(score(moved, moved + 2) == Approx(score(0, 2)).margin(kDouble ? 1e-14 : 1e-6));
  CHECK(score(2, 0) != Approx(score(0, 2)).margin(1e-3));
}

TEST_CASE("attention: a number of heads that does not divide the width is refused") {
  CHECK_THROWS_WITH(
      SelfAttention(10, 3, Positions::learned, InitScheme::pytorch),
      "[attention] width 10 cannot be divided into 3 heads; choose a number of heads that divides the width");
  CHECK_THROWS_WITH(SelfAttention(6, 2, Positions::rotary, InitScheme::pytorch),
                    "[attention] rotary positions rotate pairs of columns: "
                    "a head has 3 columns; choose an even number");
}

}  // namespace pushforward::inline PF_REAL
