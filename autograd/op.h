// An op is one constexpr record: a name, a shape rule, a forward kernel and two derivative rules,
// vjp (vector-Jacobian product, reverse mode) and jvp (Jacobian-vector product, forward mode).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "autograd/constants.h"
#include "autograd/tensor/real.h"
#include "autograd/tensor/shape.h"

namespace pushforward {

using LineId = std::int32_t;    // the number of a line on its tape
constexpr LineId kNoLine = -1;  // stands for "no line"
constexpr int kMaxInputs = 3;

// The kind of derivative rule that recorded a line of the tape, if one did. The reverse sweep
// `grad` runs the vjp rules, and the forward sweep `jvp` the jvp rules.
enum class RuleKind : std::uint8_t { none, vjp, jvp };

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

class Tape;
class CotangentSink;
struct Op;

// A handle to one value on a tape: the tape, the number of the value's line, and that line's serial
// number. The serial number reveals a handle whose line was removed when the tape was rewound.
// Handles are cheap to copy. A null Var (no tape) stands for zero in tangents and gradients.
struct Var {
  Tape* tape = nullptr;
  LineId id = kNoLine;
  std::uint32_t serial = 0;

  explicit operator bool() const { return tape != nullptr; }
  Shape shape() const;
  std::span<const real> values() const;  // row-major; valid until the tape is rewound past the line
  real item() const;                     // the value of a one-element tensor; throws on any other
};

// An input of an op: a value, and the file and line of the source that passed it. The conversion
// from Var records the file and line.
struct Operand {
  Var var;
  const char* file;
  int line;
  Operand(Var v, const char* at_file = __builtin_FILE(), int at_line = __builtin_LINE())
      : var(v), file(at_file), line(at_line) {}
};

// One line of the tape: value = op(in...). It is plain data, so it can be copied and printed, and
// needs no destructor.
struct TapeLine {
  const Op* op = nullptr;
  std::array<LineId, kMaxInputs> in{kNoLine, kNoLine, kNoLine};
  Shape shape{};
  const real* value = nullptr;
  OpConstants constants{};
  const char* name = nullptr;  // leaves: the name that the user gave
  std::uint32_t serial = 0;
  bool paused = false;             // recorded during a Pause: a constant to both sweeps
  bool recalled = false;           // computed by the kernel of an earlier line (Tape::recall)
  RuleKind rule = RuleKind::none;  // the kind of derivative rule that recorded this line
  LineId rule_of = kNoLine;        // the line to which that rule belongs
  const char* file = nullptr;      // the place in the source that called the op
  int file_line = 0;
  const char* label = nullptr;  // the part of the model, if there is one (see Label)
};

// Returns what the kernel of a line keeps for the derivative rules (Op::keeps), or null if the line
// is paused.
inline const real* kept_values(const TapeLine& line) {
  return line.paused ? nullptr : line.value + line.shape.size();
}

// The arguments of a shape rule: the inputs' shapes, their number and the op's constants.
struct OpInputs {
  const char* op;
  std::array<Shape, kMaxInputs> shape;
  int count;
  const OpConstants& constants;
};

// The arguments of a derivative rule: a copy of the tape line to differentiate, and access to the
// values of its inputs and of its output.
struct RuleView {
  Tape& tape;
  TapeLine line;
  LineId id;
  Var in(int i) const;
  Var out() const;
};

// The tangents (forward-mode derivatives) of the inputs of one tape line. A null Var stands for
// zero.
using Tangents = std::array<Var, kMaxInputs>;

// The defaults of an op's record. `multilinear` is the jvp of an op that is linear in each input:
// the sum over its inputs of the op with that input replaced by its tangent. `no_operations` is the
// cost of an op that only moves values.
namespace rules {
Var multilinear(const RuleView& v, const Tangents& t);
inline double no_operations(const Tape&, const TapeLine&) { return 0; }
}  // namespace rules

// The record of one op. The derivative rules are written in ops too, so every derivative can be
// differentiated again.
struct Op {
  const char* name;
  int inputs = 1;                   // 0 for leaves
  Shape (*shape)(const OpInputs&);  // returns the output's shape; throws if shapes do not fit
  void (*forward)(const Tape&, const TapeLine&, real* y);  // writes the output's values to y
  void (*vjp)(const RuleView&, Var g,
              CotangentSink& to);  // from the output's cotangent g to those of the inputs
  // Maps the inputs' tangents to the output's tangent. A null tangent means zero.
  Var (*jvp)(const RuleView&, const Tangents& t) = rules::multilinear;
  // The floating-point operations of one forward.
  double (*flops)(const Tape&, const TapeLine&) = rules::no_operations;
  OpConstants constants{};  // says which struct has the op's constants
  // The form in which prints write the constants, for example "[{low}, {high}]". If null, prints
  // write all their names and values.
  const char* describe = nullptr;
  Var (*slope)(Var x, Var y) = nullptr;  // elementwise ops: dy/dx, given x and y
  bool shares = false;  // true if the output uses the memory of the first input (reshape)
  // True if the kernel also computes what the derivative rules need. It writes these numbers, one
  // for each element of the output, to memory behind the output, which `kept_values` returns. If
  // the line is paused, there is no such memory.
  bool keeps = false;
};

}  // namespace pushforward::inline PF_REAL
