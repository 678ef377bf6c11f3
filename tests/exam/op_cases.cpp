#include "tests/exam/op_cases.h"

#include <algorithm>
#include <cmath>

#include "tests/exam/random.h"

namespace pushforward::exam {
namespace {

const Domain kAny{}, kNotZero{.low = -2, .high = 2, .avoid = {0, 0.05, -0.05, 0.1, -0.1}},
    kPositive{.low = 0.1, .high = 3}, kAboveMinusOne{.low = -0.8, .high = 2},
    kWide{.low = -7, .high = 7, .avoid = {0}}, kApart{.apart = true}, kCondition{.condition = true};

double draw(const Domain& d, Draws& draws, double first) {
  if (d.condition) return std::vector<double>{0, 1, -2}[draws.below(3)];
  for (;;) {
    const double x = draws.between(d.low, d.high);
    if (d.holds(x) && (!d.apart || std::fabs(x - first) > 0.05)) return x;
  }
}

// Adds cases to a list, and draws the numbers of their leaves in order.
class Table {
 public:
  std::vector<OpCase> cases;

  void add(Step step, const std::vector<Shape>& shapes, const std::vector<Domain>& domains) {
    Program p;
    std::vector<Domain> used;
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      const Domain& domain = domains[std::min(k, domains.size() - 1)];
      Leaf leaf{.shape = shapes[k], .values = {}, .parameter = k == 1, .fixed = domain.condition};
      for (int i = 0; i < shapes[k].size(); ++i) {
        const std::size_t at = static_cast<std::size_t>(i);
        leaf.values.push_back(draw(domain, draws_, domain.apart ? p.leaves[0].values[at] : 0));
      }
      p.leaves.push_back(leaf);
      used.push_back(domain);
    }
    const std::string op = step.op;
    if (step.in.size() == 1 && shapes.size() > 1) {
      step.in.clear();
      for (std::size_t k = 0; k < shapes.size(); ++k) step.in.push_back(-1 - static_cast<int>(k));
    }
    p.steps.push_back(std::move(step));
    cases.push_back({op, std::move(p), std::move(used)});
  }

 private:
  Draws draws_{2024};
};

// The shapes are rows, columns, lengths that are no multiple of a SIMD vector, arrays of every
// rank, and empty shapes.
const std::vector<Shape> kCaseShapes{{},     {1},    {7},       {1, 1},       {1, 5}, {6, 1},
                                     {3, 7}, {4, 9}, {2, 3, 5}, {2, 1, 3, 2}, {0, 3}};

void elementwise(Table& t) {
  const std::pair<const char*, Domain> unary[] = {
      {"neg", kAny},           {"exp", kAny},
      {"log", kPositive},      {"log1p", kAboveMinusOne},
      {"sqrt", kPositive},     {"square", kAny},
      {"abs", kNotZero},       {"sign", kNotZero},
      {"heaviside", kNotZero}, {"reciprocal", kNotZero},
      {"tanh", kWide},         {"sigmoid", kWide},
      {"silu", kWide},         {"gelu", kWide},
      {"normal_cdf", kWide},   {"relu", kNotZero},
      {"softplus", kWide},     {"selu", kWide},
      {"sin", kWide},          {"cos", kWide},
      {"stop_gradient", kAny}};
  const std::pair<const char*, Domain> binary[] = {
      {"add", kAny},       {"sub", kAny},       {"mul", kAny},       {"div", kNotZero},
      {"maximum", kApart}, {"greater", kApart}, {"silu_vjp", kWide}, {"selu_vjp", kWide}};
  for (const Shape& s : kCaseShapes) {
    for (const auto& [op, domain] : unary) t.add({.op = op}, {s}, {domain});
    for (const auto& [op, domain] : binary) t.add({.op = op}, {s, s}, {kAny, domain});
    t.add({.op = "scale", .a = -1.25}, {s}, {kAny});
    t.add({.op = "shift", .a = 0.75}, {s}, {kAny});
    t.add({.op = "where"}, {s, s, s}, {kCondition, kAny, kAny});
    t.add({.op = "clamp", .a = -0.75, .b = 1}, {s}, {{.avoid = {-0.75, 1}}});
    t.add({.op = "inside", .a = -0.75, .b = 1}, {s}, {{.avoid = {-0.75, 1}}});
  }
  for (const double exponent : {-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0}) {
    t.add({.op = "pow", .a = exponent}, {{3, 5}}, {kPositive});
    if (exponent == std::floor(exponent)) {
      t.add({.op = "pow", .a = exponent}, {{2, 3, 2}}, {kNotZero});
    }
  }
  // One value is used as both operands, so its two cotangents and its two tangents must be added.
  for (const char* op : {"add", "sub", "mul", "div", "silu_vjp", "selu_vjp"})
    t.add({.op = op, .in = {-1, -1}}, {{2, 5}}, {kNotZero});
}

void products(Table& t) {
  // The sizes (m, k, n) include rows, columns, inner sizes k of 1 and 0, and odd and even sizes.
  const int sizes[][3] = {{1, 1, 1}, {1, 4, 3}, {5, 1, 2}, {3, 4, 1},
                          {3, 5, 2}, {4, 4, 4}, {2, 0, 3}};
  for (const auto& [m, k, n] : sizes) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        const Shape a = ta ? Shape{k, m} : Shape{m, k}, b = tb ? Shape{n, k} : Shape{k, n};
        t.add({.op = "matmul", .ta = ta, .tb = tb}, {a, b}, {kAny});
        t.add({.op = "matmul", .ta = ta, .tb = tb}, {{2, a[0], a[1]}, {2, b[0], b[1]}}, {kAny});
      }
    }
    for (const char* op : {"linear", "linear_silu", "linear_silu_slope"})
      t.add({.op = op}, {{m, k}, {n, k}, {1, n}}, {kAny});
  }
  // These cases are x x, x x^T and x^T x.
  t.add({.op = "matmul", .in = {-1, -1}}, {{3, 3}}, {kAny});
  t.add({.op = "matmul", .in = {-1, -1}, .tb = true}, {{3, 4}}, {kAny});
  t.add({.op = "matmul", .in = {-1, -1}, .ta = true}, {{2, 3, 2}}, {kAny});
}

void reductions(Table& t) {
  for (const Shape& s : kCaseShapes) {
    t.add({.op = "sum"}, {s}, {kAny});
    t.add({.op = "broadcast", .shape = s}, {{}}, {kAny});
    t.add({.op = "broadcast", .shape = s}, {{1, 1}}, {kAny});
    if (s.rank >= 1) {
      for (const char* op : {"softmax", "log_softmax", "logsumexp"}) t.add({.op = op}, {s}, {kAny});
      t.add({.op = "normalize", .a = 0.0625}, {s}, {kAny});
      t.add({.op = "normalize_vjp", .a = 0.0625}, {s, s}, {kAny});
    }
  }
  for (const Shape& s :
       {Shape{1, 1}, Shape{1, 6}, Shape{5, 1}, Shape{3, 7}, Shape{2, 19}, Shape{0, 2}}) {
    t.add({.op = "sum_rows"}, {s}, {kAny});
    t.add({.op = "sum_cols"}, {s}, {kAny});
    t.add({.op = "broadcast_rows", .count = s[0]}, {{1, s[1]}}, {kAny});
    t.add({.op = "broadcast_cols", .count = s[1]}, {{s[0], 1}}, {kAny});
  }
  // The logits differ so much that exp would overflow if the maximum were not subtracted.
  for (const char* op : {"softmax", "log_softmax", "logsumexp"})
    t.add({.op = op}, {{3, 5}}, {{.low = -20, .high = 20}});
}

void moves(Table& t) {
  t.add({.op = "concat"}, {{3}, {4}}, {kAny});
  t.add({.op = "concat", .axis = 0}, {{1, 3}, {2, 3}}, {kAny});
  t.add({.op = "concat", .axis = 1}, {{2, 3}, {2, 1}}, {kAny});
  t.add({.op = "concat", .axis = 1}, {{2, 0}, {2, 3}}, {kAny});
  t.add({.op = "concat", .axis = 1}, {{2, 1, 3}, {2, 2, 3}}, {kAny});
  t.add({.op = "concat", .axis = 2}, {{2, 1, 2, 2}, {2, 1, 1, 2}}, {kAny});
  t.add({.op = "concat", .in = {-1, -1}, .axis = 0}, {{2, 3}}, {kAny});
  t.add({.op = "slice", .axis = 0, .begin = 2, .count = 3}, {{7}}, {kAny});
  t.add({.op = "slice", .axis = 0, .begin = 1, .count = 1}, {{3, 2}}, {kAny});
  t.add({.op = "slice", .axis = 1, .begin = 0, .count = 2}, {{3, 4}}, {kAny});
  t.add({.op = "slice", .axis = 1, .begin = 1, .count = 2}, {{2, 3, 2}}, {kAny});
  t.add({.op = "slice", .axis = 3, .begin = 2, .count = 1}, {{2, 1, 2, 3}}, {kAny});
  t.add({.op = "slice", .axis = 1, .begin = 2, .count = 0}, {{3, 2}}, {kAny});
  t.add({.op = "pad", .axis = 0, .begin = 2, .count = 7}, {{3}}, {kAny});
  t.add({.op = "pad", .axis = 0, .begin = 0, .count = 3}, {{2, 2}}, {kAny});
  t.add({.op = "pad", .axis = 1, .begin = 1, .count = 4}, {{3, 2}}, {kAny});
  t.add({.op = "pad", .axis = 1, .begin = 0, .count = 2}, {{2, 2, 3}}, {kAny});
  t.add({.op = "pad", .axis = 2, .begin = 1, .count = 3}, {{1, 2, 1, 3}}, {kAny});
  t.add({.op = "reshape", .shape = {6}}, {{2, 3}}, {kAny});
  t.add({.op = "reshape", .shape = {}}, {{1, 1}}, {kAny});
  t.add({.op = "reshape", .shape = {2, 1, 3, 2}}, {{4, 3}}, {kAny});
  t.add({.op = "gather_rows", .rows = {2, 0, 2, 2}}, {{3, 2}}, {kAny});
  t.add({.op = "gather_rows", .rows = {0}}, {{1, 5}}, {kAny});
  t.add({.op = "gather_rows", .rows = {}}, {{3, 2}}, {kAny});
  t.add({.op = "scatter_add_rows", .count = 3, .rows = {2, 0, 2, 2}}, {{4, 9}}, {kAny});
  t.add({.op = "scatter_add_rows", .count = 4, .rows = {3}}, {{1, 1}}, {kAny});
  t.add({.op = "scatter_add_rows", .count = 2, .rows = {}}, {{0, 3}}, {kAny});
  t.add({.op = "pick_cols", .rows = {2, 0, 2, 1, 1}}, {{5, 3}}, {kAny});
  t.add({.op = "pick_cols", .rows = {0}}, {{1, 1}}, {kAny});
  t.add({.op = "pick_cols", .rows = {}}, {{0, 3}}, {kAny});
  t.add({.op = "put_cols", .count = 3, .rows = {2, 0, 2, 1, 1}}, {{5, 1}}, {kAny});
  t.add({.op = "put_cols", .count = 1, .rows = {0}}, {{1, 1}}, {kAny});
  t.add({.op = "put_cols", .count = 2, .rows = {}}, {{0, 1}}, {kAny});
  t.add({.op = "swap_axes", .axis = 0, .begin = 1}, {{3, 2}}, {kAny});
  t.add({.op = "swap_axes", .axis = 1, .begin = 1}, {{2, 3}}, {kAny});
  t.add({.op = "swap_axes", .axis = 0, .begin = 0}, {{5}}, {kAny});
  t.add({.op = "swap_axes", .axis = 2, .begin = 0}, {{2, 3, 4}}, {kAny});
  t.add({.op = "swap_axes", .axis = 0, .begin = 1}, {{2, 3, 4}}, {kAny});
  t.add({.op = "swap_axes", .axis = 1, .begin = 2}, {{2, 3, 2, 3}}, {kAny});
  t.add({.op = "swap_axes", .axis = 3, .begin = 1}, {{2, 3, 2, 2}}, {kAny});
  t.add({.op = "swap_axes", .axis = 0, .begin = 2}, {{2, 0, 3}}, {kAny});
  // The columns are: length of a sequence, heads, columns of a head, number of sequences.
  const int attentions[][4] = {
      {3, 2, 2, 2}, {1, 1, 3, 2}, {4, 1, 2, 1}, {2, 3, 1, 1}, {2, 2, 2, 0}};
  for (const auto& [length, heads, d, n] : attentions) {
    const Shape qkv{length * n, 3 * heads * d}, y{length * n, heads * d};
    t.add({.op = "attention", .axis = heads, .count = length}, {qkv}, {kAny});
    t.add({.op = "attention_vjp", .axis = heads, .count = length}, {qkv, y}, {kAny});
  }
  t.add({.op = "rotary", .axis = 4, .begin = 8, .count = 3}, {{6, 9}}, {kAny});
  t.add({.op = "rotary", .axis = 2, .begin = 2, .count = 5}, {{5, 2}}, {kAny});
  t.add({.op = "rotary", .axis = 6, .begin = 6, .count = 1}, {{2, 6}}, {kAny});
  t.add({.op = "rotary", .axis = 2, .begin = 0, .count = 2}, {{4, 3}}, {kAny});
  t.add({.op = "rotary", .axis = 2, .begin = 2, .count = 2}, {{0, 3}}, {kAny});
}

void leaves(Table& t) {
  for (const Shape& s : kCaseShapes) {
    t.add({.op = "input"}, {s}, {kAny});
    t.add({.op = "parameter", .in = {-2}}, {s, s}, {kAny});
    t.add({.op = "constant", .in = {}, .a = 1.5, .shape = s}, {s}, {kAny});
  }
}

}  // namespace

bool Domain::holds(double x) const {
  const auto far = [x](double a) { return std::fabs(x - a) > 0.05; };
  return low <= x && x <= high && std::all_of(avoid.begin(), avoid.end(), far);
}

std::vector<OpCase> op_cases() {
  Table table;
  leaves(table);
  elementwise(table);
  products(table);
  reductions(table);
  moves(table);
  return table.cases;
}

}  // namespace pushforward::exam
