// Compares the matrix products with sums in long double and, where the build has it, with OpenBLAS,
// on every instruction set of this CPU.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "autograd/tensor/blas.h"
#include "autograd/tensor/kernels.h"
#include "tests/exam/random.h"
#include "tests/tools/catch.h"
#include "tests/tools/simd_targets.h"

#if PUSHFORWARD_BLAS
#include <cblas.h>
#endif

namespace pushforward::inline PF_REAL {

using namespace kernels;

namespace {

using Product = void (*)(bool, bool, int, int, int, Panel, Panel, real, real*, int);
using Sizes = std::array<int, 3>;  // m, n, k

constexpr real kUnused = std::numeric_limits<real>::quiet_NaN();

// A matrix as the products get it: (rows, cols) or its transpose, in rows of `stride` numbers. The
// numbers at the end of a row that are not part of the matrix are NaN.
struct Stored {
  Stored(const std::vector<real>& values, int rows, int cols, bool transposed, int more)
      : stride((transposed ? rows : cols) + more),
        memory(
            static_cast<std::size_t>(stride) * static_cast<std::size_t>(transposed ? cols : rows),
            kUnused) {
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < cols; ++c)
        memory[static_cast<std::size_t>(transposed ? c * stride + r : r * stride + c)] =
            values[static_cast<std::size_t>(r * cols + c)];
    }
  }
  Panel panel() const { return {memory.data(), stride}; }
  int stride;
  std::vector<real> memory;
};

// The factors of one product, row by row, and for each element its exact sum and the sum of the
// absolute values, to which rounding errors are proportional.
struct Factors {
  Factors(Sizes s, std::vector<real> its_a, std::vector<real> its_b)
      : sizes(s), a(std::move(its_a)), b(std::move(its_b)) {
    const auto& [m, n, k] = sizes;
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        long double total = 0, size = 0;
        for (int p = 0; p < k; ++p) {
          const long double term =
              static_cast<long double>(a[static_cast<std::size_t>(i * k + p)]) *
              static_cast<long double>(b[static_cast<std::size_t>(p * n + j)]);
          total += term;
          size += std::fabs(term);
        }
        sum.push_back(total);
        absolute.push_back(size);
      }
    }
  }
  Sizes sizes;
  std::vector<real> a, b;
  std::vector<long double> sum, absolute;
};

std::size_t area(int rows, int cols) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
}

std::vector<real> numbers_below_one(std::size_t n, std::uint64_t seed) {
  exam::Draws draws(seed);
  std::vector<real> v(n);
  for (real& x : v) x = static_cast<real>(draws.between(-1, 1));
  return v;
}

Factors random_factors(Sizes s, std::uint64_t seed) {
  return {s, numbers_below_one(area(s[0], s[2]), seed),
          numbers_below_one(area(s[2], s[1]), seed + 1)};
}

// Factors whose products and sums are whole numbers, which float holds exactly.
Factors whole_factors(Sizes s) {
  std::vector<real> a(area(s[0], s[2])), b(area(s[2], s[1]));
  for (std::size_t i = 0; i < a.size(); ++i)
    a[i] = static_cast<real>(static_cast<int>(i * 7 % 11) - 5);
  for (std::size_t i = 0; i < b.size(); ++i)
    b[i] = static_cast<real>(static_cast<int>(i * 5 % 13) - 6);
  return {s, std::move(a), std::move(b)};
}

// Computes the product c = a b + beta c, where c is 2 before, or unused (NaN) if beta is 0. ta and
// tb say whether a and b are stored transposed, and `more` adds unused numbers to each row. Returns
// a description of the first element of c whose error is larger than `tolerance` times the sum of
// its terms' absolute values, or "" if there is none.
std::string first_fault(Product product, const Factors& f, bool ta, bool tb, real beta, int more,
                        double tolerance) {
  const auto& [m, n, k] = f.sizes;
  const Stored a(f.a, m, k, ta, more), b(f.b, k, n, tb, 2 * more);
  const real before = beta == 0 ? kUnused : real(2);  // a beta of 0 must not read c
  const int stride = n + more;
  std::vector<real> c(area(m, stride), kUnused);
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) c[static_cast<std::size_t>(i * stride + j)] = before;
  }
  product(ta, tb, m, n, k, a.panel(), b.panel(), beta, c.data(), stride);
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < stride; ++j) {
      const real got = c[static_cast<std::size_t>(i * stride + j)];
      const std::size_t e = static_cast<std::size_t>(i * n + j);
      const bool good =
          j < n ? std::fabs(static_cast<long double>(got) - f.sum[e] -
                            (beta == 0 ? 0 : static_cast<long double>(beta) * 2)) <=
                      tolerance * (f.absolute[e] + std::fabs(2 * static_cast<double>(beta)))
                : std::isnan(got);  // between the rows of c nothing is written
      if (!good)
        return "c(" + std::to_string(i) + ", " + std::to_string(j) + ") of " + std::to_string(m) +
               " x " + std::to_string(n) + " x " + std::to_string(k) + (ta ? ", ta" : "") +
               (tb ? ", tb" : "") + ", beta " + std::to_string(static_cast<double>(beta)) + ": " +
               std::to_string(static_cast<double>(got));
    }
  }
  return "";
}

std::string first_fault(Product product, const Factors& f, double tolerance) {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      for (const real beta : {real(0), real(1), real(-0.5)}) {
        for (const int more : {0, 3}) {
          const std::string fault = first_fault(product, f, ta, tb, beta, more, tolerance);
          if (!fault.empty()) return fault;
        }
      }
    }
  }
  return "";
}

// Returns sizes (m, n, k). Each of m, n and k takes all values from 1 to 70, and a few k are so
// large that a product is computed in several parts along k.
std::vector<Sizes> many_sizes() {
  std::vector<Sizes> all{{128, 64, 3}, {128, 2, 64}, {37, 41, 255}, {9, 33, 257}, {3, 5, 700}};
  for (int s = 1; s <= 70; ++s) {
    const int t = s * 29 % 71, u = s * 43 % 71;
    all.insert(all.end(), {{s, t, u}, {t, s, 3}, {5, s, t}, {s, 3, u}, {t, 17, s}});
  }
  return all;
}

// Returns a bound on the rounding error of a sum of k products in any order, relative to the sum of
// their absolute values. The error is at most about k / 2 times epsilon.
double rounding(int k) {
  return (k + 2) * static_cast<double>(std::numeric_limits<real>::epsilon());
}

}  // namespace

TEST_CASE("own_gemm is exact on whole numbers, for all sizes up to 70", "[gemm]") {
  std::vector<Factors> all;
  for (const Sizes& s : many_sizes()) all.push_back(whole_factors(s));
  each_simd_target([&](const char* target) {
    CAPTURE(target);
    for (const Factors& f : all) {
      const std::string fault = first_fault(own_gemm, f, 0);
      if (!fault.empty()) CHECK(fault == "");
    }
  });
}

TEST_CASE("gemm and own_gemm round as a sum of products may", "[gemm]") {
  for (const Sizes& s : {Sizes{128, 64, 64}, {33, 35, 513}, {7, 2, 1000}, {128, 3, 64}}) {
    const Factors f = random_factors(s, 31);
    each_simd_target([&](const char* target) {
      CAPTURE(target);
      CHECK(first_fault(own_gemm, f, rounding(s[2])) == "");
      CHECK(first_fault(gemm, f, rounding(s[2])) == "");
    });
  }
}

TEST_CASE("gemm without depth multiplies c by beta, and with 0 it removes a NaN", "[gemm]") {
  for (const Sizes& s : {Sizes{4, 3, 0}, {1, 40, 0}}) {
    CHECK(first_fault(gemm, whole_factors(s), 0) == "");
  }
  std::vector<real> untouched{1, 2};
  gemm(false, false, 0, 2, 3, nullptr, nullptr, 0, untouched.data());
  CHECK(untouched == std::vector<real>{1, 2});
}

TEST_CASE("own_gemm gives a row the same bits whatever the other rows are", "[gemm]") {
  const Factors f = random_factors({70, 45, 300}, 32);
  each_simd_target([&](const char* target) {
    CAPTURE(target);
    std::vector<real> all(area(70, 45)), one(45);
    own_gemm(false, false, 70, 45, 300, {f.a.data(), 300}, {f.b.data(), 45}, 0, all.data(), 45);
    for (int i = 0; i < 70; ++i) {
      own_gemm(false, false, 1, 45, 300, {f.a.data() + i * 300, 300}, {f.b.data(), 45}, 0,
               one.data(), 45);
      if (!std::equal(one.begin(), one.end(), all.begin() + i * 45)) {
        CAPTURE(i);
        CHECK(false);
      }
    }
  });
}

TEST_CASE("own_gemm gives the same bits with all vectors that have fused multiply-add", "[gemm]") {
  const Factors f = random_factors({33, 47, 300}, 33);
  std::vector<real> first;
  each_simd_target([&](const char* target) {
    const std::string name = target;
    if (name != "AVX2" && name != "AVX3") return;
    std::vector<real> c(area(33, 47));
    own_gemm(false, true, 33, 47, 300, {f.a.data(), 300}, {f.b.data(), 300}, 0, c.data(), 47);
    if (first.empty()) first = c;
    CHECK(c == first);
  });
}

TEST_CASE("linear_silu is the SiLU of linear, with its slope, for all sizes up to 70", "[gemm]") {
  each_simd_target([&](const char* target) {
    CAPTURE(target);
    for (const Sizes& s : many_sizes()) {
      const auto& [rows, out, in] = s;
      if (rows == 0 || out == 0) continue;
      const auto x = numbers_below_one(area(rows, in), 36),
                 w = numbers_below_one(area(out, in), 37),
                 bias = numbers_below_one(area(1, out), 38);
      const std::size_t size = area(rows, out);
      std::vector<real> z(size), y(size), slope(size), y_alone(size);
      linear(rows, out, in, x.data(), w.data(), bias.data(), z.data());
      linear_silu(rows, out, in, x.data(), w.data(), bias.data(), y.data(), slope.data());
      linear_silu(rows, out, in, x.data(), w.data(), bias.data(), y_alone.data(), nullptr);
      std::vector<real> want(size), want_slope(size);
      map(Unary::silu, z.data(), want.data(), static_cast<std::int64_t>(size));
      map(Unary::silu_slope, z.data(), want_slope.data(), static_cast<std::int64_t>(size));
      // y with a slope is a product, and without one a quotient, so the last places may differ.
      const real near = 4 * std::numeric_limits<real>::epsilon();
      for (std::size_t e = 0; e < size; ++e) {
        const real scale = near * std::max(real(1), std::fabs(z[e]));
        const bool good = std::fabs(y[e] - want[e]) <= scale && y_alone[e] == want[e] &&
                          slope[e] == want_slope[e];
        if (good) continue;
        CAPTURE(s, e, z[e], y[e], y_alone[e], want[e], slope[e], want_slope[e]);
        CHECK(good);
      }
    }
  });
}

#if PUSHFORWARD_BLAS
TEST_CASE("a product in OpenBLAS uses one thread, without any setting before it", "[gemm]") {
  const std::vector<real> a(4, 1), b(4, 1);
  std::vector<real> c(4);
  gemm(false, false, 2, 2, 2, a.data(), b.data(), 0, c.data());
  CHECK(c[3] == 2);
  CHECK(openblas_get_num_threads() == 1);  // by default it is the number of cores
}

TEST_CASE("own_gemm and OpenBLAS agree on the products of a training step", "[gemm]") {
  for (const int width : {64, 200}) {
    for (const auto& [ta, tb, m, n, k] : {std::tuple{false, true, 128, width, width},
                                          {false, false, 128, width, width},
                                          {true, false, width, width, 128},
                                          {true, false, width, 3, 128}}) {
      const auto a = numbers_below_one(area(m, k), 34), b = numbers_below_one(area(k, n), 35);
      std::vector<real> own(area(m, n)), blas(area(m, n));
      const Panel pa{a.data(), ta ? m : k}, pb{b.data(), tb ? k : n};
      own_gemm(ta, tb, m, n, k, pa, pb, 0, own.data(), n);
      blas_gemm(ta, tb, m, n, k, pa, pb, 0, blas.data(), n);
      double worst = 0;
      for (std::size_t e = 0; e < own.size(); ++e)
        worst = std::fmax(worst, std::fabs(static_cast<double>(own[e] - blas[e])));
      CAPTURE(ta, tb, m, n, k);
      CHECK(worst <= 2 * rounding(k));  // the factors are at most 1
      CHECK(worst < 1e-3);
    }
  }
}
#endif

}  // namespace pushforward::inline PF_REAL
