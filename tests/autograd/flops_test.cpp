// Compares the floating-point operations of every op with a count by hand of what its kernel does.
#include <set>
#include <string>
#include <vector>

#include "autograd/rules.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// The costs of functions of one number in floating-point operations, as autograd/rules.h defines
// them.
constexpr double kExp = 10, kLog = 10, kLog1p = 12, kSine = 12, kTanh = 15, kPhi = 20, kPow = 20;
constexpr double kSigmoid = kExp + 1 + 1;                // 1 / (1 + exp(-x)): exp, sum, quotient
constexpr double kSoftmax = 1 + 1 + kExp + 1 + 1;        // maximum, difference, exp, sum, quotient
constexpr double kScaledSoftmax = kSoftmax + 1;          // a softmax and the factor 1 / sqrt(d)
constexpr double kSiluSlope = kSigmoid + 1 + 1 + 1 + 1;  // s (1 + x (1 - s)), s = sigmoid(x)

const std::vector<int> kFlopRows{2, 0, 1}, kFlopCols{1, 0, 2};

Var values(Tape& t, Shape s) { return t.full(s, real(0.5)); }

struct FlopRow {
  const char* op;
  Var (*make)(Tape&);
  double count;
};

// Elementwise ops get an array of shape (2, 3), which has 6 elements.
#define PF_ONE(name, each)                                              \
  {                                                                     \
#name, [](Tape & t) { return name(values(t, {2, 3})); }, 6 * (each) \
  }
#define PF_TWO(name, each)                                                                 \
  {                                                                                        \
#name, [](Tape & t) { return name(values(t, {2, 3}), values(t, {2, 3})); }, 6 * (each) \
  }

const FlopRow kFlopTable[] = {
    {"input",
     [](Tape& t) {
       return t.input({2}, {1, 2});
     },
     0},
    {"parameter",
     [](Tape& t) {
       static const real number = 1;
       return t.parameter(0, {1}, &number, "p");
     },
     0},
    {"constant",
     [](Tape& t) {
       return values(t, {2, 3});
     },
     0},
    {"add",
     [](Tape& t) {
       return values(t, {2, 3}) + values(t, {2, 3});
     },
     6},
    {"sub",
     [](Tape& t) {
       return values(t, {2, 3}) - values(t, {2, 3});
     },
     6},
    {"mul",
     [](Tape& t) {
       return values(t, {2, 3}) * values(t, {2, 3});
     },
     6},
    {"div",
     [](Tape& t) {
       return values(t, {2, 3}) / values(t, {2, 3});
     },
     6},
    {"neg",
     [](Tape& t) {
       return -values(t, {2, 3});
     },
     6},
    {"scale",
     [](Tape& t) {
       return scale(values(t, {2, 3}), 2);
     },
     6},
    {"shift",
     [](Tape& t) {
       return shift(values(t, {2, 3}), 2);
     },
     6},
    PF_ONE(exp, kExp),
    PF_ONE(log, kLog),
    PF_ONE(log1p, kLog1p),
    PF_ONE(sqrt, 1),
    PF_ONE(square, 1),
    PF_ONE(abs, 1),
    PF_ONE(sign, 1),
    PF_ONE(heaviside, 1),
    {"pow",
     [](Tape& t) {
       return pow(values(t, {2, 3}), 3);
     },
     6 * kPow},
    PF_ONE(reciprocal, 1),
    PF_ONE(tanh, kTanh),
    PF_ONE(sigmoid, kSigmoid),
    PF_ONE(silu, kSigmoid + 1),
    PF_TWO(silu_vjp, kSiluSlope + 1),
    PF_ONE(selu, kExp + 1 + 1),      // (exp(x) - 1) lambda alpha
    PF_TWO(selu_vjp, kExp + 1 + 1),  // exp(x) lambda alpha g for a cotangent g
    PF_ONE(gelu, kPhi + 1),
    PF_ONE(normal_cdf, kPhi),
    PF_ONE(relu, 1),
    PF_ONE(softplus, kExp + kLog1p + 1),  // max(x, 0) + log(1 + exp(-|x|))
    PF_ONE(sin, kSine),
    PF_ONE(cos, kSine),
    {"clamp",
     [](Tape& t) {
       return clamp(values(t, {2, 3}), 0, 1);
     },
     6 * 2},
    {"inside",
     [](Tape& t) {
       return inside(values(t, {2, 3}), 0, 1);
     },
     6 * 2},
    PF_TWO(maximum, 1),
    PF_TWO(greater, 1),
    {"where",
     [](Tape& t) {
       return where(values(t, {2, 3}), values(t, {2, 3}), values(t, {2, 3}));
     },
     6},
    // Each element of the result is a sum of k = 7 products, which counts as k multiplications and
    // k additions.
    {"matmul",
     [](Tape& t) {
       return matmul(values(t, {5, 7}), values(t, {7, 3}));
     },
     5 * 3 * 2 * 7},
    {"matmul",
     [](Tape& t) {
       return matmul(values(t, {2, 7, 5}), values(t, {2, 7, 3}), true);
     },
     2 * 5 * 3 * 2 * 7},
    {"linear",
     [](Tape& t) {
       return linear(values(t, {5, 7}), values(t, {3, 7}), values(t, {1, 3}));
     },
     5 * 3 * (2 * 7 + 1)},
    // The kernel computes the SiLU y = z s from the sigmoid s, and the slope s + y (1 - s).
    {"linear_silu",
     [](Tape& t) {
       return linear_silu(values(t, {5, 7}), values(t, {3, 7}), values(t, {1, 3}));
     },
     5 * 3 * (2 * 7 + 1 + kSigmoid + 1 + 3)},
    {"linear_silu",
     [](Tape& t) {
       const Pause pause(t);  // without the slope
       return linear_silu(values(t, {5, 7}), values(t, {3, 7}), values(t, {1, 3}));
     },
     5 * 3 * (2 * 7 + 1 + kSigmoid + 1)},
    {"linear_silu_slope",
     [](Tape& t) {
       return linear_silu_slope(values(t, {5, 7}), values(t, {3, 7}), values(t, {1, 3}));
     },
     5 * 3 * (2 * 7 + 1 + kSiluSlope)},
    {"sum",
     [](Tape& t) {
       return sum(values(t, {4, 5}));
     },
     20},
    {"sum_rows",
     [](Tape& t) {
       return sum_rows(values(t, {4, 5}));
     },
     20},
    {"sum_cols",
     [](Tape& t) {
       return sum_cols(values(t, {4, 5}));
     },
     20},
    {"broadcast",
     [](Tape& t) {
       return broadcast(values(t, {}), {2, 3});
     },
     0},
    {"broadcast_rows",
     [](Tape& t) {
       return broadcast_rows(values(t, {1, 3}), 4);
     },
     0},
    {"broadcast_cols",
     [](Tape& t) {
       return broadcast_cols(values(t, {3, 1}), 4);
     },
     0},
    {"concat",
     [](Tape& t) {
       return concat(values(t, {2, 3}), values(t, {2, 1}), 1);
     },
     0},
    {"slice",
     [](Tape& t) {
       return slice(values(t, {2, 3}), 1, 1, 2);
     },
     0},
    {"pad",
     [](Tape& t) {
       return pad(values(t, {2, 3}), 1, 1, 5);
     },
     0},
    {"reshape",
     [](Tape& t) {
       return reshape(values(t, {2, 3}), {6});
     },
     0},
    {"gather_rows",
     [](Tape& t) {
       return gather_rows(values(t, {3, 2}), kFlopRows);
     },
     0},
    {"scatter_add_rows",
     [](Tape& t) {
       return scatter_add_rows(values(t, {3, 2}), kFlopRows, 5);
     },
     3 * 2},
    {"pick_cols",
     [](Tape& t) {
       return pick_cols(values(t, {3, 4}), kFlopCols);
     },
     0},
    {"put_cols",
     [](Tape& t) {
       return put_cols(values(t, {3, 1}), kFlopCols, 4);
     },
     0},
    {"swap_axes",
     [](Tape& t) {
       return swap_axes(values(t, {2, 3}), 0, 1);
     },
     0},
    // Two heads with 4 columns are rotated, the other 3 columns are not. Each pair of columns takes
    // four products and two sums.
    {"rotary",
     [](Tape& t) {
       return rotary(values(t, {6, 11}), 3, 4, 8);
     },
     6 * (8 / 2) * (4 + 2)},
    // There are two sequences of 3 rows and 4 heads with 5 columns. Each head computes 3 x 3 scores
    // (sums over 5 terms), their softmax, and 3 x 5 outputs (sums over 3 terms).
    {"attention",
     [](Tape& t) {
       return attention(values(t, {6, 60}), 3, 4);
     },
     2 * 4 * (9 * 2 * 5 + 9 * kScaledSoftmax + 15 * 2 * 3)},
    // The rule of the reverse sweep computes the attention weights p (the softmax of the scores)
    // again. The cotangents of the values, weights, queries and keys (dv, dp, dq and dk) are one
    // product of matrices each. The cotangent of the scores, p (dp - rowsum(p dp)) scale, is a dot
    // product, a factor, a difference and a product.
    {"attention_vjp",
     [](Tape& t) {
       return attention_vjp(values(t, {6, 60}), values(t, {6, 20}), 3, 4);
     },
     2 * 4 * (9 * 2 * 5 + 9 * kScaledSoftmax + 4 * 15 * 2 * 3 + 9 * (2 + 1 + 1 + 1))},
    {"softmax",
     [](Tape& t) {
       return softmax(values(t, {4, 5}));
     },
     20 * kSoftmax},
    {"log_softmax",
     [](Tape& t) {
       return log_softmax(values(t, {4, 5}));
     },
     20 * kSoftmax},
    // For each element, logsumexp counts the maximum, a difference, exp and a sum.
    {"logsumexp",
     [](Tape& t) {
       return logsumexp(values(t, {4, 5}));
     },
     20 * (1 + 1 + kExp + 1)},
    // For each element, normalize counts a sum, a difference, the dot product of a row with itself,
    // and a factor.
    {"normalize",
     [](Tape& t) {
       return normalize(values(t, {4, 5}), 1);
     },
     20 * (1 + 1 + 2 + 1)},
    // For each element, normalize_vjp counts the operations of normalize without the factor, a dot
    // product with the cotangent g, the sum of g, and the result r (g - mean - along x). Here r is
    // the factor of normalize, x the row minus its mean, mean that of g, and along a multiple of
    // the dot product.
    {"normalize_vjp",
     [](Tape& t) {
       return normalize_vjp(values(t, {4, 5}), values(t, {4, 5}), 1);
     },
     20 * (1 + 1 + 2 + 2 + 1 + 4)},
    PF_ONE(stop_gradient, 0),
};

#undef PF_ONE
#undef PF_TWO

}  // namespace

TEST_CASE("the operations of every op are those of its kernel, counted by hand", "[flops]") {
  std::set<std::string> counted;
  for (const FlopRow& row : kFlopTable) {
    CAPTURE(row.op);
    Tape t;
    const TapeLine& line = t.line(row.make(t).id);
    REQUIRE(line.op->name == std::string(row.op));
    CHECK(line.op->flops(t, line) == row.count);
    counted.insert(row.op);
  }
  for (const Op* op : all_ops()) {
    INFO("op \""
         << op->name
         << "\" is not counted; write its row in kFlopTable of tests/autograd/flops_test.cpp");
    CHECK(counted.count(op->name) == 1);
  }
}

}  // namespace pushforward::inline PF_REAL
