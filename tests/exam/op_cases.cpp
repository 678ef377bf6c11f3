#include "tests/exam/op_cases.h"

#include <algorithm>
#include <cmath>
#include <optional>

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

  // Without `in`, the inputs of the op are all leaves.
  void add(const char* op, StepConstants constants, const std::vector<Shape>& shapes,
           const std::vector<Domain>& domains, std::optional<std::vector<int>> in = {}) {
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
    if (!in) {
      in.emplace();
      for (std::size_t k = 0; k < shapes.size(); ++k) in->push_back(-1 - static_cast<int>(k));
    }
    p.steps.push_back({.op = op, .in = std::move(*in), .constants = std::move(constants)});
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
    for (const auto& [op, domain] : unary) t.add(op, {}, {s}, {domain});
    for (const auto& [op, domain] : binary) t.add(op, {}, {s, s}, {kAny, domain});
    t.add("scale", Number{-1.25}, {s}, {kAny});
    t.add("shift", Number{0.75}, {s}, {kAny});
    t.add("where", {}, {s, s, s}, {kCondition, kAny, kAny});
    t.add("clamp", Interval{-0.75, 1}, {s}, {{.avoid = {-0.75, 1}}});
    t.add("inside", Interval{-0.75, 1}, {s}, {{.avoid = {-0.75, 1}}});
  }
  for (const double exponent : {-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0}) {
    t.add("pow", Number{exponent}, {{3, 5}}, {kPositive});
    if (exponent == std::floor(exponent)) {
      t.add("pow", Number{exponent}, {{2, 3, 2}}, {kNotZero});
    }
  }
  // One value is used as both operands, so its two cotangents and its two tangents must be added.
  for (const char* op : {"add", "sub", "mul", "div", "silu_vjp", "selu_vjp"})
    t.add(op, {}, {{2, 5}}, {kNotZero}, {{-1, -1}});
}

void products(Table& t) {
  // The sizes (m, k, n) include rows, columns, inner sizes k of 1 and 0, and odd and even sizes.
  const int sizes[][3] = {{1, 1, 1}, {1, 4, 3}, {5, 1, 2}, {3, 4, 1},
                          {3, 5, 2}, {4, 4, 4}, {2, 0, 3}};
  for (const auto& [m, k, n] : sizes) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        const Shape a = ta ? Shape{k, m} : Shape{m, k}, b = tb ? Shape{n, k} : Shape{k, n};
        t.add("matmul", Transposes{ta, tb}, {a, b}, {kAny});
        t.add("matmul", Transposes{ta, tb}, {{2, a[0], a[1]}, {2, b[0], b[1]}}, {kAny});
      }
    }
    for (const char* op : {"linear", "linear_silu", "linear_silu_slope"})
      t.add(op, {}, {{m, k}, {n, k}, {1, n}}, {kAny});
  }
  // These cases are x x, x x^T and x^T x.
  t.add("matmul", Transposes{false, false}, {{3, 3}}, {kAny}, {{-1, -1}});
  t.add("matmul", Transposes{false, true}, {{3, 4}}, {kAny}, {{-1, -1}});
  t.add("matmul", Transposes{true, false}, {{2, 3, 2}}, {kAny}, {{-1, -1}});
}

void reductions(Table& t) {
  for (const Shape& s : kCaseShapes) {
    t.add("sum", {}, {s}, {kAny});
    t.add("broadcast", NewShape{s}, {{}}, {kAny});
    t.add("broadcast", NewShape{s}, {{1, 1}}, {kAny});
    if (s.rank >= 1) {
      for (const char* op : {"softmax", "log_softmax", "logsumexp"}) t.add(op, {}, {s}, {kAny});
      t.add("normalize", Number{0.0625}, {s}, {kAny});
      t.add("normalize_vjp", Number{0.0625}, {s, s}, {kAny});
    }
  }
  for (const Shape& s :
       {Shape{1, 1}, Shape{1, 6}, Shape{5, 1}, Shape{3, 7}, Shape{2, 19}, Shape{0, 2}}) {
    t.add("sum_rows", {}, {s}, {kAny});
    t.add("sum_cols", {}, {s}, {kAny});
    t.add("broadcast_rows", Repeats{s[0]}, {{1, s[1]}}, {kAny});
    t.add("broadcast_cols", Repeats{s[1]}, {{s[0], 1}}, {kAny});
  }
  // The logits differ so much that exp would overflow if the maximum were not subtracted.
  for (const char* op : {"softmax", "log_softmax", "logsumexp"})
    t.add(op, {}, {{3, 5}}, {{.low = -20, .high = 20}});
}

void moves(Table& t) {
  t.add("concat", Axis{0}, {{3}, {4}}, {kAny});
  t.add("concat", Axis{0}, {{1, 3}, {2, 3}}, {kAny});
  t.add("concat", Axis{1}, {{2, 3}, {2, 1}}, {kAny});
  t.add("concat", Axis{1}, {{2, 0}, {2, 3}}, {kAny});
  t.add("concat", Axis{1}, {{2, 1, 3}, {2, 2, 3}}, {kAny});
  t.add("concat", Axis{2}, {{2, 1, 2, 2}, {2, 1, 1, 2}}, {kAny});
  t.add("concat", Axis{0}, {{2, 3}}, {kAny}, {{-1, -1}});
  t.add("slice", AxisRange{.axis = 0, .begin = 2, .count = 3}, {{7}}, {kAny});
  t.add("slice", AxisRange{.axis = 0, .begin = 1, .count = 1}, {{3, 2}}, {kAny});
  t.add("slice", AxisRange{.axis = 1, .begin = 0, .count = 2}, {{3, 4}}, {kAny});
  t.add("slice", AxisRange{.axis = 1, .begin = 1, .count = 2}, {{2, 3, 2}}, {kAny});
  t.add("slice", AxisRange{.axis = 3, .begin = 2, .count = 1}, {{2, 1, 2, 3}}, {kAny});
  t.add("slice", AxisRange{.axis = 1, .begin = 2, .count = 0}, {{3, 2}}, {kAny});
  t.add("pad", Padding{.axis = 0, .begin = 2, .total = 7}, {{3}}, {kAny});
  t.add("pad", Padding{.axis = 0, .begin = 0, .total = 3}, {{2, 2}}, {kAny});
  t.add("pad", Padding{.axis = 1, .begin = 1, .total = 4}, {{3, 2}}, {kAny});
  t.add("pad", Padding{.axis = 1, .begin = 0, .total = 2}, {{2, 2, 3}}, {kAny});
  t.add("pad", Padding{.axis = 2, .begin = 1, .total = 3}, {{1, 2, 1, 3}}, {kAny});
  t.add("reshape", NewShape{{6}}, {{2, 3}}, {kAny});
  t.add("reshape", NewShape{{}}, {{1, 1}}, {kAny});
  t.add("reshape", NewShape{{2, 1, 3, 2}}, {{4, 3}}, {kAny});
  t.add("gather_rows", ListedRows{{2, 0, 2, 2}}, {{3, 2}}, {kAny});
  t.add("gather_rows", ListedRows{{0}}, {{1, 5}}, {kAny});
  t.add("gather_rows", ListedRows{{}}, {{3, 2}}, {kAny});
  t.add("scatter_add_rows", PlacedRows{{2, 0, 2, 2}, 3}, {{4, 9}}, {kAny});
  t.add("scatter_add_rows", PlacedRows{{3}, 4}, {{1, 1}}, {kAny});
  t.add("scatter_add_rows", PlacedRows{{}, 2}, {{0, 3}}, {kAny});
  t.add("pick_cols", ListedRows{{2, 0, 2, 1, 1}}, {{5, 3}}, {kAny});
  t.add("pick_cols", ListedRows{{0}}, {{1, 1}}, {kAny});
  t.add("pick_cols", ListedRows{{}}, {{0, 3}}, {kAny});
  t.add("put_cols", PlacedRows{{2, 0, 2, 1, 1}, 3}, {{5, 1}}, {kAny});
  t.add("put_cols", PlacedRows{{0}, 1}, {{1, 1}}, {kAny});
  t.add("put_cols", PlacedRows{{}, 2}, {{0, 1}}, {kAny});
  t.add("swap_axes", AxisPair{0, 1}, {{3, 2}}, {kAny});
  t.add("swap_axes", AxisPair{1, 1}, {{2, 3}}, {kAny});
  t.add("swap_axes", AxisPair{0, 0}, {{5}}, {kAny});
  t.add("swap_axes", AxisPair{2, 0}, {{2, 3, 4}}, {kAny});
  t.add("swap_axes", AxisPair{0, 1}, {{2, 3, 4}}, {kAny});
  t.add("swap_axes", AxisPair{1, 2}, {{2, 3, 2, 3}}, {kAny});
  t.add("swap_axes", AxisPair{3, 1}, {{2, 3, 2, 2}}, {kAny});
  t.add("swap_axes", AxisPair{0, 2}, {{2, 0, 3}}, {kAny});
  // The columns are: length of a sequence, heads, columns of a head, number of sequences.
  const int attentions[][4] = {
      {3, 2, 2, 2}, {1, 1, 3, 2}, {4, 1, 2, 1}, {2, 3, 1, 1}, {2, 2, 2, 0}};
  for (const auto& [length, heads, d, n] : attentions) {
    const Shape qkv{length * n, 3 * heads * d}, y{length * n, heads * d};
    t.add("attention", Heads{.length = length, .heads = heads}, {qkv}, {kAny});
    t.add("attention_vjp", Heads{.length = length, .heads = heads}, {qkv, y}, {kAny});
  }
  t.add("rotary", Rotation{.length = 3, .head = 4, .cols = 8}, {{6, 9}}, {kAny});
  t.add("rotary", Rotation{.length = 5, .head = 2, .cols = 2}, {{5, 2}}, {kAny});
  t.add("rotary", Rotation{.length = 1, .head = 6, .cols = 6}, {{2, 6}}, {kAny});
  t.add("rotary", Rotation{.length = 2, .head = 2, .cols = 0}, {{4, 3}}, {kAny});
  t.add("rotary", Rotation{.length = 2, .head = 2, .cols = 2}, {{0, 3}}, {kAny});
}

void leaves(Table& t) {
  for (const Shape& s : kCaseShapes) {
    t.add("input", {}, {s}, {kAny});
    t.add("parameter", {}, {s, s}, {kAny}, {{-2}});
    t.add("constant", Filled{1.5, s}, {s}, {kAny}, {std::vector<int>{}});
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
