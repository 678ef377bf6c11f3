// Compares ops and functions made of ops with hand-computed values.
#include "autograd/ops.h"

#include <cmath>
#include <vector>

#include "autograd/sweep.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr real kOpTol = 16 * std::numeric_limits<real>::epsilon();

std::vector<real> op_values(Var v) { return {v.values().begin(), v.values().end()}; }

// Checks the shape of v, and its values up to rounding.
void check_op_value(Var v, Shape shape, const std::vector<double>& want) {
  CHECK(v.shape() == shape);
  const auto got = v.values();
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i] == Approx(want[i]).epsilon(kOpTol).margin(kOpTol));
  }
}

// Returns 0, 1, 2, ... in the given shape.
Var counted_operand(Tape& t, Shape s) {
  std::span<real> values;
  const Var v = t.uninitialised(s, values);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<real>(i);
  return v;
}

}  // namespace

TEST_CASE("arithmetic of arrays, element by element, and of arrays with one number", "[ops]") {
  Tape t;
  const Var a = t.input({3}, {1, -2, 4}), b = t.input({3}, {2, 4, -8});
  check_op_value(a + b, {3}, {3, 2, -4});
  check_op_value(a - b, {3}, {-1, -6, 12});
  check_op_value(a * b, {3}, {2, -8, -32});
  check_op_value(a / b, {3}, {0.5, -0.5, -0.5});
  check_op_value(-a, {3}, {-1, 2, -4});
  check_op_value(real(3) * a, {3}, {3, -6, 12});
  check_op_value(a * real(3), {3}, {3, -6, 12});
  check_op_value(a / real(4), {3}, {0.25, -0.5, 1});
  check_op_value(a + real(1), {3}, {2, -1, 5});
  check_op_value(real(1) + a, {3}, {2, -1, 5});
  check_op_value(a - real(1), {3}, {0, -3, 3});
  check_op_value(real(1) / a, {3}, {1, -0.5, 0.25});
  check_op_value(real(0) / a, {3}, {0, 0, 0});
}

TEST_CASE("a number can be the left or right operand, as float, double or int", "[ops]") {
  Tape t;
  const Var a = t.input({3}, {1, -2, 4});
  const auto every_type = [&](auto n) {
    check_op_value(n + a, {3}, {3, 0, 6});
    check_op_value(a + n, {3}, {3, 0, 6});
    check_op_value(n - a, {3}, {1, 4, -2});
    check_op_value(a - n, {3}, {-1, -4, 2});
    check_op_value(n * a, {3}, {2, -4, 8});
    check_op_value(a * n, {3}, {2, -4, 8});
    check_op_value(n / a, {3}, {2, -1, 0.5});
    check_op_value(a / n, {3}, {0.5, -1, 2});
  };
  every_type(2);
  every_type(2.f);
  every_type(2.);
  // Each quotient is rounded once. A product with a reciprocal would be rounded twice.
  const Var odd = t.input({2}, {7, 49});
  const Var thirds = 3. / odd;
  for (int i = 0; i < 2; ++i) CHECK(thirds.values()[i] == real(3) / odd.values()[i]);
  check_op_value(1 / a, {3}, {1, -0.5, 0.25});
  // The derivative of n - a is -1, and that of n / a is -n / a^2.
  check_op_value(grad(sum(5. - a), a), {3}, {-1, -1, -1});
  check_op_value(grad(sum(5. / a), a), {3}, {-5, -1.25, -0.3125});
  CHECK_THROWS_WITH(5. / Var{}, Contains("[reciprocal] the value is null"));
  CHECK_THROWS_WITH(5. - Var{}, Contains("[neg] the value is null"));
}

TEST_CASE("elementwise functions have known values", "[ops]") {
  Tape t;
  const Var x = t.input({2}, {1, 4});
  check_op_value(exp(x), {2}, {2.718281828459045, 54.598150033144236});
  check_op_value(log(x), {2}, {0, 1.3862943611198906});
  check_op_value(log1p(x), {2}, {0.6931471805599453, 1.6094379124341003});
  check_op_value(sqrt(x), {2}, {1, 2});
  check_op_value(square(x), {2}, {1, 16});
  check_op_value(pow(x, real(1.5)), {2}, {1, 8});
  check_op_value(reciprocal(x), {2}, {1, 0.25});
  check_op_value(tanh(x), {2}, {0.7615941559557649, 0.999329299739067});
  check_op_value(sigmoid(x), {2}, {0.7310585786300049, 0.9820137900379085});
  check_op_value(silu(x), {2}, {0.7310585786300049, 3.928055160151634});
  check_op_value(silu_vjp(x, x), {2}, {0.9276705118714869, 4 * 1.0526646148910728});
  check_op_value(gelu(x), {2}, {0.8413447460685429, 3.9998733150326675});
  check_op_value(normal_cdf(x), {2}, {0.8413447460685429, 0.9999683287581669});
  check_op_value(softplus(x), {2}, {1.3132616875182228, 4.0181499279178094});
  check_op_value(sin(x), {2}, {0.8414709848078965, -0.7568024953079282});
  check_op_value(cos(x), {2}, {0.5403023058681398, -0.6536436208636119});
  check_op_value(selu(x), {2}, {1.0507009873554805, 4.202803949421922});
  const Var y = t.input({4}, {-2, -0.5, 0.5, 2});
  check_op_value(abs(y), {4}, {2, 0.5, 0.5, 2});
  check_op_value(sign(y), {4}, {-1, -1, 1, 1});
  check_op_value(heaviside(y), {4}, {0, 0, 1, 1});
  check_op_value(relu(y), {4}, {0, 0, 0.5, 2});
  check_op_value(selu(y), {4},
                 {-1.520166468595695, -0.6917581878028713, 0.5253504936777402, 2.101401974710961});
  check_op_value(
      selu_vjp(y, y), {4},
      {-0.47586574450336366, -0.5331705765222527, 0.5253504936777402, 2.101401974710961});
  check_op_value(clamp(y, -1, 1), {4}, {-1, -0.5, 0.5, 1});
  check_op_value(inside(y, -1, 1), {4}, {0, 1, 1, 0});
  check_op_value(maximum(y, -y), {4}, {2, 0.5, 0.5, 2});
  check_op_value(greater(y, t.full({4}, real(0.5))), {4}, {0, 0, 0.5, 1});
  check_op_value(where(heaviside(y), y, square(y)), {4}, {4, 0.25, 0.5, 2});
}

TEST_CASE("a null value is zero in plus and minus", "[ops]") {
  Tape t;
  const Var a = t.input({2}, {1, 2}), b = t.input({2}, {5, 7}), none;
  check_op_value(plus(a, b), {2}, {6, 9});
  check_op_value(minus(a, b), {2}, {-4, -5});
  CHECK((plus(a, none).id == a.id && plus(none, b).id == b.id && minus(a, none).id == a.id));
  check_op_value(minus(none, b), {2}, {-5, -7});
  CHECK_FALSE((plus(none, none) || minus(none, none)));
}

TEST_CASE("matrix products are right for every pair of transposes", "[ops]") {
  Tape t;
  const Var a = t.input({2, 3}, {1, 2, 3, 4, 5, 6}), at = t.input({3, 2}, {1, 4, 2, 5, 3, 6});
  const Var b = t.input({3, 2}, {7, 8, 9, 10, 11, 12}), bt = t.input({2, 3}, {7, 9, 11, 8, 10, 12});
  const std::vector<double> want{58, 64, 139, 154};
  check_op_value(matmul(a, b), {2, 2}, want);
  check_op_value(matmul(at, b, true), {2, 2}, want);
  check_op_value(matmul(a, bt, false, true), {2, 2}, want);
  check_op_value(matmul(at, bt, true, true), {2, 2}, want);
  check_op_value(matmul(counted_operand(t, {2, 1, 2}), counted_operand(t, {2, 2, 2})), {2, 1, 2},
                 {2, 3, 26, 31});
  check_op_value(linear(a, bt, t.input({1, 2}, {100, 200})), {2, 2}, {158, 264, 239, 354});
  // silu(1), silu(2) and their slopes, with z = x w^T + bias
  const Var x = t.input({1, 2}, {1, 0}), w = t.input({2, 2}, {3, 7, -1, 7}),
            bias = t.input({1, 2}, {-2, 3});
  check_op_value(linear_silu(x, w, bias), {1, 2}, {0.7310585786300049, 1.7615941559557649});
  check_op_value(linear_silu_slope(x, w, bias), {1, 2}, {0.9276705118714869, 1.0907842487848955});
}

TEST_CASE("sums, means and broadcasts have hand-computed values", "[ops]") {
  Tape t;
  const Var x = t.input({2, 3}, {1, 2, 3, 4, 5, 6});
  check_op_value(sum(x), {}, {21});
  check_op_value(mean(x), {}, {3.5});
  check_op_value(sum_rows(x), {1, 3}, {5, 7, 9});
  check_op_value(mean_rows(x), {1, 3}, {2.5, 3.5, 4.5});
  check_op_value(sum_cols(x), {2, 1}, {6, 15});
  check_op_value(mean_cols(x), {2, 1}, {2, 5});
  check_op_value(broadcast(t.full({1, 1}, 7), {3}), {3}, {7, 7, 7});
  check_op_value(broadcast_rows(t.input({1, 2}, {1, 2}), 3), {3, 2}, {1, 2, 1, 2, 1, 2});
  check_op_value(broadcast_cols(t.input({2, 1}, {1, 2}), 3), {2, 3}, {1, 1, 1, 2, 2, 2});
  check_op_value(sum(t.full({2, 2, 2, 2}, 1)), {}, {16});
}

TEST_CASE("ops that move values work along every axis", "[ops]") {
  Tape t;
  const Var a = counted_operand(t, {2, 2}), b = t.input({1, 2}, {8, 9}),
            c = t.input({2, 1}, {8, 9});
  check_op_value(concat(a, b, 0), {3, 2}, {0, 1, 2, 3, 8, 9});
  check_op_value(concat(b, a, -2), {3, 2}, {8, 9, 0, 1, 2, 3});
  check_op_value(concat(a, c, 1), {2, 3}, {0, 1, 8, 2, 3, 9});
  check_op_value(concat(c, a, -1), {2, 3}, {8, 0, 1, 9, 2, 3});
  const Var x = counted_operand(t, {2, 3, 2});
  check_op_value(concat(x, counted_operand(t, {2, 1, 2}), 1), {2, 4, 2},
                 {0, 1, 2, 3, 4, 5, 0, 1, 6, 7, 8, 9, 10, 11, 2, 3});
  check_op_value(slice(x, 0, 1, 1), {1, 3, 2}, {6, 7, 8, 9, 10, 11});
  check_op_value(slice(x, 1, 1, 2), {2, 2, 2}, {2, 3, 4, 5, 8, 9, 10, 11});
  check_op_value(slice(x, -1, 1, 1), {2, 3, 1}, {1, 3, 5, 7, 9, 11});
  check_op_value(slice(x, 2, 0, 0), {2, 3, 0}, {});
  check_op_value(pad(a, 0, 1, 3), {3, 2}, {0, 0, 0, 1, 2, 3});
  check_op_value(pad(a, 1, 0, 3), {2, 3}, {0, 1, 0, 2, 3, 0});
  check_op_value(pad(a, -1, 1, 3), {2, 3}, {0, 0, 1, 0, 2, 3});
  check_op_value(reshape(x, {4, 3}), {4, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  const std::vector<int> rows{1, 0, 1};
  check_op_value(gather_rows(a, rows), {3, 2}, {2, 3, 0, 1, 2, 3});
  check_op_value(scatter_add_rows(counted_operand(t, {3, 2}), rows, 3), {3, 2}, {2, 3, 4, 6, 0, 0});
  check_op_value(pick_cols(counted_operand(t, {3, 2}), rows), {3, 1}, {1, 2, 5});
  check_op_value(put_cols(counted_operand(t, {3, 1}), rows, 2), {3, 2}, {0, 0, 1, 0, 0, 2});
  check_op_value(swap_axes(x, 0, 1), {3, 2, 2}, {0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11});
  check_op_value(swap_axes(x, -1, 0), {2, 3, 2}, {0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11});
}

TEST_CASE("row numbers are copied, so the caller may change them afterwards", "[ops]") {
  Tape t;
  std::vector<int> rows{1, 0, 1};
  const Var a = counted_operand(t, {2, 2}),
            y = sum(gather_rows(a, rows) * counted_operand(t, {3, 2}));
  rows = {0, 0, 0};
  CHECK(op_values(grad(y, a)) == std::vector<real>{2, 3, 4, 6});
}

TEST_CASE("softmax, normalize and similar ops work along the last axis", "[ops]") {
  Tape t;
  const Var x = t.input({2, 2}, {0, std::log(real(3)), 5, 5});
  check_op_value(softmax(x), {2, 2}, {0.25, 0.75, 0.5, 0.5});
  check_op_value(log_softmax(x), {2, 2},
                 {std::log(0.25), std::log(0.75), std::log(0.5), std::log(0.5)});
  check_op_value(logsumexp(x), {2, 1}, {std::log(4.0), 5 + std::log(2.0)});
  check_op_value(softmax(t.full({2, 1, 4}, 3)), {2, 1, 4}, std::vector<double>(8, 0.25));
  check_op_value(logsumexp(t.full({3}, 0)), {1}, {std::log(3.0)});
  // The row (1, 2, 3) has the mean 2, and its variance plus epsilon is 2/3 + 1/3.
  const double r = 1 / std::sqrt(2.0 / 3 + 1.0 / 3);
  check_op_value(normalize(t.input({1, 3}, {1, 2, 3}), real(1.0 / 3)), {1, 3}, {-r, 0, r});
}

TEST_CASE("log_softmax keeps the digits of large logits", "[ops]") {
  Tape t;
  const Var x = t.input({1, 2}, {4096, 4096});
  check_op_value(log_softmax(x), {1, 2}, {std::log(0.5), std::log(0.5)});
}

TEST_CASE("softmax finds a large logit at any place of a row of any length", "[ops]") {
  for (int n = 1; n <= 40; ++n) {
    for (int at = 0; at < n; ++at) {
      CAPTURE(n, at);
      Tape t;
      std::vector<real> x(static_cast<std::size_t>(n), 0);
      x[static_cast<std::size_t>(at)] = 4096;
      std::vector<double> want(x.size(), 0);
      want[static_cast<std::size_t>(at)] = 1;
      check_op_value(softmax(t.input({1, n}, x)), {1, n}, want);
    }
  }
}

TEST_CASE("layer_norm is a normalisation with a weight and a bias for each column", "[ops]") {
  Tape t;
  const Var x = t.input({2, 2}, {1, 3, -4, 4}), w = t.input({1, 2}, {2, 3});
  const Var b = t.input({1, 2}, {10, 20});
  const double r = 1 / std::sqrt(1.5), q = 4 / std::sqrt(16.5);
  check_op_value(layer_norm(x, w, b, real(0.5)), {2, 2},
                 {10 - 2 * r, 20 + 3 * r, 10 - 2 * q, 20 + 3 * q});
  CHECK_THROWS_WITH(layer_norm(x, w, t.full({1, 3}, 0)),
                    "[add] shapes differ: (2, 2) and (2, 3); broadcast the smaller one explicitly");
}

TEST_CASE("attention does not add to numbers that its memory had before", "[ops]") {
  Tape t;
  {
    const Scope scope(t);
    t.full({64, 64}, 1000);
  }
  // Queries and keys are 0, so both rows get the mean of the values 4 and 6.
  check_op_value(attention(t.input({2, 3}, {0, 0, 4, 0, 0, 6}), 2, 1), {2, 1}, {5, 5});
}

TEST_CASE("attention needs columns", "[ops]") {
  Tape t;
  CHECK_THROWS_WITH(attention(t.full({4, 0}, 0), 2, 1),
                    "[attention] (4, 0): the columns are queries, keys and values of 1 heads; "
                    "their number must be a multiple of 3");
}

TEST_CASE("mse is the mean over all elements", "[ops]") {
  Tape t;
  const Var a = t.input({2, 2}, {1, 2, 3, 4}), b = t.input({2, 2}, {1, 0, 0, 4}), y = mse(a, b);
  check_op_value(y, {}, {13.0 / 4});
  check_op_value(grad(y, a), {2, 2}, {0, 1, 1.5, 0});
  CHECK_THROWS_WITH(mse(a, t.full({4}, 0)),
                    "[sub] shapes differ: (2, 2) and (4); broadcast the smaller one explicitly");
}

}  // namespace pushforward::inline PF_REAL
