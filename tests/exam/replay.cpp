#include "tests/exam/replay.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/sweep.h"

namespace pushforward::inline PF_REAL {
namespace {

using exam::Step, exam::Wrong;

real a(const Step& s) { return static_cast<real>(s.a); }
real b(const Step& s) { return static_cast<real>(s.b); }

// Calls the public function of an op with the inputs x and the constants of one step.
struct Call {
  std::string_view op;
  Var (*make)(Tape& t, const Var* x, const Step& s);
};

#define PF_UNARY(name)                                                 \
  Call {                                                               \
#name, [](Tape&, const Var* x, const Step&) { return name(x[0]); } \
  }
#define PF_BINARY(name)                                                      \
  Call {                                                                     \
#name, [](Tape&, const Var* x, const Step&) { return name(x[0], x[1]); } \
  }

#define PF_TERNARY(name)                                                           \
  Call {                                                                           \
#name, [](Tape&, const Var* x, const Step&) { return name(x[0], x[1], x[2]); } \
  }

const Call kCalls[] = {
    {"input", [](Tape&, const Var* x, const Step&) { return x[0]; }},
    {"parameter", [](Tape&, const Var* x, const Step&) { return x[0]; }},
    {"constant", [](Tape& t, const Var*, const Step& s) { return t.full(s.shape, a(s)); }},
    {"add", [](Tape&, const Var* x, const Step&) { return x[0] + x[1]; }},
    {"sub", [](Tape&, const Var* x, const Step&) { return x[0] - x[1]; }},
    {"mul", [](Tape&, const Var* x, const Step&) { return x[0] * x[1]; }},
    {"div", [](Tape&, const Var* x, const Step&) { return x[0] / x[1]; }},
    {"neg", [](Tape&, const Var* x, const Step&) { return -x[0]; }},
    {"scale", [](Tape&, const Var* x, const Step& s) { return scale(x[0], a(s)); }},
    {"shift", [](Tape&, const Var* x, const Step& s) { return shift(x[0], a(s)); }},
    PF_UNARY(exp),
    PF_UNARY(log),
    PF_UNARY(log1p),
    PF_UNARY(sqrt),
    PF_UNARY(square),
    PF_UNARY(abs),
    PF_UNARY(sign),
    PF_UNARY(heaviside),
    PF_UNARY(reciprocal),
    PF_UNARY(tanh),
    PF_UNARY(sigmoid),
    PF_UNARY(silu),
    PF_BINARY(silu_vjp),
    PF_UNARY(selu),
    PF_BINARY(selu_vjp),
    PF_UNARY(gelu),
    PF_UNARY(normal_cdf),
    PF_UNARY(relu),
    PF_UNARY(softplus),
    PF_UNARY(sin),
    PF_UNARY(cos),
    {"pow", [](Tape&, const Var* x, const Step& s) { return pow(x[0], a(s)); }},
    {"clamp", [](Tape&, const Var* x, const Step& s) { return clamp(x[0], a(s), b(s)); }},
    {"inside", [](Tape&, const Var* x, const Step& s) { return inside(x[0], a(s), b(s)); }},
    PF_BINARY(maximum),
    PF_BINARY(greater),
    {"where", [](Tape&, const Var* x, const Step&) { return where(x[0], x[1], x[2]); }},
    {"matmul", [](Tape&, const Var* x, const Step& s) { return matmul(x[0], x[1], s.ta, s.tb); }},
    PF_TERNARY(linear),
    PF_TERNARY(linear_silu),
    PF_TERNARY(linear_silu_slope),
    PF_UNARY(sum),
    PF_UNARY(sum_rows),
    PF_UNARY(sum_cols),
    {"broadcast", [](Tape&, const Var* x, const Step& s) { return broadcast(x[0], s.shape); }},
    {"broadcast_rows",
     [](Tape&, const Var* x, const Step& s) { return broadcast_rows(x[0], s.count); }},
    {"broadcast_cols",
     [](Tape&, const Var* x, const Step& s) { return broadcast_cols(x[0], s.count); }},
    {"concat", [](Tape&, const Var* x, const Step& s) { return concat(x[0], x[1], s.axis); }},
    {"slice",
     [](Tape&, const Var* x, const Step& s) { return slice(x[0], s.axis, s.begin, s.count); }},
    {"pad", [](Tape&, const Var* x, const Step& s) { return pad(x[0], s.axis, s.begin, s.count); }},
    {"reshape", [](Tape&, const Var* x, const Step& s) { return reshape(x[0], s.shape); }},
    {"gather_rows", [](Tape&, const Var* x, const Step& s) { return gather_rows(x[0], s.rows); }},
    {"scatter_add_rows",
     [](Tape&, const Var* x, const Step& s) { return scatter_add_rows(x[0], s.rows, s.count); }},
    {"pick_cols", [](Tape&, const Var* x, const Step& s) { return pick_cols(x[0], s.rows); }},
    {"put_cols",
     [](Tape&, const Var* x, const Step& s) { return put_cols(x[0], s.rows, s.count); }},
    {"swap_axes",
     [](Tape&, const Var* x, const Step& s) { return swap_axes(x[0], s.axis, s.begin); }},
    {"rotary",
     [](Tape&, const Var* x, const Step& s) { return rotary(x[0], s.count, s.axis, s.begin); }},
    {"attention",
     [](Tape&, const Var* x, const Step& s) { return attention(x[0], s.count, s.axis); }},
    {"attention_vjp",
     [](Tape&, const Var* x, const Step& s) { return attention_vjp(x[0], x[1], s.count, s.axis); }},
    PF_UNARY(softmax),
    PF_UNARY(log_softmax),
    PF_UNARY(logsumexp),
    {"normalize", [](Tape&, const Var* x, const Step& s) { return normalize(x[0], a(s)); }},
    {"normalize_vjp",
     [](Tape&, const Var* x, const Step& s) { return normalize_vjp(x[0], x[1], a(s)); }},
    PF_UNARY(stop_gradient),
};

#undef PF_UNARY
#undef PF_BINARY
#undef PF_TERNARY

const Call& call_of(const std::string& op) {
  for (const Call& c : kCalls) {
    if (c.op == op) return c;
  }
  throw std::invalid_argument("[examination] op \"" + op +
                              "\" cannot be called; say how in tests/exam/replay.cpp");
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
  for (const Op* candidate : all_ops()) {
    if (candidate->name == op) right_ = candidate;
  }
  if (!right_) throw std::invalid_argument("[examination] no op is called \"" + op + "\"");
  g_right = right_;
  wrong_ = *right_;
  if (what == Wrong::vjp || what == Wrong::both) wrong_.vjp = vjp_too_large;
  if (what == Wrong::jvp || what == Wrong::both) wrong_.jvp = jvp_too_large;
  if (what == Wrong::second) wrong_.vjp = vjp_without_history, wrong_.jvp = jvp_without_history;
}

Var Planted::spoil(Var v) const {
  if (!right_ || v.tape->line(v.id).op != right_) return v;
  const TapeLine line = v.tape->line(v.id);
  const auto in = [&](int k) { return Operand(v.tape->var(line.in[k])); };
  if (right_->inputs == 1) return v.tape->apply(wrong_, {in(0)}, line.attr);
  if (right_->inputs == 2) return v.tape->apply(wrong_, {in(0), in(1)}, line.attr);
  return v.tape->apply(wrong_, {in(0), in(1), in(2)}, line.attr);
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
    std::vector<Var> in;
    for (const int k : s.in)
      in.push_back(k < 0 ? r.leaves[static_cast<std::size_t>(-1 - k)]
                         : r.steps[static_cast<std::size_t>(k)]);
    const Var y = s.op == "stop_gradient" && !stopped.empty()
                      ? t.input(in[0].shape(), stopped[r.stopped.size()])
                      : call_of(s.op).make(t, in.data(), s);
    if (s.op == "stop_gradient") r.stopped.emplace_back(y.values().begin(), y.values().end());
    r.steps.push_back(planted ? planted->spoil(y) : y);
  }
  return r;
}

}  // namespace pushforward::inline PF_REAL
