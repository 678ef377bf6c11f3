// The two sweeps over a tape: `grad` downwards (reverse mode), `jvp` upwards (forward mode).
//
// Two ops at x = 2 show all the words: h = square(x) is 4, and y = 3 h is 12. Their slopes are
// dh/dx = 2 x = 4 and dy/dh = 3. Both sweeps multiply them, one from the end, one from the start:
//
//   line              value   down: cotangent g         up: tangent t
//   #0  x                 2   3 * 4 = 12, by #1's vjp   1, the direction in which x moves
//   #1  h = square(x)     4   1 * 3 =  3, by #2's vjp   1 * 4 =  4, by #1's jvp
//   #2  y = 3 h          12   1, the seed               4 * 3 = 12, by #2's jvp
//
// The cotangent of a value is d(seed . y) / d(value): how much the end moves when the value moves.
// It has the value's shape. The seed is the cotangent that the caller gives y: a weight for each
// element of y, 1 for a loss. An op's vjp rule (vector-Jacobian product) takes the cotangent g of
// the output and sends g^T J to each input, where J = d(output) / d(input). A value that is used
// twice is sent two cotangents, and they are added.
//
// The tangent of a value is how much the value moves when the inputs move along a direction that
// the caller chooses. An op's jvp rule (Jacobian-vector product) takes the tangents t of the inputs
// and returns the output's, the sum of J t over the inputs.
//
// So one sweep down gives the derivative of one number by every input, and one sweep up that of
// every value along one direction. J itself, which can be huge, is never written down.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "autograd/tape.h"

namespace pushforward::inline PF_REAL {

// Whether the lines that a sweep adds can themselves be differentiated.
enum class Record { no, yes };

// Where a vjp rule sends the cotangents of its line's
// inputs. A second cotangent for the same line is added.
class CotangentSink {
 public:
  CotangentSink(Tape& tape, const TapeLine& line, LineId* cotangent, const bool* active)
      : tape_(tape), line_(line), cotangent_(cotangent), active_(active) {}
  // Whether the i-th input leads to anything that a
  // derivative was asked for: rules skip work where not.
  bool wants(int i) const { return active_[line_.in[i]]; }
  // Sends the cotangent of the i-th input; ignored unless wanted. Its shape must be the input's.
  void operator()(int i, Var g);

 private:
  Tape& tape_;
  const TapeLine& line_;
  LineId* cotangent_;
  const bool* active_;
};

// out[k] = d(seed . y) / d wrt[k], a vector-Jacobian product; null where y does not depend on
// wrt[k]. seed has the shape of y. Any lines can be asked for, leaves or not. Fails on a y that was
// computed while recording was paused, and on stale handles.
void grad(Var y, Var seed, std::span<const Var> wrt, std::span<Var> out,
          Record record = Record::no);

// The gradient of a one-element y with seed 1; a tensor of zeros where y does not depend on x.
Var grad(Var y, Var x, Record record = Record::no);
// The same in several inputs by one sweep: out[k] is the gradient in wrt[k], never null.
void grad(Var y, std::span<const Var> wrt, std::span<Var> out, Record record = Record::no);
// auto [gx, gw] = grad(y, {x, w});
template <std::size_t n>
std::array<Var, n> grad(Var y, const Var (&wrt)[n], Record record = Record::no) {
  std::array<Var, n> out;
  grad(y, wrt, out, record);
  return out;
}

// The tangent of y when wrt[k] moves along tangent[k] (null: zero), a Jacobian-vector product; null
// where y does not move. The transpose of `grad`: where one of wrt is computed from another, what
// the other carries to it is added to its own tangent.
Var jvp(Var y, std::span<const Var> wrt, std::span<const Var> tangent, Record record = Record::no);
// The same for one input; zeros where y does not move.
Var jvp(Var y, Var x, Var tangent, Record record = Record::no);
// jvp(y, {x, w}, {tangent_of_x, tangent_of_w}); zeros where y does not move.
template <std::size_t n>
Var jvp(Var y, const Var (&wrt)[n], const Var (&tangent)[n], Record record = Record::no) {
  const Var t = jvp(y, std::span<const Var>(wrt), std::span<const Var>(tangent), record);
  return t ? t : y.tape->full(y.shape(), 0);
}

}  // namespace pushforward::inline PF_REAL
