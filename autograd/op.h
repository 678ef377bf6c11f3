// What an op is: one constexpr record of a name, a shape
// rule, a forward kernel, a vjp rule and a jvp rule.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "autograd/tensor/real.h"
#include "autograd/tensor/shape.h"

namespace pushforward {

using LineId = std::int32_t;    // the number of a line on its tape
constexpr LineId kNoLine = -1;  // no line
constexpr int kMaxInputs = 3;

// Which kind of derivative rule recorded a line: vjp rules run in `grad`, jvp rules in `jvp`.
enum class RuleKind : std::uint8_t { none, vjp, jvp };

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

class Tape;
class CotangentSink;
struct Op;

// A handle to one value: which tape, which line, and that line's serial
// number, so that a handle kept beyond a rewind is found out. Copy it
// freely. A null Var (no tape) stands for a zero in tangents and gradients.
struct Var {
  Tape* tape = nullptr;
  LineId id = kNoLine;
  std::uint32_t serial = 0;

  explicit operator bool() const { return tape != nullptr; }
  Shape shape() const;
  std::span<const real> values() const;  // row-major; valid until the tape is rewound past the line
  real item() const;  // the one value of a one-element tensor; fails on any other
};

// An input of an op: a value, and the place in the source
// that used it, which the conversion notes by itself.
struct Operand {
  Var var;
  const char* file;
  int line;
  Operand(Var v, const char* at_file = __builtin_FILE(), int at_line = __builtin_LINE())
      : var(v), file(at_file), line(at_line) {}
};

// The constants of an op. Plain data; each op says which it uses.
struct Attr {
  real a = 0, b = 0;  // scale, shift, exponent, bounds, epsilon
  int axis = 0, begin = 0, count = 0;
  bool ta = false, tb = false;  // matmul: transpose the first, the second
  Shape shape{};                // reshape and broadcasts: the shape asked for
  const int* index = nullptr;   // gather and scatter: `count` row numbers, in the arena
  const char* name = nullptr;   // leaves: what the user calls it
};

// One line of the tape: value = op(in...). Plain data, so it can be copied, printed and forgotten.
struct TapeLine {
  const Op* op = nullptr;
  std::array<LineId, kMaxInputs> in{kNoLine, kNoLine, kNoLine};
  Shape shape{};
  const real* value = nullptr;
  Attr attr{};
  std::uint32_t serial = 0;
  bool paused = false;             // computed while recording was paused: a constant to every sweep
  RuleKind rule = RuleKind::none;  // recorded by a derivative rule, during a sweep,
  LineId rule_of = kNoLine;        // and this is the line whose rule it was
  const char* file = nullptr;      // where it was recorded
  int file_line = 0;
  const char* label = nullptr;  // which part of the model, if one said so (see Label)
};

// What a shape rule sees: the inputs' shapes, their number and the constants.
struct OpInputs {
  const char* op;
  std::array<Shape, kMaxInputs> shape;
  int count;
  const Attr& attr;
};

// What a derivative rule sees: a copy of the line, its inputs and its output as values.
struct RuleView {
  Tape& tape;
  TapeLine line;
  LineId id;
  Var in(int i) const;
  Var out() const;
  const Attr& attr() const { return line.attr; }
};

// The tangents of a line's inputs; null where the input does not move.
using Tangents = std::array<Var, kMaxInputs>;

// The record of one op. Rules are written in ops, so
// that every derivative can be differentiated again.
struct Op {
  const char* name;
  int inputs;                       // 0 for leaves
  Shape (*shape)(const OpInputs&);  // the output's shape; throws on shapes that don't fit
  void (*forward)(const Tape&, const TapeLine&, real* y);  // writes the output's values to y
  void (*vjp)(const RuleView&, Var g,
              CotangentSink& to);  // cotangent of the output -> of the inputs
  Var (*jvp)(const RuleView&,
             const Tangents& t);  // tangents of the inputs -> of the output (null: zero)
  double (*flops)(const Tape&, const TapeLine&);  // floating-point operations of one forward
  Var (*slope)(Var x, Var y) = nullptr;           // elementwise ops: dy/dx from x and y
  bool shares = false;  // the output is the first input's memory (reshape)
};

}  // namespace pushforward::inline PF_REAL
