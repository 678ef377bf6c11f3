// The two sweeps over a tape: `grad` downwards (reverse mode), `jvp` upwards (forward mode).
//
// Two ops at x = 2 are an example of all terms: h = square(x) is 4, and y = 3 h is 12.
// Their slopes are dh/dx = 2 x = 4 and dy/dh = 3. Both sweeps multiply them, one from the
// end, one from the start:
//
//   line              value   down: cotangent g         up: tangent t
//   #0  x                 2   3 * 4 = 12, by #1's vjp   1, the direction in which x moves
//   #1  h = square(x)     4   1 * 3 =  3, by #2's vjp   1 * 4 =  4, by #1's jvp
//   #2  y = 3 h          12   1, the seed               4 * 3 = 12, by #2's jvp
//
// The cotangent of a value is d(seed . y) / d(value): how much the result y changes with the value.
// It has the value's shape. The seed is the cotangent that the caller gives to y: a weight for each
// element of y, 1 for a loss. An op's vjp rule (vector-Jacobian product) takes the cotangent g of
// the output and sends g^T J to each input, where J = d(output) / d(input). A value that is used
// twice gets two cotangents, which are added.
//
// The tangent of a value is how much the value moves when the inputs move along a direction that
// the caller chooses. An op's jvp rule (Jacobian-vector product) takes the tangents t of the inputs
// and returns the output's, the sum of J t over the inputs.
//
// So one sweep down gives the derivative of one number with respect to every input, and
// one sweep up gives the derivative of every value along one direction. J, which can be
// huge, is never computed.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "autograd/tape.h"

namespace pushforward::inline PF_REAL {

// Says whether the values that a sweep adds to the tape can themselves be differentiated.
enum class Record { no, yes };

// Receives the cotangents of a tape line's inputs from the vjp rule of the line's op. If an input
// gets several cotangents, they are added.
class CotangentSink {
 public:
  CotangentSink(Tape& tape, const TapeLine& line, LineId* cotangent, const bool* active)
      : tape_(tape), line_(line), cotangent_(cotangent), active_(active) {}
  // Returns whether a requested derivative depends on the i-th input. If not, the rule need not
  // compute that input's cotangent.
  bool wants(int i) const { return active_[line_.in[i]]; }
  // Sends the cotangent of the i-th input, which must have the input's shape. It is
  // ignored unless wants(i).
  void operator()(int i, Var g);

 private:
  Tape& tape_;
  const TapeLine& line_;
  LineId* cotangent_;
  const bool* active_;
};

// Writes out[k] = d(seed . y) / d wrt[k], a vector-Jacobian product, or null if y does not depend
// on wrt[k]. `seed` has the shape of y. Each wrt[k] can be a leaf or a computed value. Fails if y
// was computed during a Pause, and on handles whose values a rewind has removed.
void grad(Var y, Var seed, std::span<const Var> wrt, std::span<Var> out,
          Record record = Record::no);

// Returns the gradient of a one-element y with respect to x. It is zero if y does not depend on x.
Var grad(Var y, Var x, Record record = Record::no);
// Writes the gradients of a one-element y with respect to several values, from one sweep. out[k] is
// never null.
void grad(Var y, std::span<const Var> wrt, std::span<Var> out, Record record = Record::no);
// Returns the gradients of a one-element y with respect to several values: auto [gx, gw] = grad(y,
// {x, w}).
template <std::size_t n>
std::array<Var, n> grad(Var y, const Var (&wrt)[n], Record record = Record::no) {
  std::array<Var, n> out;
  grad(y, wrt, out, record);
  return out;
}

// Returns the tangent of y (a Jacobian-vector product) if each wrt[k] has the tangent tangent[k],
// where null means zero. Returns null if y does not depend on any wrt[k]. If wrt[k] is computed
// from another wrt[j], the tangent that comes from wrt[j] is added to tangent[k]. So `jvp` is the
// transpose of `grad`.
Var jvp(Var y, std::span<const Var> wrt, std::span<const Var> tangent, Record record = Record::no);
// Returns the tangent of y if x has the tangent `tangent`. It is zero if y does not depend on x.
Var jvp(Var y, Var x, Var tangent, Record record = Record::no);
// Returns jvp(y, {x, w}, {tangent_of_x, tangent_of_w}). It is zero if y does not depend on x and w.
template <std::size_t n>
Var jvp(Var y, const Var (&wrt)[n], const Var (&tangent)[n], Record record = Record::no) {
  const Var t = jvp(y, std::span<const Var>(wrt), std::span<const Var>(tangent), record);
  return t ? t : y.tape->full(y.shape(), 0);
}

}  // namespace pushforward::inline PF_REAL
