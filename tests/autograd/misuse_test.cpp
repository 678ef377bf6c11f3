// Tests the full text of the errors for misuse of values on a tape, of leaves (inputs and
// parameters), and of derivative sweeps.
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {

TEST_CASE("reading the value of a null or stale handle is an error with the reason", "[errors]") {
  Tape t;
  const Var null, x = t.full({2}, 1);
  CHECK_THROWS_WITH(null.shape(), "[var] a null value has no shape");
  CHECK_THROWS_WITH(null.values(), "[var] a null value has no numbers");
  CHECK_THROWS_WITH(x.item(), "[item] one element is needed: the shape is (2); use values()");
  Var stale;
  {
    const Scope scope(t);
    stale = x + x;
  }
  const char* text =
      "[var] stale value #1: the tape was rewound past it; copy it out before rewinding";
  CHECK_THROWS_WITH(stale.shape(), text);
  CHECK_THROWS_WITH(stale.values(), text);
  CHECK_THROWS_WITH(stale.item(), text);
}

TEST_CASE("leaves refuse data that does not fit their shape", "[errors]") {
  Tape t;
  const std::vector<real> five(5);
  CHECK_THROWS_WITH(t.input({2, 3}, five),
                    "[input] 5 values for shape (2, 3), which has 6 elements");
  CHECK_THROWS_WITH(t.parameter(-1, {5}, five.data(), "w"),
                    "[parameter] slot -1 of \"w\" is negative; number the parameters from 0");
  CHECK_THROWS_WITH(t.parameter(0, {5}, nullptr, "w"),
                    "[parameter] \"w\" has no values to look at");
  CHECK(t.parameter(1, {0, 5}, nullptr, "none").values().empty());
  t.parameter(0, {5}, five.data(), "w");
  CHECK_THROWS_WITH(t.parameter(0, {1, 5}, five.data(), "v"),
                    "[parameter] slot 0 is \"w\" (5) on this tape and \"v\" (1, "
                    "5) was requested; give each parameter its own slot");
}

TEST_CASE("the errors of sweeps name the argument that does not fit", "[errors]") {
  Tape t, other;
  const Var x = t.full({2, 3}, 1), y = x * x, foreign = other.full({2, 3}, 1), null;
  std::vector<Var> out(1), none;
  const std::vector<Var> wrt{x};
  CHECK_THROWS_WITH(grad(y, x),
                    "[grad] a value of shape (2, 3) has no gradient "
                    "without a seed of that shape; sum it or pass a seed");
  CHECK_THROWS_WITH(grad(y, t.full({3, 2}, 1), wrt, out),
                    "[grad] the seed is (3, 2) and the value (2, 3); they must be equal");
  CHECK_THROWS_WITH(grad(y, foreign, wrt, out),
                    "[grad] value #0 is of another tape; copy its numbers over with input");
  CHECK_THROWS_WITH(grad(y, null, wrt, out),
                    "[grad] the value is null; a null value stands for zero and is no operand");
  CHECK_THROWS_WITH(grad(y, y, wrt, none), "[grad] 1 inputs and memory for 0 gradients");
  CHECK_THROWS_WITH(grad(null, y, wrt, out), "[grad] the value to differentiate is null");
  CHECK_THROWS_WITH(grad(y, y, {&foreign, 1}, out),
                    "[grad] value #0 is of another tape; copy its numbers over with input");
  CHECK_THROWS_WITH(jvp(null, wrt, wrt), "[jvp] the value to differentiate is null");
  CHECK_THROWS_WITH(jvp(y, wrt, none), "[jvp] 1 inputs and 0 tangents");
  CHECK_THROWS_WITH(jvp(y, x, t.full({3, 2}, 1)),
                    "[jvp] tangent 0 is (3, 2) and its input (2, 3); they must be equal");
  CHECK_THROWS_WITH(jvp(y, x, foreign),
                    "[jvp] value #0 is of another tape; copy its numbers over with input");
  Var stale;
  {
    const Scope scope(t);
    stale = y + y;
  }
  CHECK_THROWS_WITH(grad(stale, y, wrt, out),
                    "[grad] stale value #" + std::to_string(stale.id) +
                        ": the tape was rewound past it; copy it out before rewinding");
  CHECK_THROWS_WITH(jvp(y, stale, y),
                    "[jvp] stale value #" + std::to_string(stale.id) +
                        ": the tape was rewound past it; copy it out before rewinding");
}

TEST_CASE("a sweep that ends in a paused value gives an error with the cause", "[errors]") {
  Tape t;
  const Var x = t.full({}, 2);
  Var y;
  {
    const Pause pause(t);
    y = x * x;
  }
  const std::string text =
      " line #1 mul was computed while recording was paused, "
      "so no derivative goes through it; compute it outside the Pause";
  CHECK_THROWS_WITH(grad(y, x), "[grad]" + text);
  CHECK_THROWS_WITH(jvp(y, x, x), "[jvp]" + text);
  // Without Record::yes, the derivatives that grad and jvp return also count as values computed
  // while recording was paused.
  const Var slope = grad(x * x, x);
  CHECK_THROWS(grad(slope, x));
  CHECK_THROWS(jvp(jvp(x * x, x, x), x, x));
}

TEST_CASE("an error shows that an op's vjp returned a wrong shape", "[errors]") {
  Tape t;
  Op wrong = *all_ops()[3];
  REQUIRE(std::string(wrong.name) == "add");
  wrong.vjp = [](const RuleView& v, Var g, CotangentSink& to) {
    to(1, reshape(g, {v.in(0).shape().rows(), 1, 1}));
  };
  const Var x = t.full({2, 1}, 1), y = sum(t.apply(wrong, {x, x}));
  CHECK_THROWS_WITH(grad(y, x),
                    "[add] its vjp rule sent a cotangent (2, 1, 1) to input 1 of shape (2, 1)");
}

TEST_CASE("a shape with five axes or a negative size is refused", "[errors]") {
  CHECK_THROWS_WITH((Shape{1, 2, 3, 4, 5}),
                    "[shape] rank 5 asked for, at most 4 is possible; reshape first");
  CHECK_THROWS_WITH((Shape{2, -1}), "[shape] size -1 of axis 1 is negative");
}

}  // namespace pushforward::inline PF_REAL
