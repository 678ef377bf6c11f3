#include "autograd/sweep.h"

#include <algorithm>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

void check_recorded(Var y, const char* where) {
  check(y.tape != nullptr, where, "the value to differentiate is null");
  y.tape->check_fresh(y, where);
  check(!y.tape->line(y.id).paused, where, "line #", y.id, " ", y.tape->line(y.id).op->name,
        " was computed while recording was paused, "
        "so no derivative goes through it; compute it outside the Pause");
}

// Returns an array in which active[i] is true if line i of the tape depends on one of `wrt`, the
// values to differentiate by. Lines that were recorded during a Pause are not active.
bool* mark_active(Tape& t, LineId n, std::span<const Var> wrt, const char* where) {
  bool* active = t.arena().array<bool>(n);
  std::fill_n(active, n, false);
  LineId first = n;
  for (const Var& x : wrt) {
    t.check_fresh(x, where);
    if (x.id >= n) continue;
    active[x.id] = true;
    first = std::min(first, x.id);
  }
  for (LineId i = first; i < n; ++i) {
    const TapeLine& l = t.line(i);
    if (l.paused) continue;
    for (LineId in : l.in) active[i] |= in != kNoLine && active[in];
  }
  return active;
}

}  // namespace

void CotangentSink::operator()(int i, Var g) {
  if (!g || !wants(i)) return;
  LineId& sum = cotangent_[line_.in[i]];
  check(g.shape() == tape_.line(line_.in[i]).shape, line_.op->name,
        "its vjp rule sent a cotangent ", g.shape(), " to input ", i, " of shape ",
        tape_.line(line_.in[i]).shape);
  sum = plus(tape_.var(sum), g).id;
}

void grad(Var y, Var seed, std::span<const Var> wrt, std::span<Var> out, Record record) {
  check_recorded(y, "grad");
  Tape& t = *y.tape;
  t.check_fresh(seed, "grad");
  check(seed.shape() == y.shape(), "grad", "the seed is ", seed.shape(), " and the value ",
        y.shape(), "; they must be equal");
  check(wrt.size() == out.size(), "grad", wrt.size(), " inputs and memory for ", out.size(),
        " gradients");
  const LineId n = y.id + 1;  // the sweep adds lines, so the range is fixed first
  const bool* active = mark_active(t, n, wrt, "grad");
  LineId* cotangent = t.arena().array<LineId>(n);  // the line that holds the cotangent of line i
  std::fill_n(cotangent, n, kNoLine);
  cotangent[y.id] = seed.id;
  Pause pause(t, record == Record::no);
  for (LineId i = n; i-- > 0;) {
    if (cotangent[i] == kNoLine || !active[i]) continue;
    const TapeLine line =
        t.line(i);  // a copy: the rule appends lines, and a reference would dangle
    if (line.paused) continue;
    RuleMark rule(t, i, RuleKind::vjp);
    CotangentSink sink(t, line, cotangent, active);
    line.op->vjp(RuleView{t, line, i}, t.var(cotangent[i]), sink);
  }
  for (std::size_t k = 0; k < wrt.size(); ++k)
    out[k] = wrt[k].id < n ? t.var(cotangent[wrt[k].id]) : Var{};
}

void grad(Var y, std::span<const Var> wrt, std::span<Var> out, Record record) {
  check(y.shape().size() == 1, "grad", "a value of shape ", y.shape(),
        " has no gradient without a seed of that shape; sum it or pass a seed");
  grad(y, y.tape->full(y.shape(), 1), wrt, out, record);
  for (std::size_t k = 0; k < out.size(); ++k)
    if (!out[k]) out[k] = y.tape->full(wrt[k].shape(), 0);
}

Var grad(Var y, Var x, Record record) {
  Var g;
  grad(y, std::span<const Var>(&x, 1), std::span<Var>(&g, 1), record);
  return g;
}

Var jvp(Var y, std::span<const Var> wrt, std::span<const Var> tangent, Record record) {
  check_recorded(y, "jvp");
  Tape& t = *y.tape;
  check(wrt.size() == tangent.size(), "jvp", wrt.size(), " inputs and ", tangent.size(),
        " tangents");
  const LineId n = y.id + 1;
  LineId* moved = t.arena().array<LineId>(n);  // the line that holds the tangent of line i
  std::fill_n(moved, n, kNoLine);
  LineId first = n;
  Pause pause(t, record == Record::no);
  for (std::size_t k = 0; k < wrt.size(); ++k) {
    t.check_fresh(wrt[k], "jvp");
    if (!tangent[k] || wrt[k].id >= n) continue;
    t.check_fresh(tangent[k], "jvp");
    check(tangent[k].shape() == wrt[k].shape(), "jvp", "tangent ", k, " is ", tangent[k].shape(),
          " and its input ", wrt[k].shape(), "; they must be equal");
    LineId& sum = moved[wrt[k].id];
    sum = plus(t.var(sum), tangent[k]).id;
    first = std::min(first, wrt[k].id);
  }
  for (LineId i = first; i < n; ++i) {
    const TapeLine line = t.line(i);
    if (line.paused) continue;
    Tangents in{};
    bool any = false;
    for (int k = 0; k < line.op->inputs; ++k) {
      in[k] = t.var(moved[line.in[k]]);
      any |= static_cast<bool>(in[k]);
    }
    if (!any) continue;
    RuleMark rule(t, i, RuleKind::jvp);
    moved[i] = plus(t.var(moved[i]), line.op->jvp(RuleView{t, line, i}, in)).id;
  }
  return t.var(moved[y.id]);
}

Var jvp(Var y, Var x, Var tangent, Record record) {
  const Var t = jvp(y, {&x, 1}, {&tangent, 1}, record);
  return t ? t : y.tape->full(y.shape(), 0);
}

}  // namespace pushforward::inline PF_REAL
