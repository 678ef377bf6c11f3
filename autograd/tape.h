// The tape: every value computed, in execution order, which is the topological order.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "autograd/arena.h"
#include "autograd/op.h"

namespace pushforward::inline PF_REAL {

// A vector of lines and the arena that holds their values. A tape belongs to one thread at a time;
// make as many as you like. Values never change. Use Scope to forget what a step computed.
class Tape {
 public:
  Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Leaves. `input` copies the values in (fails unless `values` has as many elements as `shape`);
  // `parameter` looks at memory that the caller keeps alive and unchanged for as long as the line
  // lives, and finds its line again: one line a `slot` (the parameter's number in its model),
  // however often it is used, so its gradient is one sum.
  Var input(Shape shape, std::span<const real> values, const char* name = nullptr);
  Var input(Shape shape, std::initializer_list<real> values, const char* name = nullptr);
  Var parameter(int slot, Shape shape, const real* values, const char* name);
  // The line of a parameter used since the last rewind, or a null Var.
  Var parameter(int slot) const;
  // A constant filled with one number; `uninitialised`
  // hands out the memory to fill before its first use.
  Var full(Shape shape, real value);
  Var uninitialised(Shape shape, std::span<real>& values, const char* name = nullptr);

  // Appends op(inputs...): checks the handles, asks the shape rule, runs the kernel. The only way a
  // computed line comes to be, so tracing and profiling have one place to stand. Fails on another
  // number of inputs than the op's, and as check_fresh and the shape rule do.
  Var apply(const Op& op, std::initializer_list<Operand> inputs, const Attr& attr = {});

  LineId size() const { return static_cast<LineId>(lines_.size()); }
  // Line `id`, and a handle to it (null for kNoLine). Kernels and sweeps ask for them at every line:
  // neither checks that there is one.
  const TapeLine& line(LineId id) const { return lines_[id]; }
  Var var(LineId id) { return id == kNoLine ? Var{} : Var{this, id, lines_[id].serial}; }
  // Fails with a text that says what to do when `v`
  // is null, of another tape, or older than a rewind.
  void check_fresh(Var v, const char* where) const;

  Arena& arena() { return arena_; }
  const Arena& arena() const { return arena_; }

  // Copies integers (row numbers, labels) into the arena.
  const int* keep(std::span<const int> values);
  // Copies a text into the arena, for names that are made at run time.
  const char* keep(const std::string& text);

  // Profiling: with a clock (seconds, any origin) every
  // line's start and end are noted; nullptr turns it off.
  struct Time {
    double start, end;
  };
  void set_clock(double (*seconds)()) { clock_ = seconds; }
  std::span<const Time> times() const { return times_; }  // by line; empty without a clock

  // Makes room for this many lines at once.
  void reserve(std::size_t lines) { lines_.reserve(lines); }

 private:
  friend class Scope;
  friend class Pause;
  friend class Label;
  friend class RuleMark;

  Var append(TapeLine line);

  std::vector<TapeLine> lines_;
  std::vector<Time> times_;
  std::vector<LineId> slots_;
  Arena arena_;
  std::uint32_t next_serial_ = 1;
  bool paused_ = false;
  RuleKind rule_ = RuleKind::none;
  LineId rule_of_ = kNoLine;
  const char* label_ = nullptr;
  double (*clock_)() = nullptr;
};

// The tape of `v`. Fails as Tape::check_fresh does, on a null value too; `where` names who asks.
inline Tape& tape_of(Var v, const char* where) {
  detail::check(v.tape != nullptr, where,
                "the value is null; a null value stands for zero and is no operand");
  v.tape->check_fresh(v, where);
  return *v.tape;
}

// Everything recorded while a Scope lives is forgotten
// when it ends; what must outlive it is copied out first.
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

// While a Pause lives, what is computed is a constant: no sweep goes through it.
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

// While a Label lives, lines carry this text (a layer's name), for prints, DOT and error messages.
// The text must outlive the lines: a literal, or Tape::keep.
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

// While a RuleMark lives, lines are marked as recorded by the vjp or jvp of `line` (the sweeps use it).
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
