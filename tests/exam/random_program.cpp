#include "tests/exam/random_program.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "tests/exam/engine.h"
#include "tests/exam/op_cases.h"
#include "tests/exam/random.h"

namespace pushforward::exam {
namespace {

constexpr double kKink = 1e-3;    // the least distance of an argument from a kink
constexpr double kLargest = 6;    // the largest magnitude of a value
constexpr int kMaxElements = 64;  // the largest size of a value

// Builds a program step by step. A step that fails leaves the program unchanged.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : draws_(seed) {}

  Program make() {
    const int leaves = 2 + draws_.below(3), steps = 6 + draws_.below(15);
    for (int k = 0; k < leaves; ++k) add_leaf(random_shape());
    for (int tries = 0; static_cast<int>(p_.steps.size()) < steps && tries < 200; ++tries)
      try_one();
    if (p_.steps.empty() || draws_.once_in(2)) gather_loose_ends();
    return p_;
  }

 private:
  // The next functions return and choose values of the program. A value is known by its reference,
  // the number by which steps name it as their input (see Step in program.h).

  int count() const { return static_cast<int>(p_.leaves.size() + p_.steps.size()); }
  // Returns the reference of the k-th value. Leaves are counted first, then steps.
  int reference(int k) const {
    const int leaves = static_cast<int>(p_.leaves.size());
    return k < leaves ? -1 - k : k - leaves;
  }
  const Leaf& value(int ref) const {
    return ref < 0 ? p_.leaves[static_cast<std::size_t>(-1 - ref)]
                   : values_[static_cast<std::size_t>(ref)];
  }
  const Shape& shape(int ref) const { return value(ref).shape; }

  // Returns the reference of a random value. Later values are more likely, so that programs become
  // deep.
  int any() {
    const int n = count();
    return reference(std::max(draws_.below(n), draws_.below(n)));
  }
  // Returns the reference of a random value whose shape satisfies `fits`, or else of a new leaf of
  // shape `otherwise`.
  template <class Fits>
  int any_that(Fits fits, const Shape& otherwise) {
    for (int tries = 0; tries < 8; ++tries) {
      const int ref = any();
      if (fits(shape(ref))) return ref;
    }
    return add_leaf(otherwise);
  }
  int any_like(const Shape& s) {
    return any_that([&](const Shape& other) { return other == s; }, s);
  }

  int size() { return std::vector<int>{1, 2, 3, 5}[draws_.below(4)]; }
  Shape random_shape() {
    switch (draws_.below(8)) {
      case 0: return {size()};
      case 1: return {2, size(), size()};
      case 2: return {};
      default: return {size(), size()};
    }
  }

  int add_leaf(const Shape& s) {
    p_.leaves.push_back({.shape = s,
                         .values = draws_.vector(static_cast<std::size_t>(s.size()), -1.5, 1.5),
                         .parameter = draws_.once_in(3)});
    return -static_cast<int>(p_.leaves.size());
  }

  // Adds a step and returns true. Returns false and adds nothing if an input is missing, or if the
  // value of the step is empty, has more than kMaxElements elements, or has an element that is not
  // finite or of magnitude above kLargest.
  bool add(const Step& step) {
    for (const int ref : step.in) {
      if (ref == kFailed) return false;
    }
    p_.steps.push_back(step);
    Leaf made = engine_f64.run(p_).back();
    const bool good = made.values.size() <= kMaxElements && !made.values.empty() &&
                      std::all_of(made.values.begin(), made.values.end(), [](double v) {
                        return std::isfinite(v) && std::fabs(v) <= kLargest;
                      });
    if (good) {
      values_.push_back(std::move(made));
    } else {
      p_.steps.pop_back();
    }
    return good;
  }
  // Adds a step and returns the reference of its value, or kFailed.
  static constexpr int kFailed = 1 << 20;
  int made(const Step& step) { return add(step) ? static_cast<int>(p_.steps.size()) - 1 : kFailed; }

  // The next functions find or make values that are within the domains of ops.

  bool away_from(int ref, std::initializer_list<double> points) const {
    for (const double v : value(ref).values) {
      for (const double point : points) {
        if (std::fabs(v - point) < kKink) return false;
      }
    }
    return true;
  }
  // Returns the reference of a value that is computed from `ref` and whose elements are all at
  // least 1/4.
  int positive(int ref) {
    const auto& v = value(ref).values;
    if (std::all_of(v.begin(), v.end(), [](double x) { return x >= 0.25; })) return ref;
    const int up = draws_.once_in(2) ? made({.op = "square", .in = {ref}})
                                     : made({.op = "softplus", .in = {ref}});
    return up == kFailed ? up : made({.op = "shift", .in = {up}, .constants = Number{0.25}});
  }
  // Returns the reference of a matrix computed from a random value.
  int matrix() {
    const int ref = any();
    const Shape s = shape(ref);
    return s.rank == 2
               ? ref
               : made({.op = "reshape", .in = {ref}, .constants = NewShape{{s.rows(), s.cols()}}});
  }
  int column() {
    return any_that([](const Shape& s) { return s.rank == 2 && s[1] == 1; }, {size(), 1});
  }
  std::vector<int> row_numbers(int n, int below) {
    std::vector<int> rows;
    for (int k = 0; k < n; ++k) rows.push_back(draws_.below(below));
    return rows;
  }

  // The next functions try to add one step with a random op.

  bool try_one() {
    static const std::vector<std::string> ops = [] {
      auto all = engine_f64.op_names();
      std::erase_if(all, [](const std::string& op) { return op == "input" || op == "parameter"; });
      return all;
    }();
    const std::string& op =
        ops[static_cast<std::size_t>(draws_.below(static_cast<int>(ops.size())))];
    if (one_of(op, {"neg", "exp", "square", "tanh", "sigmoid", "silu", "gelu", "normal_cdf",
                    "softplus", "sin", "cos", "stop_gradient", "sum"}))
      return add({.op = op, .in = {any()}});
    Done done = try_elementwise(op);
    if (!done) done = try_product(op);
    if (!done) done = try_reduction(op);
    if (!done) done = try_move(op);
    return done ? *done : try_entry(op);
  }
  // The result of a function that tries to add a step: true if it was added, false if not, empty if
  // the function does not know the op.
  using Done = std::optional<bool>;
  static bool one_of(const std::string& op, std::initializer_list<const char*> names) {
    return std::find(names.begin(), names.end(), op) != names.end();
  }

  Done try_elementwise(const std::string& op) {
    if (op == "constant") {
      const double all = draws_.between(-1, 1);
      return add({.op = op, .in = {}, .constants = Filled{all, random_shape()}});
    }
    if (op == "scale" || op == "shift")
      return add({.op = op, .in = {any()}, .constants = Number{draws_.between(-2, 2)}});
    if (one_of(op, {"abs", "relu", "selu", "sign", "heaviside"})) {
      const int x = any();
      return away_from(x, {0}) && add({.op = op, .in = {x}});
    }
    if (op == "clamp" || op == "inside") {
      const int x = any();
      return away_from(x, {-0.75, 0.5}) &&
             add({.op = op, .in = {x}, .constants = Interval{-0.75, 0.5}});
    }
    if (one_of(op, {"log", "log1p", "sqrt", "reciprocal"}))
      return add({.op = op, .in = {positive(any())}});
    if (op == "pow") {
      const double exponents[] = {-1, -0.5, 0, 0.5, 1, 1.5, 2, 3};
      return add(
          {.op = op, .in = {positive(any())}, .constants = Number{exponents[draws_.below(8)]}});
    }
    if (one_of(op, {"add", "sub", "mul", "silu_vjp", "selu_vjp", "div", "maximum", "greater"})) {
      const int x = any();
      if (op == "selu_vjp" && !away_from(x, {0})) return false;
      int y = any_like(shape(x));
      if (op == "div") y = positive(y);
      if ((op == "maximum" || op == "greater") && !apart(x, y)) return false;
      return add({.op = op, .in = {x, y}});
    }
    if (op == "where") {
      const int x = any();
      if (!away_from(x, {0})) return false;
      const int condition = made({.op = "heaviside", .in = {x}});
      return add({.op = op, .in = {condition, any_like(shape(x)), any_like(shape(x))}});
    }
    return {};
  }
  bool apart(int x, int y) const {
    const auto &a = value(x).values, &b = value(y).values;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (std::fabs(a[i] - b[i]) < kKink) return false;
    }
    return true;
  }

  Done try_product(const std::string& op) {
    if (one_of(op, {"linear", "linear_silu", "linear_silu_slope"})) {
      const int x = matrix();
      if (x == kFailed) return false;
      const int in = shape(x)[1], out = size();
      const int w = any_that([&](const Shape& s) { return s.rank == 2 && s[1] == in; }, {out, in});
      return add({.op = op, .in = {x, w, any_like({1, shape(w)[0]})}});
    }
    if (op != "matmul") return {};
    const int x =
        any_that([](const Shape& s) { return s.rank == 2 || s.rank == 3; }, {size(), size()});
    const Shape a = shape(x);
    const bool ta = draws_.once_in(2), tb = draws_.once_in(2);
    const int r = a.rank - 2, inner = a[r + !ta], other = size();
    const auto fits = [&](const Shape& s) {
      return s.rank == a.rank && (r == 0 || s[0] == a[0]) && s[r + tb] == inner;
    };
    Shape b = a;
    b.dim[static_cast<std::size_t>(r + tb)] = inner;
    b.dim[static_cast<std::size_t>(r + !tb)] = other;
    return add({.op = op, .in = {x, any_that(fits, b)}, .constants = Transposes{ta, tb}});
  }

  Done try_reduction(const std::string& op) {
    if (one_of(op, {"softmax", "log_softmax", "logsumexp"})) {
      const int x = any();
      return shape(x).rank > 0 && add({.op = op, .in = {x}});
    }
    if (op == "normalize") {
      const int x = any();
      return shape(x).rank > 0 && add({.op = op, .in = {x}, .constants = Number{0.125}});
    }
    if (op == "normalize_vjp") {
      const int x = any();
      return shape(x).rank > 0 &&
             add({.op = op, .in = {x, any_like(shape(x))}, .constants = Number{0.125}});
    }
    if (op == "sum_rows" || op == "sum_cols") return add({.op = op, .in = {matrix()}});
    if (op == "broadcast") {
      const int x = any_that([](const Shape& s) { return s.size() == 1; }, {});
      return add({.op = op, .in = {x}, .constants = NewShape{random_shape()}});
    }
    if (op == "broadcast_rows") {
      const int x = any_that([](const Shape& s) { return s.rank == 2 && s[0] == 1; }, {1, size()});
      return add({.op = op, .in = {x}, .constants = Repeats{size()}});
    }
    if (op == "broadcast_cols")
      return add({.op = op, .in = {column()}, .constants = Repeats{size()}});
    return {};
  }

  Done try_move(const std::string& op) {
    if (!one_of(op, {"gather_rows", "scatter_add_rows", "pick_cols", "put_cols", "attention",
                     "attention_vjp", "rotary", "swap_axes", "concat", "slice", "pad", "reshape"}))
      return {};
    const bool of_rows = one_of(op, {"gather_rows", "scatter_add_rows", "pick_cols", "rotary",
                                     "attention", "attention_vjp"});
    const int x = op == "put_cols" ? column() : of_rows ? matrix() : any();
    if (x == kFailed || shape(x).rank == 0) return false;
    const Shape s = shape(x);
    const int axis = draws_.below(s.rank);
    if (op == "gather_rows")
      return add({.op = op, .in = {x}, .constants = ListedRows{row_numbers(size(), s[0])}});
    if (op == "scatter_add_rows") {
      const int total = size();
      return add({.op = op, .in = {x}, .constants = PlacedRows{row_numbers(s[0], total), total}});
    }
    if (op == "pick_cols")
      return add({.op = op, .in = {x}, .constants = ListedRows{row_numbers(s[0], s[1])}});
    if (op == "put_cols") {
      const int total = size();
      return add({.op = op, .in = {x}, .constants = PlacedRows{row_numbers(s[0], total), total}});
    }
    if (op == "attention" || op == "attention_vjp") {
      const auto fits = [&](const Shape& other) {
        return other.rank == 2 && other[0] == s[0] && other[1] % 3 == 0;
      };
      const int qkv = any_that(fits, {s[0], 3 * size()}), width = shape(qkv)[1] / 3;
      const Heads heads{.length = s[0] % 2 == 0 ? s[0] / 2 : s[0], .heads = width % 2 == 0 ? 2 : 1};
      Step one{.op = op, .in = {qkv}, .constants = heads};
      if (op == "attention_vjp") one.in.push_back(any_like({s[0], width}));
      return add(one);
    }
    if (op == "rotary") {
      const int length = s[0] % 2 == 0 ? s[0] / 2 : s[0], head = s[1] >= 4 ? 4 : 2;
      const Rotation turn{.length = length, .head = head, .cols = s[1] / head * head};
      return add({.op = op, .in = {x}, .constants = turn});
    }
    if (op == "swap_axes")
      return add({.op = op, .in = {x}, .constants = AxisPair{axis, draws_.below(s.rank)}});
    if (op == "concat") {
      const auto fits = [&](const Shape& other) {
        return other.rank == s.rank && other.with(axis, 0) == s.with(axis, 0);
      };
      return add(
          {.op = op, .in = {x, any_that(fits, s.with(axis, size()))}, .constants = Axis{axis}});
    }
    if (op == "slice") {
      const int begin = draws_.below(s[axis]), max_extent = s[axis] - begin;
      const AxisRange range{.axis = axis, .begin = begin, .count = 1 + draws_.below(max_extent)};
      return add({.op = op, .in = {x}, .constants = range});
    }
    if (op == "pad") {
      const int begin = draws_.below(3);
      const Padding zeros{.axis = axis, .begin = begin, .total = s[axis] + begin + draws_.below(2)};
      return add({.op = op, .in = {x}, .constants = zeros});
    }
    if (op == "reshape") {
      const int n = static_cast<int>(s.size());
      const Shape other[] = {{n}, {s.cols(), s.rows()}, {1, n}, {n, 1, 1}};
      return add({.op = op, .in = {x}, .constants = NewShape{other[draws_.below(4)]}});
    }
    return false;
  }

  // Calls an op that no function above knows in the same way as one of its entries in op_cases.cpp.
  // The inputs are values with the entry's shapes and domains, or leaves with the entry's numbers.
  // Entries with an empty leaf are not used, since no other step takes an empty value.
  bool try_entry(const std::string& op) {
    static const std::vector<OpCase> all = op_cases();
    std::vector<const OpCase*> entries;
    for (const OpCase& entry : all) {
      const auto& leaves = entry.program.leaves;
      const bool full = std::all_of(leaves.begin(), leaves.end(),
                                    [](const Leaf& leaf) { return !leaf.values.empty(); });
      if (entry.op == op && full) entries.push_back(&entry);
    }
    if (entries.empty()) return false;
    const OpCase& entry =
        *entries[static_cast<std::size_t>(draws_.below(static_cast<int>(entries.size())))];
    std::vector<int> leaves;
    for (std::size_t k = 0; k < entry.domains.size(); ++k)
      leaves.push_back(any_in(entry.domains[k], entry.program.leaves[k]));
    Step step = entry.program.steps.back();
    for (int& in : step.in) in = leaves[static_cast<std::size_t>(-1 - in)];
    return add(step);
  }
  // Returns the reference of a random value that has the shape of `leaf` and is within the domain,
  // or else of a copy of `leaf`.
  int any_in(const Domain& domain, const Leaf& leaf) {
    for (int tries = 0; tries < 8 && !domain.apart && !domain.condition; ++tries) {
      const int ref = any();
      const auto& v = value(ref).values;
      if (shape(ref) == leaf.shape &&
          std::all_of(v.begin(), v.end(), [&](double x) { return domain.holds(x); }))
        return ref;
    }
    p_.leaves.push_back(leaf);
    return -static_cast<int>(p_.leaves.size());
  }

  // Adds a number that depends on all values that are not used so far.
  void gather_loose_ends() {
    std::vector<bool> used(p_.steps.size(), false);
    for (const Step& s : p_.steps) {
      for (const int in : s.in) {
        if (in >= 0) used[static_cast<std::size_t>(in)] = true;
      }
    }
    int total = made({.op = "constant", .in = {}, .constants = Filled{0.5, {}}});
    for (std::size_t k = 0; k < used.size(); ++k) {
      if (used[k]) continue;
      const int squashed = made({.op = "tanh", .in = {static_cast<int>(k)}});
      const int part = made({.op = "sum", .in = {squashed}});
      if (part == kFailed) continue;
      const int more = made({.op = "add", .in = {total, part}});
      if (more != kFailed) total = more;
    }
    if (total + 1 != static_cast<int>(p_.steps.size())) made({.op = "neg", .in = {total}});
  }

  Draws draws_;
  Program p_;
  std::vector<Leaf> values_;  // the values of the steps
};

}  // namespace

Program random_program(std::uint64_t seed) { return Maker(seed).make(); }

Program random_network(std::uint64_t seed) {
  Draws draws(seed);
  Program p;
  const auto leaf = [&](const Shape& s, double size) {
    p.leaves.push_back({.shape = s,
                        .values = draws.vector(static_cast<std::size_t>(s.size()), -size, size),
                        .parameter = true});
    return -static_cast<int>(p.leaves.size());
  };
  const auto step = [&](Step s) {
    p.steps.push_back(std::move(s));
    return static_cast<int>(p.steps.size()) - 1;
  };
  const int rows = 1 + draws.below(9), depth = 1 + draws.below(4);
  int width = 1 + draws.below(6);
  int x = leaf({rows, width}, 2);
  for (int layer = 0; layer < depth; ++layer) {
    const int out = 1 + draws.below(17);
    const bool fused = draws.once_in(3);  // with the SiLU
    x = step({.op = fused ? "linear_silu" : "linear",
              .in = {x, leaf({out, width}, 1.5 / std::sqrt(width)), leaf({1, out}, 0.5)}});
    width = out;
    if (width > 1 && draws.once_in(3)) {
      x = step({.op = "normalize", .in = {x}, .constants = Number{1e-5}});
      const int gain =
          step({.op = "broadcast_rows", .in = {leaf({1, width}, 1)}, .constants = Repeats{rows}});
      x = step({.op = "mul", .in = {x, gain}});
    }
    const char* activations[] = {"tanh", "sigmoid",  "silu", "gelu", "selu",
                                 "relu", "softplus", "sin",  "cos"};
    if (!fused) x = step({.op = activations[draws.below(9)], .in = {x}});
  }
  if (width > 1 && draws.once_in(2)) {  // cross-entropy with random target distributions
    const int target = step({.op = "softmax", .in = {leaf({rows, width}, 1)}});
    const int log_p = step({.op = "log_softmax", .in = {x}});
    x = step({.op = "mul", .in = {target, log_p}});
    x = step({.op = "sum", .in = {x}});
    step({.op = "scale", .in = {x}, .constants = Number{-1.0 / 8}});
  } else {
    const int off = step({.op = "sub", .in = {x, leaf({rows, width}, 1)}});
    x = step({.op = "square", .in = {off}});
    x = step({.op = "sum", .in = {x}});
    step({.op = "scale", .in = {x}, .constants = Number{1.0 / 16}});
  }
  return p;
}

}  // namespace pushforward::exam
