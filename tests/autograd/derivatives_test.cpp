// Compares Hessian-vector products, Jacobians and divergences with closed forms.
#include "autograd/derivatives.h"

#include <cmath>
#include <sstream>
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "autograd/tensor/random_fill.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr real kDerivativeTol = 64 * std::numeric_limits<real>::epsilon();

std::vector<real> derivative_values(Var v) { return {v.values().begin(), v.values().end()}; }

void check_derivative_value(Var v, Shape shape, const std::vector<double>& want) {
  CHECK(v.shape() == shape);
  const auto got = v.values();
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i] == Approx(want[i]).epsilon(kDerivativeTol).margin(kDerivativeTol));
  }
}

Var normal(Tape& t, Shape s, std::uint32_t step) {
  std::span<real> values;
  const Var v = t.uninitialised(s, values);
  fill_normal({.seed = 5, .step = step}, 0, s.rows(), s.cols(), values.data());
  return v;
}

// The field u_b = tanh(x_b A) B for each row b. Its divergence is sum_jk (1 - tanh^2(x_b A)_k) A_jk
// B_kj.
struct TestField {
  Var a, b;
  Var operator()(Var x) const { return matmul(tanh(matmul(x, a)), b); }
  std::vector<double> divergence(Var x) const {
    const Var h = tanh(matmul(x, a));
    const int rows = h.shape()[0], width = h.shape()[1], d = x.shape()[1];
    std::vector<double> out;
    for (int r = 0; r < rows; ++r) {
      double total = 0;
      for (int k = 0; k < width; ++k) {
        double weight = 0;
        for (int j = 0; j < d; ++j)
          weight += static_cast<double>(a.values()[static_cast<std::size_t>(j * width + k)]) *
                    static_cast<double>(b.values()[static_cast<std::size_t>(k * d + j)]);
        const double y = static_cast<double>(h.values()[static_cast<std::size_t>(r * width + k)]);
        total += (1 - y * y) * weight;
      }
      out.push_back(total);
    }
    return out;
  }
};

}  // namespace

TEST_CASE("the gradient of two joined values is computed for each of them alone") {
  Tape t;
  const Var a = t.input({2, 2}, {1, 2, 3, 4}), b = t.input({2, 2}, {5, 6, 7, 8});
  const Var y = mean(square(concat(a, b, 1)));
  check_derivative_value(grad(y, a), {2, 2}, {0.25, 0.5, 0.75, 1});
  check_derivative_value(grad(y, b), {2, 2}, {1.25, 1.5, 1.75, 2});
}

TEST_CASE("hvp of a quadratic form is its matrix times the vector", "[derivatives]") {
  // y = x^T A x / 2 with a symmetric A has the Hessian A at all x, so the Hessian-vector product is
  // A v.
  Tape t;
  const Var a = t.input({3, 3}, {2, -1, 0, -1, 3, 4, 0, 4, 1});
  const Var x = t.input({3, 1}, {1, 5, -2}), v = t.input({3, 1}, {1, 2, 3});
  const Var y = real(0.5) * matmul(x, matmul(a, x), true);
  check_derivative_value(hvp(y, x, v), {3, 1}, {0, 17, 11});
}

TEST_CASE("hvp of Rosenbrock's function has the closed form", "[derivatives]") {
  // f = (1 - a)^2 + 100 (b - a^2)^2 has the Hessian [[2 - 400 b + 1200 a^2, -400 a], [-400 a,
  // 200]].
  Tape t;
  const Var x = t.input({1, 2}, {2, 3}), a = slice(x, 1, 0, 1), b = slice(x, 1, 1, 1);
  const Var y = square(real(1) + -a) + real(100) * square(b - square(a));
  check_derivative_value(hvp(y, x, t.input({1, 2}, {1, 0})), {1, 2}, {3602, -800});
  check_derivative_value(hvp(y, x, t.input({1, 2}, {0, 1})), {1, 2}, {-800, 200});
}

TEST_CASE("hvp can be differentiated again when recorded", "[derivatives]") {
  Tape t;
  const Var x = t.full({}, 2), v = t.full({}, 1), y = pow(x, 4);
  const Var h = hvp(y, x, v, Record::yes);
  check_derivative_value(h, {}, {48});
  check_derivative_value(grad(h, x), {}, {48});  // the derivative of y's second derivative 12 x^2
  CHECK_THROWS(grad(hvp(y, x, v), x));
  check_derivative_value(hvp(x * t.full({}, 3), x, v), {}, {0});
  check_derivative_value(hvp(t.full({}, 3), x, v), {}, {0});
}

TEST_CASE("the Jacobian of a linear map is its matrix", "[derivatives]") {
  Tape t;
  const Var w = t.input({2, 3}, {1, 2, 3, 4, 5, 6}), x = t.input({3, 1}, {7, 8, 9});
  check_derivative_value(jacobian(matmul(w, x), x), {2, 3}, {1, 2, 3, 4, 5, 6});
  check_derivative_value(jacobian(square(x), x), {3, 3}, {14, 0, 0, 0, 16, 0, 0, 0, 18});
  check_derivative_value(jacobian(x, w), {3, 6}, std::vector<double>(18, 0));
  check_derivative_value(jacobian(sum(x), x), {1, 3}, {1, 1, 1});
  check_derivative_value(jacobian(t.full({0, 2}, 1), x), {0, 3}, {});
}

TEST_CASE("the Jacobian of polar coordinates has the closed form", "[derivatives]") {
  Tape t;
  const real r = 2, angle = real(0.7);
  const Var p = t.input({1, 2}, {r, angle}), radius = slice(p, 1, 0, 1), a = slice(p, 1, 1, 1);
  const Var xy = concat(radius * cos(a), radius * sin(a), 1);
  check_derivative_value(jacobian(xy, p), {2, 2},
                         {std::cos(0.7), -2 * std::sin(0.7), std::sin(0.7), 2 * std::cos(0.7)});
}

TEST_CASE("a Jacobian that was not recorded is a constant, and differentiating it is an error",
          "[derivatives]") {
  Tape t;
  const Var x = t.input({2, 1}, {1, 2});
  const Var y = sum(square(x) * x), j = jacobian(y, x);
  Var out;
  CHECK_THROWS_WITH(grad(j, t.full({1, 2}, 1), {&x, 1}, {&out, 1}),
                    "[grad] line #" + std::to_string(j.id) +
                        " reshape was computed while recording was paused, "
                        "so no derivative goes through it; compute it outside the Pause");
  // The sum of the Jacobian of x^3 has the derivative 6 x.
  check_derivative_value(grad(sum(jacobian(y, x, Record::yes)), x), {2, 1}, {6, 12});
}

TEST_CASE("divergences of simple fields have their closed forms, row by row", "[derivatives]") {
  Tape t;
  const Var x = t.input({3, 2}, {1, 2, 3, 4, 5, 6});
  check_derivative_value(divergence(real(3) * x, x), {3, 1}, {6, 6, 6});
  check_derivative_value(divergence(square(x), x), {3, 1}, {6, 14, 22});
  // The field (x2, x1) has divergence 0.
  check_derivative_value(divergence(concat(slice(x, 1, 1, 1), slice(x, 1, 0, 1), 1), x), {3, 1},
                         {0, 0, 0});
  check_derivative_value(divergence(t.full({3, 2}, 1), x), {3, 1}, {0, 0, 0});
  check_derivative_value(divergence(t.full({3, 0}, 1), t.full({3, 0}, 1)), {3, 1}, {0, 0, 0});
}

TEST_CASE("a divergence of a field without the shape of its points, (B, D), is refused",
          "[derivatives]") {
  const struct {
    const char* name;
    Var (*of)(Var u, Var x);
  } divergences[] = {
      {"divergence", [](Var u, Var x) { return divergence(u, x); }},
      {"divergence", [](Var u, Var x) { return divergence(u, x, Record::yes); }},
      {"hutchinson_divergence", [](Var u, Var x) { return hutchinson_divergence(u, x, x); }},
      {"hutchinson_divergence",
       [](Var u, Var x) { return hutchinson_divergence(u, x, x, Record::yes); }},
  };
  const struct {
    Shape field, points;
  } wrong[] = {{{3, 1}, {3, 2}}, {{2, 3}, {3, 2}},       {{1, 3, 2}, {3, 2}},         {{6}, {6}},
               {{}, {}},         {{3, 2, 1}, {3, 2, 1}}, {{1, 3, 2, 1}, {1, 3, 2, 1}}};
  for (const auto& [name, of] : divergences) {
    for (const auto& [field, points] : wrong) {
      Tape t;
      std::ostringstream text;
      text << '[' << name << "] the field is " << field << " and the points " << points
           << "; both must be (B, D)";
      CHECK_THROWS_WITH(of(t.full(field, 1), t.full(points, 1)), text.str());
    }
  }
  Tape t;
  const Var x = t.full({3, 2}, 1);
  CHECK_THROWS_WITH(hutchinson_divergence(x, x, t.full({2, 3}, 1)),
                    "[grad] the seed is (2, 3) and the value (3, 2); they must be equal");
}

TEST_CASE("the divergence of a field like a network's, exact and by Hutchinson's estimate",
          "[derivatives]") {
  Tape t;
  const int rows = 5, d = 3;
  const Var x = normal(t, {rows, d}, 0);
  const TestField field{normal(t, {d, 7}, 1), normal(t, {7, d}, 2)};
  const std::vector<double> want = field.divergence(x);
  const Var u = field(x);
  check_derivative_value(divergence(u, x), {rows, 1}, want);

  // Hutchinson's estimate is e^T J e, where J is the Jacobian of u. Its mean over all 2^d vectors e
  // with elements 1 and -1 is the exact divergence, because the mean of e e^T is the identity.
  std::vector<double> mean(rows, 0);
  for (int signs = 0; signs < 1 << d; ++signs) {
    const Scope scope(t);
    std::span<real> e;
    const Var probe = t.uninitialised({rows, d}, e);
    for (std::size_t i = 0; i < e.size(); ++i) e[i] = signs >> (i % d) & 1 ? real(1) : real(-1);
    const auto estimate = derivative_values(hutchinson_divergence(u, x, probe));
    for (int r = 0; r < rows; ++r)
      mean[static_cast<std::size_t>(r)] +=
          static_cast<double>(estimate[static_cast<std::size_t>(r)]) / (1 << d);
  }
  for (std::size_t r = 0; r < rows; ++r)
    CHECK(mean[r] == Approx(want[r]).epsilon(4 * kDerivativeTol).margin(4 * kDerivativeTol));
  check_derivative_value(hutchinson_divergence(t.full({rows, d}, 1), x, x), {rows, 1},
                         {0, 0, 0, 0, 0});
}

TEST_CASE("Hutchinson's estimate is unbiased with random probes", "[derivatives]") {
  Tape t;
  const Var x = normal(t, {1, 4}, 3);
  const TestField field{normal(t, {4, 6}, 4), normal(t, {6, 4}, 5)};
  const double want = field.divergence(x)[0];
  const Var u = field(x);
  const std::uint32_t n = 4000;
  double sum = 0, squares = 0;
  for (std::uint32_t k = 0; k < n; ++k) {
    const Scope scope(t);
    std::span<real> e;
    const Var probe = t.uninitialised({1, 4}, e);
    fill_rademacher({.seed = 9, .purpose = Purpose::probe, .step = k}, 0, 1, 4, e.data());
    const double one = static_cast<double>(hutchinson_divergence(u, x, probe).item());
    sum += one, squares += one * one;
  }
  const double mean = sum / n, error = std::sqrt((squares / n - mean * mean) / n);
  CAPTURE(want, mean, error);
  CHECK(std::fabs(mean - want) < 4 * error);
}

TEST_CASE("divergences can be differentiated again when recorded", "[derivatives]") {
  Tape t;
  const Var x = t.input({2, 2}, {1, 2, 3, 4});
  // div(x^3) = 3 sum x^2 has the gradient 6 x.
  const Var u = square(x) * x;
  check_derivative_value(grad(sum(divergence(u, x, Record::yes)), x), {2, 2}, {6, 12, 18, 24});
  const Var probe = t.full({2, 2}, 1);
  check_derivative_value(grad(sum(hutchinson_divergence(u, x, probe, Record::yes)), x), {2, 2},
                         {6, 12, 18, 24});
  Var out;
  CHECK_THROWS(grad(divergence(u, x), t.full({2, 1}, 1), {&x, 1}, {&out, 1}));
  CHECK_THROWS(grad(hutchinson_divergence(u, x, probe), t.full({2, 1}, 1), {&x, 1}, {&out, 1}));
}

}  // namespace pushforward::inline PF_REAL
