// Tests the tape: leaves, parameters and the slots (numbers) by which the tape finds them, scopes,
// pauses, labels and clocks.
#include "autograd/tape.h"

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// Uses ops before main starts. This works in any order of initialisation, because the records that
// define ops are constants.
const real g_before_main = [] {
  Tape t;
  const Var x = t.full({}, 0);
  return grad(exp(x) * x, x).item();
}();

std::vector<real> tape_values(Var v) { return {v.values().begin(), v.values().end()}; }

}  // namespace

TEST_CASE("the engine can be used before main", "[tape]") { CHECK(g_before_main == 1); }

TEST_CASE("a tape holds its lines in execution order", "[tape]") {
  Tape t;
  const Var x = t.input({2, 2}, {1, 2, 3, 4}, "x"), c = t.full({2, 2}, 3), y = x * c;
  REQUIRE(t.size() == 3);
  CHECK(std::string(t.line(0).op->name) == "input");
  CHECK(std::string(t.line(0).name) == "x");
  CHECK(std::string(t.line(1).op->name) == "constant");
  CHECK(std::string(t.line(2).op->name) == "mul");
  CHECK(t.line(2).in[0] == x.id);
  CHECK(t.line(2).in[1] == c.id);
  CHECK(t.line(2).in[2] == kNoLine);
  CHECK(t.line(2).shape == Shape{2, 2});
  CHECK(t.line(2).rule_of == kNoLine);
  CHECK(std::string(t.line(2).file).find("autograd/tape_test.cpp") != std::string::npos);
  CHECK(t.line(2).file_line > 0);
  CHECK(tape_values(y) == std::vector<real>{3, 6, 9, 12});
  CHECK(y.values().data() == t.line(2).value);
}

TEST_CASE("values are aligned to a cache line", "[tape]") {
  Tape t;
  for (const int n : {1, 3, 17, 100}) {
    const Var x = t.full({n}, 1), y = x + x;
    CHECK(reinterpret_cast<std::uintptr_t>(x.values().data()) % 64 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(y.values().data()) % 64 == 0);
  }
}

TEST_CASE("reshape and stop_gradient share their input's memory", "[tape]") {
  Tape t;
  const Var x = t.input({2, 3}, {1, 2, 3, 4, 5, 6});
  const std::size_t before = t.arena().bytes_used();
  const Var r = reshape(x, {3, 2}), s = stop_gradient(r);
  CHECK(r.values().data() == x.values().data());
  CHECK(s.values().data() == x.values().data());
  CHECK(t.arena().bytes_used() == before);
}

TEST_CASE("values keep their place and content while the tape grows", "[tape]") {
  Tape t;
  const Var x = t.input({3}, {1, 2, 3});
  const real* where = x.values().data();
  Var y = x;
  for (int k = 0; k < 5000; ++k) y = y + x;
  CHECK(x.values().data() == where);
  CHECK(tape_values(x) == std::vector<real>{1, 2, 3});
  CHECK(tape_values(y) == std::vector<real>{5001, 10002, 15003});
}

TEST_CASE("the end of a scope removes its lines and frees their memory, and nothing else",
          "[tape]") {
  Tape t;
  const Var x = t.input({4}, {1, 2, 3, 4});
  const LineId lines = t.size();
  const std::size_t bytes = t.arena().bytes_used();
  std::vector<real> first;
  for (int k = 0; k < 3; ++k) {
    const Scope step(t);
    const Var y = square(x) + x;
    {
      const Scope inner(t);
      const Var z = y * y;
      CHECK(z.values()[0] == 4);
    }
    CHECK(t.size() == lines + 2);
    if (k == 0) first = tape_values(y);
    CHECK(tape_values(y) == first);
  }
  CHECK(t.size() == lines);
  CHECK(t.arena().bytes_used() == bytes);
  CHECK(tape_values(x) == std::vector<real>{1, 2, 3, 4});
}

TEST_CASE("a scope also removes what was recorded before an exception", "[tape]") {
  Tape t;
  const Var x = t.full({2}, 1);
  const auto doomed = [&] {
    const Scope step(t);
    const Pause pause(t);
    const Label label(t, "doomed");
    const Var y = x + x;
    return y + t.full({3}, 1);
  };
  CHECK_THROWS(doomed());
  CHECK(t.size() == 1);
  const Var y = x + x;
  CHECK_FALSE(t.line(y.id).paused);
  CHECK(t.line(y.id).label == nullptr);
}

TEST_CASE("a parameter has one line, however often it is used", "[tape][parameter]") {
  Tape t;
  const std::vector<real> w{1, 2}, v{5};
  const Var a = t.parameter(0, {2}, w.data(), "w");
  const Var other = t.parameter(7, {1}, v.data(), "v");
  const Var b = t.parameter(0, {2}, w.data(), "w");
  CHECK(a.id == b.id);
  CHECK(t.size() == 2);
  CHECK(other.id != a.id);
  CHECK(a.values().data() == w.data());  // the values are in the caller's memory
  CHECK(std::string(t.line(a.id).name) == "w");
  CHECK(t.parameter(0).id == a.id);
  CHECK_FALSE(t.parameter(3));
  CHECK_FALSE(t.parameter(99));
  CHECK_FALSE(t.parameter(-1));
  // a and b are the same line of the tape, since both are the parameter w. So d(a b)/dw = 2 w.
  CHECK(tape_values(grad(sum(a * b), a)) == std::vector<real>{2, 4});
}

TEST_CASE("after a rewind, the next use of a parameter records a new line", "[tape][parameter]") {
  Tape t;
  std::vector<real> w{1, 2}, v{7, 8};
  for (int step = 0; step < 3; ++step) {
    const Scope scope(t);
    CHECK_FALSE(t.parameter(0));
    CHECK_FALSE(t.parameter(1));
    const Var first = t.parameter(step % 2, {2}, step % 2 ? v.data() : w.data(), "first");
    const Var x = t.full({2}, 1);
    const Var second = t.parameter(1 - step % 2, {2}, step % 2 ? w.data() : v.data(), "second");
    CHECK(t.parameter(0).values().data() == w.data());
    CHECK(t.parameter(1).values().data() == v.data());
    CHECK(t.size() == 3);
    CHECK(tape_values(grad(sum(first * second * x), first)) == tape_values(second));
    w[0] += 1;  // the optimizer may change weights between steps
  }
  // x gets the line number that a parameter had before the rewind. The tape must not take x for
  // this parameter.
  const Var x = t.full({2}, 1);
  CHECK(x.id == 0);
  CHECK_FALSE(t.parameter(0));
  CHECK_FALSE(t.parameter(1));
}

TEST_CASE("a parameter first used inside a scope gets a new line outside of it",
          "[tape][parameter]") {
  Tape t;
  const std::vector<real> w{3};
  Var inner;
  {
    const Scope scope(t);
    inner = t.parameter(2, {1}, w.data(), "w");
  }
  CHECK_FALSE(t.parameter(2));
  const Var outer = t.parameter(2, {1}, w.data(), "w");
  CHECK(t.parameter(2).id == outer.id);
  CHECK(outer.item() == 3);
  CHECK_THROWS(inner.item());
}

TEST_CASE("a parameter first used while recording is paused can still be differentiated",
          "[tape][parameter]") {
  Tape t;
  const std::vector<real> w{3};
  {
    const Pause pause(t);
    t.parameter(0, {}, w.data(), "w");
  }
  const Var p = t.parameter(0, {}, w.data(), "w");
  CHECK(grad(square(p), p).item() == 6);
}

TEST_CASE("values computed under a Pause are constants", "[tape][pause]") {
  Tape t;
  const Var x = t.full({}, 3);
  Var h;
  {
    const Pause outer(t);
    {
      const Pause off(t, false);  // a Pause(t, false) does not end the outer Pause
      h = square(x);
    }
    CHECK(t.line(square(x).id).paused);
  }
  CHECK(t.line(h.id).paused);
  const Var y = x * h;
  CHECK_FALSE(t.line(y.id).paused);
  CHECK(grad(y, x).item() == 9);  // h counts as a constant in y = x h
  CHECK(jvp(y, x, t.full({}, 1)).item() == 9);
  CHECK(grad(y, h).item() == 3);  // a gradient with respect to the constant h itself exists
  const Pause none(t, false);
  CHECK_FALSE(t.line(square(x).id).paused);
}

TEST_CASE("a label marks the lines recorded during its lifetime and the lines of their rules",
          "[tape][label]") {
  Tape t;
  const Var x = t.full({}, 2);
  Var y, z;
  {
    const Label outer(t, "outer");
    {
      const Label inner(t, t.keep(std::string("inner.") + std::to_string(1)));
      y = square(x);
    }
    z = tanh(y);
  }
  const Var w = z + z;
  CHECK(std::string(t.line(y.id).label) == "inner.1");
  CHECK(std::string(t.line(z.id).label) == "outer");
  CHECK(t.line(w.id).label == nullptr);
  const LineId before = t.size();
  grad(w, x);
  const LineId down = t.size();
  jvp(w, x, t.full(x.shape(), 1));
  int outer_rules = 0, inner_rules = 0;
  for (LineId i = before; i < t.size(); ++i) {
    const TapeLine& l = t.line(i);
    if (l.rule_of == z.id) outer_rules += std::string(l.label) == "outer";
    if (l.rule_of == y.id) inner_rules += std::string(l.label) == "inner.1";
    CHECK((l.rule == RuleKind::none) == (l.rule_of == kNoLine));
    if (l.rule != RuleKind::none) CHECK(l.rule == (i < down ? RuleKind::vjp : RuleKind::jvp));
  }
  CHECK(outer_rules > 0);
  CHECK(inner_rules > 0);
  const TapeLine& after = t.line((x + x).id);
  CHECK(after.label == nullptr);
  CHECK(after.rule == RuleKind::none);
}

TEST_CASE("a clock times every kernel, and a rewind removes the times", "[tape][clock]") {
  static double now = 0;
  now = 0;
  Tape t;
  const Var x = t.full({}, 1);
  TapeClock clock([] { return now += 1; });
  t.set_clock(&clock);
  const auto end_of = [&](Var v) { return clock[static_cast<std::size_t>(v.id)].end; };
  {
    const Scope scope(t);
    const Var y = x + x, c = t.full({}, 1), z = y * c;
    CHECK(clock[static_cast<std::size_t>(y.id)].start == 1);
    CHECK(std::array{end_of(x), end_of(y), end_of(c), end_of(z)} == std::array{0., 2., 0., 4.});
  }
  CHECK(end_of(t.full({}, 2)) == 0);
  t.set_clock(nullptr);
  const Var y = x + x;
  CHECK(y.item() == 2);
  CHECK(now == 4);
}

TEST_CASE("an op refuses constants of another kind than its record names", "[tape]") {
  Tape t;
  const Var x = t.full({2}, 1), y = scale(x, 2);
  const Op& scale_op = *t.line(y.id).op;
  CHECK_THROWS_WITH(t.apply(scale_op, {x}),
                    "[scale] constants of kind 0 are given to an op of kind 1; apply it with the "
                    "struct that its record names");
}

TEST_CASE("keep copies numbers and text into the arena", "[tape]") {
  Tape t;
  std::vector<int> rows{3, 1, 2};
  std::string text = "name";
  const int* kept = t.keep(rows);
  const char* kept_text = t.keep(text);
  rows = {0, 0, 0};
  text = "else";
  CHECK(std::vector<int>(kept, kept + 3) == std::vector<int>{3, 1, 2});
  CHECK(std::string(kept_text) == "name");
}

TEST_CASE("uninitialised returns memory that the caller fills before the first use", "[tape]") {
  Tape t;
  std::span<real> memory;
  const Var x = t.uninitialised({2, 2}, memory, "batch");
  REQUIRE(memory.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) memory[i] = static_cast<real>(i);
  CHECK(tape_values(x + x) == std::vector<real>{0, 2, 4, 6});
  CHECK(std::string(t.line(x.id).name) == "batch");
}

TEST_CASE("empty tensors and scalars work", "[tape]") {
  Tape t;
  const Var none = t.full({0, 3}, 1), s = t.full({}, 2);
  CHECK(tape_values(none + none).empty());
  CHECK(sum(none).item() == 0);
  CHECK(tape_values(sum_rows(none)) == std::vector<real>{0, 0, 0});
  CHECK(tape_values(matmul(none, t.full({0, 3}, 1), true)) == std::vector<real>(9, 0));
  CHECK(s.item() == 2);
  CHECK(grad(sum(none * none), none).shape() == Shape{0, 3});
}

TEST_CASE("a matrix product with inner size 0 gives zeros, not the old content of the memory",
          "[tape]") {
  Tape t;
  const real not_a_number = std::numeric_limits<real>::quiet_NaN();
  {
    const Scope scope(t);
    for (int k = 0; k < 50; ++k) t.full({8, 8}, not_a_number);
  }
  const Var y = matmul(t.full({3, 0}, 1), t.full({0, 2}, 1));
  CHECK(tape_values(y) == std::vector<real>(6, 0));
  const Var z = linear(t.full({3, 0}, 1), t.full({2, 0}, 1), t.full({1, 2}, 5));
  CHECK(tape_values(z) == std::vector<real>(6, 5));
}

TEST_CASE("a kernel keeps numbers for the derivative rules unless the tape is paused", "[tape]") {
  Tape t;
  const Var x = t.input({2, 1}, {1, -2}), one = t.full({1, 1}, 1), bias = t.full({1, 1}, 0);
  const Var y = linear_silu(x, one, bias);
  const std::size_t before = t.arena().bytes_used();
  const LineId first = t.size();
  const Var moved = jvp(y, x, t.full({2, 1}, 1), Record::yes);
  LineId slope = first;
  while (std::string(t.line(slope).op->name) != "linear_silu_slope") REQUIRE(++slope < t.size());
  CHECK(t.line(slope).value == kept_values(t.line(y.id)));
  CHECK(t.line(slope).recalled);
  CHECK(tape_values(t.var(slope)) == tape_values(linear_silu_slope(x, one, bias)));
  CHECK(tape_values(moved) == tape_values(t.var(slope)));
  CHECK(t.arena().bytes_used() > before);
  const Pause pause(t);
  const Var constant = linear_silu(x, one, bias);
  CHECK(kept_values(t.line(constant.id)) == nullptr);
}

}  // namespace pushforward::inline PF_REAL
