#include "tests/exam/replay.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/sweep.h"

namespace pushforward::inline PF_REAL {
namespace {

using exam::Step, exam::Wrong;

const Op& op_called(const std::string& name) {
  for (const Op* op : all_ops()) {
    if (op->name == name) return *op;
  }
  throw std::invalid_argument("[examination] no op is called \"" + name + "\"");
}

// Returns a function with one overload for each kind of constants.
template <class... F>
struct EachKind : F... {
  using F::operator()...;
};
template <class... F>
EachKind(F...) -> EachKind<F...>;

// Returns the constants of a step as its op takes them.
OpConstants constants_of(const Step& s, Tape& t) {
  const auto kept = [&t](const std::vector<int>& numbers) -> std::span<const int> {
    return {t.keep(numbers), numbers.size()};
  };
  const EachKind convert{
      [](const exam::Number& n) -> OpConstants { return Scalar{static_cast<real>(n.value)}; },
      [](const exam::Interval& i) -> OpConstants {
        return Bounds{static_cast<real>(i.low), static_cast<real>(i.high)};
      },
      [&](const exam::ListedRows& rows) -> OpConstants { return Indices{kept(rows.numbers)}; },
      [&](const exam::PlacedRows& rows) -> OpConstants {
        return Placement{kept(rows.numbers), rows.total};
      },
      [](const exam::Filled&) -> OpConstants { return NoConstants{}; },
      [](const auto& same) -> OpConstants { return same; }};
  return std::visit(convert, s.constants);
}

// Records one step with the inputs x. A leaf is an input of the program, or filled with a constant.
Var record(Tape& t, const Op& op, const std::vector<Var>& x, const Step& s) {
  if (const auto* leaf = std::get_if<exam::Filled>(&s.constants))
    return t.full(leaf->shape, static_cast<real>(leaf->value));
  if (op.inputs == 0) return x[0];
  const OpConstants constants = constants_of(s, t);
  if (op.inputs == 1) return t.apply(op, {x[0]}, constants);
  if (op.inputs == 2) return t.apply(op, {x[0], x[1]}, constants);
  return t.apply(op, {x[0], x[1], x[2]}, constants);
}

// The correct record (functions and constants) of the op in which an error is planted. It is global
// because the rules of a record are plain functions.
const Op* g_right = nullptr;

void vjp_too_large(const RuleView& v, Var g, CotangentSink& to) {
  g_right->vjp(v, real(1.001) * g, to);
}
Var jvp_too_large(const RuleView& v, const Tangents& t) {
  const Var right = g_right->jvp(v, t);
  return right ? real(1.001) * right : right;
}
// Returns what a derivative rule sees of a line, with the values of its inputs and its output
// replaced by constants. The results of the rule then cannot be differentiated again.
RuleView without_history(const RuleView& v) {
  RuleView seen = v;
  for (int k = 0; k < v.line.op->inputs; ++k) seen.line.in[k] = stop_gradient(v.in(k)).id;
  seen.id = stop_gradient(v.out()).id;
  return seen;
}
void vjp_without_history(const RuleView& v, Var g, CotangentSink& to) {
  g_right->vjp(without_history(v), g, to);
}
Var jvp_without_history(const RuleView& v, const Tangents& t) {
  return g_right->jvp(without_history(v), t);
}

}  // namespace

Planted::Planted(const std::string& op, Wrong what) {
  if (what == Wrong::nothing) return;
  right_ = g_right = &op_called(op);
  wrong_ = *right_;
  if (what == Wrong::vjp || what == Wrong::both) wrong_.vjp = vjp_too_large;
  if (what == Wrong::jvp || what == Wrong::both) wrong_.jvp = jvp_too_large;
  if (what == Wrong::second) wrong_.vjp = vjp_without_history, wrong_.jvp = jvp_without_history;
}

Replay replay(Tape& t, const exam::Program& p, std::span<const real> x,
              std::span<const std::vector<real>> stopped, const Planted* planted) {
  Replay r;
  int slot = 0;
  for (const exam::Leaf& leaf : p.leaves) {
    const auto values = x.first(leaf.values.size());
    r.leaves.push_back(leaf.parameter ? t.parameter(slot++, leaf.shape, values.data(), "p")
                                      : t.input(leaf.shape, values, "x"));
    x = x.subspan(values.size());
  }
  for (const Step& s : p.steps) {
    const Op& op = op_called(s.op);
    std::vector<Var> in;
    for (const int k : s.in)
      in.push_back(k < 0 ? r.leaves[static_cast<std::size_t>(-1 - k)]
                         : r.steps[static_cast<std::size_t>(k)]);
    const Var y = s.op == "stop_gradient" && !stopped.empty()
                      ? t.input(in[0].shape(), stopped[r.stopped.size()])
                      : record(t, planted ? planted->instead_of(op) : op, in, s);
    if (s.op == "stop_gradient") r.stopped.emplace_back(y.values().begin(), y.values().end());
    r.steps.push_back(y);
  }
  return r;
}

}  // namespace pushforward::inline PF_REAL
