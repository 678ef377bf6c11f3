#include "nn/init.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

struct SampleMoments {
  double mean = 0, deviation = 0, largest = 0;
};

SampleMoments moments(Init init, Shape shape, std::uint64_t seed = 1) {
  std::vector<real> v(static_cast<std::size_t>(shape.size()));
  fill_init(init, shape, {seed, Purpose::init}, v.data());
  SampleMoments m;
  for (real x : v) m.mean += static_cast<double>(x) / static_cast<double>(v.size());
  for (real x : v) {
    m.deviation += std::pow(static_cast<double>(x) - m.mean, 2) / static_cast<double>(v.size());
    m.largest = std::max(m.largest, std::abs(static_cast<double>(x)));
  }
  m.deviation = std::sqrt(m.deviation);
  return m;
}

TEST_CASE("init: the distributions have the mean, deviation and bound of their formulas") {
  const int in = 200, out = 300;  // 4 standard errors of 60,000 draws' mean: 0.0163 deviations
  struct Case {
    const char* name;
    Init init;
    double deviation, bound;  // a bound of 0 means that there is none
  };
  const double inf = 0;
  const Case cases[] = {
      {"pytorch", linear_init(InitScheme::pytorch, in, out).weight, 1 / std::sqrt(3.0 * in),
       1 / std::sqrt(in)},
      {"kaiming_uniform", kaiming_uniform(in, std::sqrt(2)), std::sqrt(2.0 / in),
       std::sqrt(6.0 / in)},
      {"kaiming_normal", kaiming_normal(in, std::sqrt(2)), std::sqrt(2.0 / in), inf},
      {"xavier_uniform", xavier_uniform(in, out), std::sqrt(2.0 / (in + out)),
       std::sqrt(6.0 / (in + out))},
      {"xavier_normal", xavier_normal(in, out, 2), 2 * std::sqrt(2.0 / (in + out)), inf},
      {"normal", normal_init(3), 3, inf},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const SampleMoments m = moments(c.init, {out, in});
    CHECK(std::abs(m.mean) < 0.0164 * c.deviation);
    CHECK(m.deviation == Approx(c.deviation).epsilon(0.015));
    if (c.bound > 0) {
      CHECK(m.largest <= c.bound * (1 + 1e-6));
      CHECK(m.largest > 0.999 * c.bound);
    }
  }
  CHECK(moments(constant_init(1), {3, 4}).mean == 1);
  CHECK(moments(zero_init(), {3, 4}).largest == 0);
}

TEST_CASE("init: the numbers depend on the seed and the step, and on nothing else") {
  std::vector<real> a(64), b(64), c(64);
  fill_init(normal_init(1), {8, 8}, {1, Purpose::init, 0}, a.data());
  fill_init(normal_init(1), {8, 8}, {1, Purpose::init, 0}, b.data());
  fill_init(normal_init(1), {8, 8}, {1, Purpose::init, 1}, c.data());
  CHECK(a == b);
  CHECK(a != c);
}

TEST_CASE("init: wide, tall and square orthogonal matrices are orthogonal") {
  for (const Shape shape : {Shape{6, 20}, Shape{20, 6}, Shape{32, 32}, Shape{1, 5}}) {
    const int rows = shape[0], cols = shape[1], few = std::min(rows, cols);
    std::vector<real> q(static_cast<std::size_t>(shape.size()));
    fill_init(orthogonal_init(2), shape, {3, Purpose::init}, q.data());
    // Returns element k of the row with the number `vector`, or of this column if there are fewer
    // columns than rows.
    const auto at = [&](int vector, int k) {
      return static_cast<double>(rows <= cols ? q[std::size_t(vector) * cols + k]
                                              : q[std::size_t(k) * cols + vector]);
    };
    for (int a = 0; a < few; ++a) {
      for (int b = 0; b <= a; ++b) {
        double product = 0;
        for (int k = 0; k < std::max(rows, cols); ++k) product += at(a, k) * at(b, k);
        INFO(shape << " vectors " << a << " and " << b);
        CHECK(product == Approx(a == b ? 4 : 0).margin(sizeof(real) == 8 ? 1e-14 : 1e-6));
      }
    }
  }
  std::vector<real> v(8);
  CHECK_THROWS_WITH(
      fill_init(orthogonal_init(), {2, 2, 2}, {}, v.data()),
      "[init] orthogonal needs a matrix: the parameter has shape (2, 2, 2); choose another distribution");
}

TEST_CASE("init: schemes are found by their names") {
  CHECK(init_scheme_named("orthogonal") == InitScheme::orthogonal);
  CHECK(init_scheme_named("zeros") == InitScheme::zeros);
  CHECK_THROWS_WITH(init_scheme_named("he"),
                    "[init] \"he\" is not known; one of: pytorch, kaiming_uniform, "
                    "kaiming_normal, xavier_uniform, xavier_normal, orthogonal, zeros");
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
