// Tests the reverse sweep (grad) and the forward sweep (jvp), including cases in which automatic
// differentiation is often wrong.
#include "autograd/sweep.h"

#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr real kNaN = std::numeric_limits<real>::quiet_NaN();
constexpr real kSweepTol = 32 * std::numeric_limits<real>::epsilon();

std::vector<real> sweep_values(Var v) { return {v.values().begin(), v.values().end()}; }
real item(Var v) { return v.item(); }
Approx close(double x) { return Approx(x).epsilon(kSweepTol).margin(kSweepTol); }

// Returns dy/dx of one-element values, and checks that grad and jvp agree.
real slope(Var y, Var x) {
  const real down = item(grad(y, x)), up = item(jvp(y, x, x.tape->full(x.shape(), 1)));
  CHECK(up == close(down));
  return down;
}

}  // namespace

TEST_CASE("the sweeps do what the worked example in their header says", "[sweep]") {
  Tape t;
  const Var x = t.full({}, 2), h = square(x), y = real(3) * h;
  CHECK(item(h) == 4);
  CHECK(item(y) == 12);
  CHECK(item(grad(y, y)) == 1);
  CHECK(item(grad(y, h)) == 3);
  CHECK(item(grad(y, x)) == 12);
  const Var one = t.full({}, 1);
  CHECK(item(jvp(x, x, one)) == 1);
  CHECK(item(jvp(h, x, one)) == 4);
  CHECK(item(jvp(y, x, one)) == 12);
  // A line that a sweep records on the tape stores which line it differentiates (rule_of), and by
  // which rule of this line's op, vjp or jvp.
  grad(y, x);
  CHECK(t.line(t.size() - 1).rule_of == h.id);
  CHECK(t.line(t.size() - 1).rule == RuleKind::vjp);
  const LineId before = t.size();
  jvp(y, x, one);
  CHECK(t.line(before).rule_of == h.id);
  CHECK(t.line(t.size() - 1).rule_of == y.id);
  CHECK(t.line(t.size() - 1).rule == RuleKind::jvp);
}

TEST_CASE("tanh at 0.3 has the right three derivatives by every nesting of the sweeps", "[sweep]") {
  Tape t;
  const Var x = t.full({}, real(0.3)), one = t.full({}, 1), y = tanh(x);
  const double want[] = {0.9151369618, -0.5331819167, -1.3643061};
  const auto down = [&](Var v) { return grad(v, x, Record::yes); };
  const auto up = [&](Var v) { return jvp(v, x, one, Record::yes); };
  for (unsigned way = 0; way < 8; ++way) {
    Var d = y;
    for (int order = 0; order < 3; ++order) {
      d = way >> order & 1U ? up(d) : down(d);
      CAPTURE(way, order);
      CHECK(item(d) == Approx(want[order]).epsilon(2e-6));
    }
  }
}

TEST_CASE("the tape's vector may move during a sweep", "[sweep][trap]") {
  // The tape reserves memory for 256 lines. The sweeps for first and second derivatives of the 250
  // lines below need more, so the vector of lines is reallocated while they run.
  Tape t;
  const Var x = t.full({3}, real(0.5));
  Var y = x;
  for (int k = 0; k < 83; ++k) y = real(0.5) * (tanh(y) + x);
  CHECK(t.size() <= 256);
  const Var s = sum(y), g = grad(s, x, Record::yes);
  CHECK(t.size() > 256);
  Tape roomy;
  roomy.reserve(100000);
  const Var x2 = roomy.full({3}, real(0.5));
  Var y2 = x2;
  for (int k = 0; k < 83; ++k) y2 = real(0.5) * (tanh(y2) + x2);
  const Var g2 = grad(sum(y2), x2, Record::yes);
  CHECK(sweep_values(g) == sweep_values(g2));
  CHECK(sweep_values(grad(sum(g), x)) == sweep_values(grad(sum(g2), x2)));
  CHECK(sweep_values(jvp(g, x, x)) == sweep_values(jvp(g2, x2, x2)));
}

TEST_CASE("sixty times x = (x + x) / 2 takes linear time: the sweep visits each line once",
          "[sweep][trap]") {
  Tape t;
  const Var x = t.full({}, real(1.25));
  Var y = x;
  for (int k = 0; k < 60; ++k) y = (y + y) / 2;
  const LineId lines = t.size();
  CHECK(slope(y, x) == 1);
  CHECK(t.size() - lines < 4 * 120 + 5);
  CHECK(item(y) == real(1.25));
}

TEST_CASE("a chain of a million lines is swept without recursion", "[sweep][trap]") {
  Tape t;
  t.reserve(2100000);
  const Var x = t.full({}, 3);
  Var y = x;
  for (int k = 0; k < 500000; ++k) y = -shift(y, 1);
  CHECK(t.size() == 1000001);
  CHECK(item(grad(y, x)) == 1);
  CHECK(item(jvp(y, x, t.full({}, 1))) == 1);
}

TEST_CASE("two inputs of one op may share a cotangent: (x + x) x", "[sweep][trap]") {
  Tape t;
  const Var x = t.input({2}, {3, -2});
  CHECK(sweep_values(grad(sum((x + x) * x), x)) == std::vector<real>{12, -8});
  CHECK(sweep_values(grad(sum(x - x), x)) == std::vector<real>{0, 0});
  // The rule of h + h gives the cotangent of the sum to h twice. Adding the two must not change
  // this cotangent, because other lines use it too.
  const Var h = x + x, y = sum(h + h) + sum(h * x);
  CHECK(sweep_values(grad(y, x)) == std::vector<real>{4 + 12, 4 - 8});
  CHECK(sweep_values(grad(y, h)) == std::vector<real>{2 + 3, 2 - 2});
}

TEST_CASE("a sweep does not change its seed, and any line can be a seed", "[sweep]") {
  Tape t;
  const Var x = t.input({2}, {3, -2}), y = (x + x) + x;
  Var out;
  grad(y, x, {&x, 1}, {&out, 1});
  CHECK(sweep_values(out) == std::vector<real>{9, -6});
  CHECK(sweep_values(x) == std::vector<real>{3, -2});
}

TEST_CASE("the lines of a derivative are recorded only if requested", "[sweep][trap]") {
  Tape t;
  const Var x = t.full({}, 2), y = x * x * x;
  LineId before = t.size();
  const Var g = grad(y, x);
  const LineId once = t.size() - before;
  // grad records the seed, two products for each of the two multiplications in y, and two sums that
  // add the three cotangents of x.
  CHECK(once == 1 + 2 * 2 + 2);
  for (LineId i = before + 1; i < t.size(); ++i) {
    CHECK(t.line(i).paused);
    CHECK(t.line(i).rule_of != kNoLine);
  }
  CHECK(item(g) == 12);
  for (int k = 0; k < 3; ++k) {  // each sweep ignores the lines of the sweep before
    before = t.size();
    grad(y, x);
    CHECK(t.size() - before == once);
  }
  CHECK_THROWS(grad(g, x));
  const Var recorded = grad(y, x, Record::yes);
  CHECK_FALSE(t.line(recorded.id).paused);
  CHECK(slope(recorded, x) == 12);
}

TEST_CASE("rules compute nothing for inputs whose derivative is not needed", "[sweep]") {
  Tape t;
  const Var x = t.full({4, 3}, 1), w = t.full({2, 3}, 1), b = t.full({1, 2}, 1);
  const Var y = linear(x, w, b), seed = t.full({4, 2}, 1);
  LineId before = t.size();
  Var out;
  grad(y, seed, {&b, 1}, {&out, 1});
  CHECK(t.size() - before == 1);  // only sum_rows
  before = t.size();
  grad(y, seed, {&x, 1}, {&out, 1});
  CHECK(t.size() - before == 1);  // only one product
  before = t.size();
  const Var none = jvp(y, std::initializer_list<Var>{x, w}, std::vector<Var>(2));
  CHECK_FALSE(none);
  CHECK(t.size() == before);
}

TEST_CASE("nested derivatives of the same variable do not mix: D(x D(x y))", "[sweep][trap]") {
  // The test checks d/dx (x d/dy (x y)) = d/dx x^2 = 2 x and d/dx (x d/dy (x + y)) = 1. The inner
  // and the outer derivative are each computed by grad or by jvp, which gives four combinations.
  for (unsigned way = 0; way < 4; ++way) {
    Tape t;
    const Var x = t.full({}, 3), y = t.full({}, 5), one = t.full({}, 1);
    const auto d = [&](bool up, Var v, Var wrt) {
      return up ? jvp(v, wrt, one, Record::yes) : grad(v, wrt, Record::yes);
    };
    const bool inner = way & 1U, outer = way & 2U;
    CAPTURE(way);
    CHECK(item(d(outer, x * d(inner, x * y, y), x)) == 6);
    CHECK(item(d(outer, x * d(inner, x + y, y), x)) == 1);
    // The inner and the outer derivative may be with respect to the same variable: d/dx (x d/dx (x
    // x)) = 4 x.
    CHECK(item(d(outer, x * d(inner, x * x, x), x)) == 12);
  }
}

TEST_CASE("where ignores a NaN in the branch that is not taken, in values and in both sweeps",
          "[sweep][trap]") {
  Tape t;
  const Var c = t.input({3}, {1, 0, 1}), a = t.input({3}, {1, kNaN, 3}),
            b = t.input({3}, {kNaN, 5, 6});
  const Var y = sum(where(c, a, b));
  CHECK(item(y) == 9);
  CHECK(sweep_values(grad(y, a)) == std::vector<real>{1, 0, 1});
  CHECK(sweep_values(grad(y, b)) == std::vector<real>{0, 1, 0});
  CHECK(sweep_values(grad(y, c)) == std::vector<real>{0, 0, 0});
  CHECK(item(jvp(y, a, t.input({3}, {2, kNaN, 2}))) == 4);  // a NaN in the tangent is also ignored
}

TEST_CASE("a slope that is NaN in the branch that is not taken needs a safe input",
          "[sweep][trap]") {
  Tape t;
  const Var x = t.input({2}, {-1, 4}), taken = heaviside(x), zeros = t.full({2}, 0);
  const Var naive = sum(where(taken, sqrt(x), zeros));
  CHECK(item(naive) == 2);
  const auto g = sweep_values(grad(naive, x));
  CHECK(std::isnan(g[0]));  // 0 times the derivative NaN of sqrt(-1), as documented at `where`
  CHECK(g[1] == real(0.25));
  const Var safe = where(taken, x, t.full({2}, 1));
  const Var y = sum(where(taken, sqrt(safe), zeros));
  CHECK(sweep_values(grad(y, x)) == std::vector<real>{0, real(0.25)});
  CHECK(item(jvp(y, x, t.full({2}, 1))) == real(0.25));
}

TEST_CASE("sqrt at 0 has an infinite slope, and an epsilon under the root makes it finite",
          "[sweep][trap]") {
  Tape t;
  const Var x = t.full({}, 0);
  CHECK(std::isinf(slope(sqrt(x), x)));
  CHECK(std::isnan(item(grad(sqrt(square(x)), x))));  // inf * 0, since this norm has no epsilon
  CHECK(slope(sqrt(square(x) + real(1e-6)), x) == 0);
  CHECK(slope(abs(x), x) == 0);
}

TEST_CASE("stop_gradient is a constant at every order of both sweeps", "[sweep][trap]") {
  Tape t;
  const Var x = t.full({}, 3), one = t.full({}, 1);
  CHECK(slope(stop_gradient(x), x) == 0);
  CHECK(slope(x * stop_gradient(x), x) == 3);
  CHECK(slope(x * stop_gradient(x * x), x) == 9);
  const Var y = x * x * stop_gradient(x), g = grad(y, x, Record::yes);
  CHECK(item(g) == 18);
  CHECK(slope(g, x) == 6);
  CHECK(item(jvp(jvp(y, x, one, Record::yes), x, one)) == 6);
  CHECK(item(grad(stop_gradient(x), stop_gradient(x))) == 0);  // each call makes another value
}

TEST_CASE("derivatives with respect to intermediate values can be requested", "[sweep]") {
  Tape t;
  const Var x = t.full({}, 2), h = x * x, y = h * x;
  CHECK(item(grad(y, h)) == 2);
  CHECK(item(grad(y, y)) == 1);
  CHECK(item(grad(h, y)) == 0);  // h does not depend on y
  const Var wrt[] = {x, h, y, x};
  Var out[4];
  grad(y, t.full({}, 1), wrt, out);
  CHECK(item(out[0]) == 12);  // includes the dependence through h
  CHECK(item(out[1]) == 2);
  CHECK(item(out[2]) == 1);
  CHECK(item(out[3]) == 12);
}

TEST_CASE("the sweeps are transposes of each other, even if one input is computed from another",
          "[sweep]") {
  Tape t;
  const Var x = t.full({}, 2), h = x * x, y = h * x, w = t.full({}, 1);
  const Var wrt[] = {x, h, x};
  const Var tangent[] = {t.full({}, real(0.5)), t.full({}, 3), t.full({}, -2)};
  Var out[3];
  grad(y, w, wrt, out);
  real down = 0;
  for (int k = 0; k < 3; ++k) down += item(out[k]) * item(tangent[k]);
  CHECK(item(jvp(y, wrt, tangent)) == down);
  // A null tangent stands for zeros.
  const Var still[] = {tangent[0], t.full({}, 0), Var{}}, null[] = {tangent[0], Var{}, Var{}};
  CHECK(item(jvp(y, wrt, still)) == 6);
  CHECK(item(jvp(y, wrt, null)) == 6);
}

TEST_CASE("no derivative passes through a paused line, even if the line itself is requested",
          "[sweep][trap]") {
  Tape t;
  const Var x = t.full({}, 3);
  Var h;
  {
    const Pause pause(t);
    h = x * x;
  }
  const Var y = h + x, wrt[] = {h, x}, one = t.full({}, 1), ones[] = {one, one};
  Var out[2];
  grad(y, one, wrt, out);
  CHECK(item(out[0]) == 1);
  CHECK(item(out[1]) == 1);
  CHECK(item(jvp(y, wrt, ones)) == 2);
}

TEST_CASE("the derivative of a constant is null, or zeros from functions with one input",
          "[sweep]") {
  Tape t;
  const Var x = t.full({2, 2}, 1), c = t.full({2, 2}, 5), y = c * c, s = sum(y);
  Var out = x;
  grad(s, t.full({}, 1), {&x, 1}, {&out, 1});
  CHECK_FALSE(out);
  CHECK(sweep_values(grad(s, x)) == std::vector<real>(4, 0));
  CHECK_FALSE(jvp(y, {&x, 1}, {&x, 1}));
  CHECK(sweep_values(jvp(y, x, x)) == std::vector<real>(4, 0));
  CHECK(sweep_values(grad(sum(sign(x)), x)) == std::vector<real>(4, 0));
  CHECK_FALSE(jvp(sign(x), {&x, 1}, {&x, 1}));
}

TEST_CASE("several gradients are requested by names, in one sweep", "[sweep]") {
  Tape t;
  const Var x = t.input({2}, {3, 4}), w = t.input({2}, {5, 7}), apart = t.input({2}, {1, 1});
  const Var y = sum(x * w);
  const LineId before = t.size();
  const auto [gx, gw, none] = grad(y, {x, w, apart});
  for (int i = 0; i < 2; ++i) {
    CHECK(gx.values()[i] == w.values()[i]);
    CHECK(gw.values()[i] == x.values()[i]);
    CHECK(none.values()[i] == 0);
  }
  const LineId both = t.size() - before;
  grad(y, x);
  grad(y, w);
  CHECK(both < 2 * (t.size() - before - both));
  CHECK_THROWS_WITH(grad(x, {x, w}),
                    "[grad] a value of shape (2) has no gradient without a seed of that shape; "
                    "sum it or pass a seed");
  // The jvp of y with the tangents dx and dw of x and w is w . dx + x . dw.
  const Var dx = t.input({2}, {1, 0}), dw = t.input({2}, {0, 1});
  CHECK(jvp(y, {x, w}, {dx, dw}).item() == 9);
  CHECK(jvp(y, {apart}, {dx}).item() == 0);
}

TEST_CASE("lines on which the result does not depend cost nothing", "[sweep]") {
  Tape t;
  const Var x = t.full({}, 2), y = x * x;
  for (int k = 0; k < 100; ++k) exp(x);  // lines after y on which y does not depend
  const LineId before = t.size();
  grad(y, x);
  CHECK(t.size() - before == 4);
}

// Fills the memory that the tape will use next with a byte, because the memory may also contain the
// numbers of an earlier step.
void use_memory(Tape& t, int byte) {
  const Scope scope(t);
  constexpr std::size_t kBytes = 1 << 16;
  std::memset(t.arena().array<std::byte>(kBytes), byte, kBytes);
}

TEST_CASE("sweeps do not read memory that was used before", "[sweep][trap]") {
  for (const int byte : {0x00, 0x01, 0x55, 0xff}) {
    CAPTURE(byte);
    Tape t;
    const Var x = t.input({2, 1}, {2, 3}), w = t.input({2, 1}, {5, 7}), u = x * w, y = sum(u);
    // Only the gradient with respect to w is requested, so the rule of mul computes only one
    // product. The table that marks requested inputs is in memory that is filled with `byte`.
    use_memory(t, byte);
    LineId before = t.size();
    CHECK(sweep_values(grad(y, w)) == std::vector<real>{2, 3});
    CHECK(t.size() - before == 3);  // the seed, its broadcast, and the product g x
    const Var apart = t.full({2, 1}, 1);
    Var out;
    use_memory(t, byte);
    grad(y, t.full({}, 1), {&apart, 1}, {&out, 1});
    CHECK(!out);
    use_memory(t, byte);
    before = t.size();
    CHECK(item(jvp(y, x, apart)) == 12);
    CHECK(t.size() - before == 2);  // the product t w and its sum
    CHECK(!jvp(y, {&apart, 1}, {&apart, 1}));
    use_memory(t, byte);
    CHECK(sweep_values(divergence(u, x)) == std::vector<real>{5, 7});
    use_memory(t, byte);
    CHECK(sweep_values(jacobian(u, x)) == std::vector<real>{5, 0, 0, 7});
  }
}

TEST_CASE("a gradient step of least squares has the closed form", "[sweep]") {
  // The least squares loss mean (x w - y)^2 has the gradient 2 x^T (x w - y) / n.
  Tape t;
  const Var x = t.input({3, 2}, {1, 2, 3, 4, 5, 6}), w = t.input({2, 1}, {1, -1});
  const Var y = t.input({3, 1}, {0, 1, 0}), loss = mse(matmul(x, w), y);
  CHECK(item(loss) == close((1 + 4 + 1) / 3.0));
  const auto g = sweep_values(grad(loss, w));
  CHECK(g[0] == close(2 * (-1 - 6 - 5) / 3.0));
  CHECK(g[1] == close(2 * (-2 - 8 - 6) / 3.0));
}

}  // namespace pushforward::inline PF_REAL
