// The tape: all computed values, in execution order, which is a topological order.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "autograd/arena.h"
#include "autograd/clock.h"
#include "autograd/op.h"

namespace pushforward::inline PF_REAL {

// A vector of lines, one for each value, and the arena with the values. Use a tape from one thread
// at a time; there can be any number of tapes. Values never change. A Scope frees the lines of a
// step.
class Tape {
 public:
  Tape() { lines_.reserve(256); }
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // `input` and `parameter` append leaves, which are given and not computed. `input` copies the
  // values and throws unless `values` has as many elements as `shape`. `parameter` refers to memory
  // that the caller must keep alive and unchanged as long as the line exists. All uses of one
  // `slot` (the parameter's number in its model) share one line, so the parameter's gradient is one
  // sum. Fails if the slot is negative or belongs to another parameter.
  Var input(Shape shape, std::span<const real> values, const char* name = nullptr);
  Var input(Shape shape, std::initializer_list<real> values, const char* name = nullptr);
  Var parameter(int slot, Shape shape, const real* values, const char* name);
  // Returns the line of a parameter that was used since the last rewind, or a null Var.
  Var parameter(int slot) const;
  // `full` returns a constant filled with one number. `uninitialised` returns memory that the
  // caller must fill before its first use.
  Var full(Shape shape, real value);
  Var uninitialised(Shape shape, std::span<real>& values, const char* name = nullptr);

  // Appends op(inputs...): checks the handles, calls the shape rule and runs the kernel. Every
  // computed line is made by this function, so it is the one place for tracing and profiling.
  Var apply(const Op& op, std::initializer_list<Operand> inputs, const OpConstants& constants = {});

  // Appends op(inputs...) with values that the kernel of an earlier line has computed and kept.
  // They must stay valid as long as the new line, and are not checked.
  Var recall(const Op& op, std::initializer_list<Operand> inputs, const real* values,
             const OpConstants& constants = {});

  LineId size() const { return static_cast<LineId>(lines_.size()); }
  // `line` returns line `id` of the tape, and `var` a handle to it (null for kNoLine). Neither
  // function checks that the line exists, because kernels and sweeps call them for every line.
  const TapeLine& line(LineId id) const { return lines_[id]; }
  Var var(LineId id) { return id == kNoLine ? Var{} : Var{this, id, lines_[id].serial}; }
  // Throws if `v` is null, if it belongs to another tape, or if its line was removed by a rewind.
  // The message says what to do.
  void check_fresh(Var v, const char* where) const;

  Arena& arena() { return arena_; }
  const Arena& arena() const { return arena_; }

  // Copies integers (row numbers, labels) into the arena.
  const int* keep(std::span<const int> values);
  // Copies a text into the arena, for names that are composed at run time.
  const char* keep(const std::string& text);

  // Profiling: from now on `clock`, which must outlive its use, times each line. nullptr ends this.
  void set_clock(TapeClock* clock) { clock_ = clock; }
  const TapeClock* clock() const { return clock_; }

  // Reserves memory for this many lines.
  void reserve(std::size_t lines) { lines_.reserve(lines); }

 private:
  friend class Scope;
  friend class Pause;
  friend class Label;
  friend class RuleMark;

  // Checks the inputs of op(inputs...) and returns its line, which has no values yet.
  TapeLine line_of(const Op& op, std::initializer_list<Operand> inputs,
                   const OpConstants& constants) const;
  Var append(TapeLine line);

  std::vector<TapeLine> lines_;
  std::vector<LineId> slots_;
  Arena arena_;
  std::uint32_t next_serial_ = 1;
  bool paused_ = false;
  RuleKind rule_ = RuleKind::none;
  LineId rule_of_ = kNoLine;
  const char* label_ = nullptr;
  TapeClock* clock_ = nullptr;
};

// Returns the tape of `v`. Throws if `v` is null, stale or of another tape; `where` names
// the caller in the message.
inline Tape& tape_of(Var v, const char* where) {
  detail::check(v.tape != nullptr, where,
                "the value is null; a null value stands for zero and is no operand");
  v.tape->check_fresh(v, where);
  return *v.tape;
}

// At the end of a Scope, the tape removes everything that was recorded during its lifetime. Copy
// what you need to memory outside the tape first.
class Scope {
 public:
  explicit Scope(Tape& tape) : tape_(tape), lines_(tape.lines_.size()), mark_(tape.arena_.mark()) {}
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Tape& tape_;
  std::size_t lines_;
  Arena::Mark mark_;
};

// Lines recorded during the lifetime of a Pause are constants: no sweep goes through them.
class Pause {
 public:
  explicit Pause(Tape& tape, bool on = true) : tape_(tape), before_(tape.paused_) {
    tape.paused_ = before_ || on;
  }
  ~Pause() { tape_.paused_ = before_; }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

 private:
  Tape& tape_;
  bool before_;
};

// Lines recorded during the lifetime of a Label carry its text (a layer's name) in prints, DOT and
// error messages. The text must outlive the lines: use a literal or Tape::keep.
class Label {
 public:
  Label(Tape& tape, const char* text) : tape_(tape), before_(tape.label_) { tape.label_ = text; }
  ~Label() { tape_.label_ = before_; }
  Label(const Label&) = delete;
  Label& operator=(const Label&) = delete;

 private:
  Tape& tape_;
  const char* before_;
};

// Lines that are recorded during the lifetime of a RuleMark are marked as recorded by the vjp or
// jvp rule of `line`. The sweeps create a RuleMark for each rule that they run.
class RuleMark {
 public:
  RuleMark(Tape& tape, LineId line, RuleKind kind);
  ~RuleMark();
  RuleMark(const RuleMark&) = delete;
  RuleMark& operator=(const RuleMark&) = delete;

 private:
  Tape& tape_;
  RuleKind kind_before_;
  LineId before_;
  const char* label_before_;
};

extern const Op input_op, parameter_op, constant_op;

}  // namespace pushforward::inline PF_REAL
