#include "tests/exam/engine.h"

#include <cmath>
#include <cstddef>
#include <cstring>
#include <optional>

#include "autograd/rules.h"
#include "tests/exam/replay.h"

namespace pushforward::inline PF_REAL {
namespace {

using exam::Answers, exam::Differences, exam::Leaf, exam::Plant, exam::Program, exam::Question;

std::vector<double> doubles(std::span<const real> values) {
  std::vector<double> out;
  for (const real v : values) out.push_back(static_cast<double>(v));
  return out;
}

std::vector<real> reals(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// Returns the numbers of all leaves, one leaf after the other.
std::vector<real> flat(const Program& p) {
  std::vector<real> x;
  for (const Leaf& leaf : p.leaves) x.insert(x.end(), leaf.values.begin(), leaf.values.end());
  return x;
}

// A tape whose memory is first filled with the byte 0x55. An op that relies on memory being zero
// thus gives wrong results.
struct UsedTape : Tape {
  UsedTape() {
    const Scope scope(*this);
    constexpr std::size_t kBytes = 1 << 17;
    std::memset(arena().array<std::byte>(kBytes), 0x55, kBytes);
  }
};

std::vector<Leaf> run(const Program& p) {
  UsedTape t;
  const std::vector<real> x = flat(p);
  const Replay r = replay(t, p, x);
  std::vector<Leaf> out;
  for (const auto& part : {r.leaves, r.steps}) {
    for (const Var v : part) out.push_back({.shape = v.shape(), .values = doubles(v.values())});
  }
  return out;
}

// The leaves of a program recorded on a tape with respect to which the question asks for
// derivatives. x is the vector of the numbers of all leaves, and `cut` returns the parts of such a
// vector that belong to these leaves.
struct MovingLeaves {
  std::vector<Var> leaves;
  std::vector<std::size_t> at;  // the position of each leaf in x

  MovingLeaves(const Question& q, const Replay& r) {
    std::size_t begin = 0;
    for (std::size_t k = 0; k < r.leaves.size(); ++k) {
      if (q.moves[k]) leaves.push_back(r.leaves[k]), at.push_back(begin);
      begin += q.program.leaves[k].values.size();
    }
  }
  std::vector<Var> cut(Tape& t, std::span<const real> x) const {
    std::vector<Var> out;
    for (std::size_t k = 0; k < leaves.size(); ++k) {
      const Shape s = leaves[k].shape();
      out.push_back(t.input(s, x.subspan(at[k], static_cast<std::size_t>(s.size()))));
    }
    return out;
  }
  std::vector<double> join(const std::vector<Var>& parts, std::size_t size) const {
    std::vector<double> out(size, 0.0);
    for (std::size_t k = 0; k < parts.size(); ++k) {
      if (!parts[k]) continue;
      const auto values = doubles(parts[k].values());
      std::copy(values.begin(), values.end(), out.begin() + static_cast<std::ptrdiff_t>(at[k]));
    }
    return out;
  }
};

std::vector<Var> pull(Var y, Var seed, const MovingLeaves& m, Record record) {
  std::vector<Var> out(m.leaves.size());
  if (y) grad(y, seed, m.leaves, out, record);
  return out;
}

// Returns sum_k <a_k, b_k>, or null if all a_k are null.
Var inner(const std::vector<Var>& a, const std::vector<Var>& b) {
  Var total;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (!a[k]) continue;
    const Var part = sum(a[k] * b[k]);
    total = total ? total + part : part;
  }
  return total;
}

Answers answer(const Question& q, const Plant& plant) {
  UsedTape t;
  const std::vector<real> x = flat(q.program), u = reals(q.direction), w = reals(q.weight);
  const Planted planted(plant.op, plant.what);
  const Replay r = replay(t, q.program, x, {}, &planted);
  const MovingLeaves m(q, r);
  const Var y = r.output(), weight = t.input(y.shape(), w), one = t.full({}, 1);
  const std::vector<Var> direction = m.cut(t, u);

  Answers a{.value = doubles(y.values())};
  const Var along = jvp(y, m.leaves, direction);
  a.along = along ? doubles(along.values()) : std::vector<double>(w.size(), 0.0);
  a.pulled = m.join(pull(y, weight, m, Record::no), x.size());

  const Var loss = sum(y * weight);
  const std::vector<Var> gradient = pull(loss, one, m, Record::yes);
  std::vector<Var> moved;
  for (const Var g : gradient) moved.push_back(g ? jvp(g, m.leaves, direction) : Var{});
  a.forward_over_reverse = m.join(moved, x.size());
  a.reverse_over_reverse = m.join(pull(inner(gradient, direction), one, m, Record::no), x.size());
  const Var slope = jvp(loss, m.leaves, direction, Record::yes);
  a.reverse_over_forward = m.join(pull(slope, one, m, Record::no), x.size());
  return a;
}

Differences differences(const Question& q, const std::vector<std::vector<double>>& probes) {
  const std::vector<real> x = flat(q.program), u = reals(q.direction), w = reals(q.weight);
  // The outputs of stop_gradient are constants. They keep their values at x when x changes.
  std::vector<std::vector<real>> stopped;
  std::vector<real> value;
  {
    UsedTape t;
    const Replay r = replay(t, q.program, x);
    stopped = r.stopped;
    const auto y = r.output().values();
    value.assign(y.begin(), y.end());
  }
  // Returns the output y of the program for the leaves x + h dx + k dv.
  const auto at = [&](real h, const std::vector<real>& dx, real k, const std::vector<real>& dv) {
    std::vector<real> moved = x;
    for (std::size_t i = 0; i < x.size(); ++i) moved[i] += h * dx[i] + k * dv[i];
    UsedTape t;
    const auto y = replay(t, q.program, moved, stopped).output().values();
    return std::vector<real>(y.begin(), y.end());
  };
  const auto loss = [&](real h, real k, const std::vector<real>& v) {
    const std::vector<real> y = at(h, u, k, v);
    real total = 0;
    for (std::size_t i = 0; i < y.size(); ++i) total += w[i] * y[i];
    return total;
  };

  Differences d{.value = doubles(value)};
  const real h = real(0x1p-33), h2 = real(0x1p-27);
  const std::vector<real> none(x.size(), real(0));
  const std::vector<real> up = at(h, u, 0, none), down = at(-h, u, 0, none);
  for (std::size_t i = 0; i < up.size(); ++i)
    d.along.push_back(static_cast<double>((up[i] - down[i]) / (2 * h)));
  for (const std::vector<double>& probe : probes) {
    const std::vector<real> v = reals(probe);
    d.slope.push_back(static_cast<double>((loss(0, h, v) - loss(0, -h, v)) / (2 * h)));
    d.bending.push_back(static_cast<double>(
        (loss(h2, h2, v) - loss(h2, -h2, v) - loss(-h2, h2, v) + loss(-h2, -h2, v)) /
        (4 * h2 * h2)));
  }
  return d;
}

std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (const Op* op : all_ops()) names.push_back(op->name);
  return names;
}

std::vector<std::string> flat_ops() {
  std::vector<std::string> names;
  for (const Op* op : all_ops()) {
    if (op->inputs == 0 || op->vjp == rules::no_vjp) names.push_back(op->name);
  }
  return names;
}

}  // namespace
}  // namespace pushforward::inline PF_REAL

namespace pushforward::exam {

#if PUSHFORWARD_REAL == 32
const ExamEngine engine_f32{run, answer, differences, op_names, flat_ops};
#elif PUSHFORWARD_REAL == 64
const ExamEngine engine_f64{run, answer, differences, op_names, flat_ops};
#else
const ExamEngine engine_f128{run, answer, differences, op_names, flat_ops};
#endif

}  // namespace pushforward::exam
