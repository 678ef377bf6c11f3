// Compares the kernels with the C library in long double, on every instruction set of this CPU.
#include "autograd/tensor/kernels.h"

#include <cmath>
#include <limits>
#include <vector>

#include "autograd/tensor/math.h"
#include "tests/exam/random.h"
#include "tests/tools/catch.h"
#include "tests/tools/simd_targets.h"

namespace pushforward::inline PF_REAL {

using namespace kernels;

namespace {

using Long = long double;
constexpr bool kFloat = sizeof(real) == 4;
constexpr real kKernelEps = std::numeric_limits<real>::epsilon();

Long sigmoid_l(Long x) { return 1 / (1 + std::exp(-x)); }

constexpr Long kSelu = 1.0507009873554804934193349852946L,
               kSeluBelow = 1.7580993408473768599402175208123L;

Long exact(Unary f, Long x) {
  switch (f) {
    case Unary::exp: return std::exp(x);
    case Unary::log: return std::log(x);
    case Unary::log1p: return std::log1p(x);
    case Unary::sqrt: return std::sqrt(x);
    case Unary::square: return x * x;
    case Unary::abs: return std::fabs(x);
    case Unary::sign: return x > 0 ? 1 : -1;
    case Unary::step: return x > 0;
    case Unary::reciprocal: return 1 / x;
    case Unary::tanh: return std::tanh(x);
    case Unary::sigmoid: return sigmoid_l(x);
    case Unary::silu: return x * sigmoid_l(x);
    case Unary::silu_slope: return sigmoid_l(x) * (1 + x * sigmoid_l(-x));
    case Unary::gelu: return x * std::erfc(-x / std::sqrt(Long{2})) / 2;
    case Unary::normal_cdf: return std::erfc(-x / std::sqrt(Long{2})) / 2;
    case Unary::relu: return x > 0 ? x : 0;
    case Unary::softplus: return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    case Unary::selu: return x > 0 ? kSelu * x : kSeluBelow * std::expm1(x);
    case Unary::sin: return std::sin(x);
    case Unary::cos: return std::cos(x);
    case Unary::neg: return -x;
  }
  return x;
}

// The largest allowed error of a kernel for arguments in [low, high]. The unit is the last place of
// the result, or 1 if `absolute`.
struct Accuracy {
  const char* name;
  Unary f;
  double low, high, ulps;
  bool absolute = false;
};
const Accuracy kAccuracy[] = {
    {"exp", Unary::exp, -87, 80, 2},
    {"exp up to where it overflows", Unary::exp, kFloat ? 79 : 680, kFloat ? 88.72 : 709.78, 3},
    {"exp down to where it is denormal", Unary::exp, kFloat ? -103 : -740, -80, 2},
    {"log", Unary::log, 1e-30, 1e30, 4},
    {"log1p", Unary::log1p, -0.999, 1e6, 4},
    {"sqrt", Unary::sqrt, 0, 1e30, 0.5},
    {"square", Unary::square, -1e9, 1e9, 0.5},
    {"abs", Unary::abs, -1e9, 1e9, 0},
    {"sign", Unary::sign, -1e9, 1e9, 0},
    {"step", Unary::step, -1e9, 1e9, 0},
    {"neg", Unary::neg, -1e9, 1e9, 0},
    {"reciprocal", Unary::reciprocal, 1e-30, 1e30, 0.5},
    {"tanh", Unary::tanh, -30, 30, 5},
    {"sigmoid", Unary::sigmoid, -87, 87, 4},
    {"silu", Unary::silu, -87, 87, 5},
    {"silu_slope", Unary::silu_slope, -80, 80, 4, true},
    {"gelu", Unary::gelu, -5, 30, 8, true},
    {"normal_cdf", Unary::normal_cdf, -12, 12, 4, true},
    {"relu", Unary::relu, -1e9, 1e9, 0},
    {"softplus", Unary::softplus, -80, 80, 4},
    {"selu", Unary::selu, -80, 1e6, 5},
    {"sin", Unary::sin, -100, 100, 4, true},
    {"cos", Unary::cos, -100, 100, 4, true},
    {"sin of large arguments", Unary::sin, -1e7, 1e7, 4, true},
    {"cos of large arguments", Unary::cos, -1e7, 1e7, 4, true},
};

// Returns n arguments in [low, high]: half evenly spaced, half with evenly spaced log |x|.
std::vector<real> arguments(double low, double high, int n) {
  exam::Draws draws(3);
  std::vector<real> x;
  const double smallest = std::max(low, 1e-30), span = std::log(high / smallest);
  for (int i = 0; i < n; ++i) {
    const double u = draws.between(0, 1);
    double v = low + u * (high - low);
    if (i % 2 == 1 && high > 0)
      v = smallest * std::exp(u * span) * (low < 0 && i % 4 == 1 ? -1 : 1);
    const real r = static_cast<real>(v);
    if (r >= static_cast<real>(low) && r <= static_cast<real>(high)) x.push_back(r);
  }
  return x;
}

// Returns the spacing of real numbers at y.
Long spacing(Long y) {
  const real r = static_cast<real>(std::fabs(y));
  return std::max(Long{std::nextafter(r, std::numeric_limits<real>::infinity())} - r,
                  Long{std::numeric_limits<real>::min() * kKernelEps});
}

double worst_ulps(const Accuracy& a, const std::vector<real>& x, real* at) {
  std::vector<real> y(x.size());
  map(a.f, x.data(), y.data(), static_cast<std::int64_t>(x.size()));
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Long want = exact(a.f, x[i]);
    const Long off = std::fabs(y[i] - want) / (a.absolute ? Long{kKernelEps} : spacing(want));
    if (!(off <= worst)) worst = static_cast<double>(off), *at = x[i];
  }
  return worst;
}

std::vector<real> random_vector(std::size_t n, std::uint64_t seed, double low = -1,
                                double high = 1) {
  exam::Draws draws(seed);
  const auto v = draws.vector(n, low, high);
  return {v.begin(), v.end()};
}

}  // namespace

TEST_CASE("elementwise kernels are exact to a few units in the last place on every target",
          "[kernels]") {
  each_simd_target([](const char* target) {
    for (const Accuracy& a : kAccuracy) {
      real at = 0;
      const double worst = worst_ulps(a, arguments(a.low, a.high, 40000), &at);
      CAPTURE(target, a.name, at, worst);
      // Functions such as sqrt are rounded correctly. The margin allows for the rounding of the
      // long double result.
      CHECK(worst <= a.ulps + 0.001);
    }
  });
}

TEST_CASE("a result depends neither on the element's position nor on the array's length",
          "[kernels]") {
  each_simd_target([](const char* target) {
    CAPTURE(target);
    const std::vector<real> x = random_vector(131, 5, -3, 3), b = random_vector(131, 6, 0.5, 2);
    for (const Accuracy& a : kAccuracy) {
      CAPTURE(a.name);
      std::vector<real> whole(x.size()), part(x.size());
      map(a.f, b.data(), whole.data(), 131);
      for (const std::int64_t n : {0, 1, 2, 3, 7, 15, 16, 17, 33, 130}) {
        const std::int64_t from = 131 - n;
        std::fill(part.begin(), part.end(), real(-77));
        map(a.f, b.data() + from, part.data(), n);
        CHECK(std::equal(part.begin(), part.begin() + n, whole.begin() + from));
        // The element after the n results is not written.
        CHECK(part[static_cast<std::size_t>(n)] == -77);
      }
    }
    for (const Binary f : {Binary::add, Binary::sub, Binary::mul, Binary::div, Binary::maximum,
                           Binary::greater, Binary::silu_vjp, Binary::selu_vjp}) {
      CAPTURE(static_cast<int>(f));
      std::vector<real> whole(x.size()), part(x.size());
      map(f, x.data(), b.data(), whole.data(), 131);
      for (const std::int64_t n : {0, 1, 5, 17, 130}) {
        const std::int64_t from = 131 - n;
        std::fill(part.begin(), part.end(), real(-77));
        map(f, x.data() + from, b.data() + from, part.data(), n);
        CHECK(std::equal(part.begin(), part.begin() + n, whole.begin() + from));
        CHECK(part[static_cast<std::size_t>(n)] == -77);
      }
    }
  });
}

TEST_CASE("kernels may write their result over their input", "[kernels]") {
  const std::vector<real> x = random_vector(37, 8, 0.5, 2), b = random_vector(37, 9, 0.5, 2);
  for (const Accuracy& a : kAccuracy) {
    std::vector<real> apart(37), place = x;
    map(a.f, x.data(), apart.data(), 37);
    map(a.f, place.data(), place.data(), 37);
    CHECK(apart == place);
  }
  for (const Binary f : {Binary::add, Binary::sub, Binary::mul, Binary::div, Binary::maximum,
                         Binary::greater, Binary::silu_vjp, Binary::selu_vjp}) {
    std::vector<real> apart(37), first = x, second = b;
    map(f, x.data(), b.data(), apart.data(), 37);
    map(f, first.data(), b.data(), first.data(), 37);
    map(f, x.data(), second.data(), second.data(), 37);
    CHECK(apart == first);
    CHECK(apart == second);
  }
  std::vector<real> apart(37), place = x;
  affine(x.data(), 3, -1, apart.data(), 37);
  affine(place.data(), 3, -1, place.data(), 37);
  CHECK(apart == place);
}

TEST_CASE("silu_vjp is g times the derivative of silu", "[kernels]") {
  each_simd_target([](const char* target) {
    CAPTURE(target);
    const std::vector<real> x = arguments(-80, 80, 20000), g = random_vector(x.size(), 4);
    std::vector<real> y(x.size());
    map(Binary::silu_vjp, x.data(), g.data(), y.data(), static_cast<std::int64_t>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Long s = sigmoid_l(x[i]), bend = x[i] * s * sigmoid_l(-x[i]);
      const Long want = g[i] * (s + bend), terms = std::fabs(g[i]) * (s + std::fabs(bend));
      if (std::fabs(y[i] - want) <= 6 * kKernelEps * terms + std::numeric_limits<real>::min())
        continue;
      CAPTURE(x[i], g[i], y[i], static_cast<double>(want));
      CHECK(false);
    }
  });
}

TEST_CASE("selu_vjp is g times the derivative of selu", "[kernels]") {
  each_simd_target([](const char* target) {
    CAPTURE(target);
    const std::vector<real> x = arguments(-80, 80, 20000), g = random_vector(x.size(), 4);
    std::vector<real> y(x.size());
    map(Binary::selu_vjp, x.data(), g.data(), y.data(), static_cast<std::int64_t>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Long want = g[i] * (x[i] > 0 ? kSelu : kSeluBelow * std::exp(Long{x[i]}));
      if (std::fabs(y[i] - want) <=
          5 * kKernelEps * std::fabs(want) + std::numeric_limits<real>::min())
        continue;
      CAPTURE(x[i], g[i], y[i], static_cast<double>(want));
      CHECK(false);
    }
  });
}

TEST_CASE("sums and products are accurate to rounding, for every length and SIMD target",
          "[kernels]") {
  each_simd_target([](const char* target) {
    CAPTURE(target);
    for (const std::int64_t n : {0, 1, 2, 3, 5, 8, 15, 16, 31, 64, 67, 128, 129, 1000, 4099}) {
      const auto size = static_cast<std::size_t>(n);
      const std::vector<real> a = random_vector(size, 1), b = random_vector(size, 2);
      Long s = 0, p = 0, s_abs = 0, p_abs = 0;
      for (std::size_t i = 0; i < size; ++i) {
        s += a[i], s_abs += std::fabs(a[i]);
        p += Long{a[i]} * b[i], p_abs += std::fabs(a[i] * b[i]);
      }
      CAPTURE(n);
      CHECK(std::fabs(sum(a.data(), n) - s) <= kKernelEps * static_cast<Long>(2 + n / 8) * s_abs);
      CHECK(std::fabs(dot(a.data(), b.data(), n) - p) <=
            kKernelEps * static_cast<Long>(2 + n / 8) * p_abs);
    }
    for (const int rows : {0, 1, 2, 5, 33}) {
      for (const int cols : {1, 2, 7, 8, 16, 31, 32, 33, 64, 100}) {
        const std::vector<real> x = random_vector(static_cast<std::size_t>(rows * cols), 7);
        std::vector<real> y(static_cast<std::size_t>(cols) + 1, real(-77));
        sum_rows(x.data(), rows, cols, y.data());
        CAPTURE(rows, cols);
        CHECK(y.back() == -77);
        for (int c = 0; c < cols; ++c) {
          real want = 0;  // equal to the bit, since rows are added in order
          for (int r = 0; r < rows; ++r) want += x[static_cast<std::size_t>(r * cols + c)];
          if (y[static_cast<std::size_t>(c)] != want) CHECK(y[static_cast<std::size_t>(c)] == want);
        }
      }
    }
  });
}

TEST_CASE("fill_rows copies a row into the rows below", "[kernels]") {
  const std::vector<real> x{1, 2, 3};
  std::vector<real> y(7, real(-1));
  fill_rows(x.data(), 2, 3, y.data());
  CHECK(y == std::vector<real>{1, 2, 3, 1, 2, 3, -1});
}

TEST_CASE("gemm multiplies with every pair of transposes and adds beta c", "[kernels]") {
  for (const auto& [m, n, k] : {std::array{1, 1, 1}, {3, 4, 5}, {5, 1, 7}, {1, 9, 2}, {4, 3, 0}}) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        for (const real beta : {real(0), real(1), real(-0.5)}) {
          const auto a = random_vector(static_cast<std::size_t>(m * k), 11);
          const auto b = random_vector(static_cast<std::size_t>(k * n), 12);
          // With beta = 0, gemm must not read c.
          const real before = beta == 0 ? std::numeric_limits<real>::quiet_NaN() : real(2);
          std::vector<real> c(static_cast<std::size_t>(m * n), before);
          gemm(ta, tb, m, n, k, a.data(), b.data(), beta, c.data());
          for (int i = 0; i < m; ++i) {
            for (int j = 0; j < n; ++j) {
              double want = beta == 0 ? 0 : static_cast<double>(beta) * 2;
              for (int p = 0; p < k; ++p)
                want +=
                    static_cast<double>(a[static_cast<std::size_t>(ta ? p * m + i : i * k + p)]) *
                    static_cast<double>(b[static_cast<std::size_t>(tb ? j * k + p : p * n + j)]);
              CAPTURE(m, n, k, ta, tb, beta, i, j);
              CHECK(std::fabs(static_cast<double>(c[static_cast<std::size_t>(i * n + j)]) - want) <=
                    8 * static_cast<double>(kKernelEps));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("box_muller turns two uniform numbers into two normal ones", "[kernels]") {
  each_simd_target([](const char* target) {
    CAPTURE(target);
    for (const std::size_t n : {1U, 3U, 16U, 1001U}) {
      std::vector<real> u = random_vector(n, 21, 1e-9, 1), v = random_vector(n, 22, 1e-9, 1);
      u[0] = 1;  // log 1 = 0
      const std::vector<real> u0 = u, v0 = v;
      box_muller(u.data(), v.data(), static_cast<std::int64_t>(n));
      for (std::size_t i = 0; i < n; ++i) {
        const Long r = std::sqrt(-2 * std::log(Long{u0[i]}));
        const Long a = 2 * std::acos(Long{-1}) * v0[i];
        if (!(std::fabs(u[i] - r * std::cos(a)) <= 20 * kKernelEps * (1 + r)) ||
            !(std::fabs(v[i] - r * std::sin(a)) <= 20 * kKernelEps * (1 + r))) {
          CAPTURE(n, i, u0[i], v0[i], u[i], v[i]);
          CHECK(false);
        }
      }
    }
  });
}

}  // namespace pushforward::inline PF_REAL
