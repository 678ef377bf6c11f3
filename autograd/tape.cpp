#include "autograd/tape.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace pushforward::inline PF_REAL {

using detail::check, detail::fail;

static_assert(std::is_trivially_copyable_v<TapeLine> && std::is_trivially_destructible_v<TapeLine>);

namespace {

// The op of a leaf. A leaf has a given value, so nothing is computed or differentiated.
constexpr Op leaf(const char* name, const OpConstants& constants = {},
                  const char* describe = nullptr) {
  return {.name = name,
          .inputs = 0,
          .shape = [](const OpInputs& in) { return in.shape[0]; },
          .forward = [](const Tape&, const TapeLine&, real*) {},
          .vjp = [](const RuleView&, Var, CotangentSink&) {},
          .jvp = [](const RuleView&, const Tangents&) { return Var{}; },
          .constants = constants,
          .describe = describe};
}

}  // namespace

constexpr Op input_op = leaf("input");
constexpr Op parameter_op = leaf("parameter", Slot{}, "");
constexpr Op constant_op = leaf("constant", Scalar{}, "all {value}");

Shape Var::shape() const {
  check(tape != nullptr, "var", "a null value has no shape");
  tape->check_fresh(*this, "var");
  return tape->line(id).shape;
}

std::span<const real> Var::values() const {
  check(tape != nullptr, "var", "a null value has no numbers");
  tape->check_fresh(*this, "var");
  const TapeLine& l = tape->line(id);
  return {l.value, static_cast<std::size_t>(l.shape.size())};
}

real Var::item() const {
  const auto v = values();
  check(v.size() == 1, "item", "one element is needed: the shape is ", shape(), "; use values()");
  return v[0];
}

Var RuleView::in(int i) const { return tape.var(line.in[i]); }
Var RuleView::out() const { return tape.var(id); }

void Tape::check_fresh(Var v, const char* where) const {
  check(v.tape != nullptr, where,
        "the value is null; a null value stands for zero and is no operand");
  check(v.tape == this, where, "value #", v.id,
        " is of another tape; copy its numbers over with input");
  if (v.id >= size() || lines_[v.id].serial != v.serial) {
    fail(where, "stale value #", v.id,
         ": the tape was rewound past it; copy it out before rewinding");
  }
}

Var Tape::append(TapeLine line) {
  line.serial = next_serial_++;
  line.paused = paused_;
  line.rule = rule_;
  line.rule_of = rule_of_;
  line.label = label_;
  lines_.push_back(line);
  if (clock_) clock_->append(lines_.size() - 1);
  return {this, size() - 1, line.serial};
}

Var Tape::uninitialised(Shape shape, std::span<real>& values, const char* name) {
  real* memory = arena_.array<real>(static_cast<std::size_t>(shape.size()));
  values = {memory, static_cast<std::size_t>(shape.size())};
  return append({.op = &input_op, .shape = shape, .value = memory, .name = name});
}

Var Tape::input(Shape shape, std::span<const real> values, const char* name) {
  check(static_cast<std::int64_t>(values.size()) == shape.size(), "input", values.size(),
        " values for shape ", shape, ", which has ", shape.size(), " elements");
  std::span<real> memory;
  const Var v = uninitialised(shape, memory, name);
  std::copy(values.begin(), values.end(), memory.begin());
  return v;
}

Var Tape::input(Shape shape, std::initializer_list<real> values, const char* name) {
  return input(shape, std::span<const real>(values.begin(), values.size()), name);
}

Var Tape::full(Shape shape, real value) {
  std::span<real> memory;
  const Var v = uninitialised(shape, memory);
  std::fill(memory.begin(), memory.end(), value);
  lines_.back().op = &constant_op;
  lines_.back().constants = Scalar{value};
  return v;
}

Var Tape::parameter(int slot) const {
  if (slot < 0 || slot >= static_cast<int>(slots_.size())) return {};
  const LineId id = slots_[slot];
  // Rewinding the tape does not clear slots_, so `id` may be the number of a line that has since
  // been removed or replaced. This checks that the line still is the parameter of this slot.
  if (id == kNoLine || id >= size() || lines_[id].op != &parameter_op ||
      get<Slot>(lines_[id].constants).slot != slot)
    return {};
  return {const_cast<Tape*>(this), id, lines_[id].serial};
}

Var Tape::parameter(int slot, Shape shape, const real* values, const char* name) {
  check(slot >= 0, "parameter", "slot ", slot, " of \"", name,
        "\" is negative; number the parameters from 0");
  check(values != nullptr || shape.size() == 0, "parameter", "\"", name,
        "\" has no values to look at");
  if (const Var known = parameter(slot)) {
    const TapeLine& l = lines_[known.id];
    check(l.value == values && l.shape == shape, "parameter", "slot ", slot, " is \"", l.name,
          "\" ", l.shape, " on this tape and \"", name, "\" ", shape,
          " was requested; give each parameter its own slot");
    return known;
  }
  if (slot >= static_cast<int>(slots_.size())) slots_.resize(slot + 1, kNoLine);
  // A parameter is a leaf that the whole training step uses, so its line has no label and belongs
  // to no derivative rule, and it is not a constant even if a Pause is active now.
  const Var v = append({.op = &parameter_op,
                        .shape = shape,
                        .value = values,
                        .constants = Slot{slot},
                        .name = name});
  lines_.back().paused = false;
  slots_[slot] = v.id;
  return v;
}

TapeLine Tape::line_of(const Op& op, std::initializer_list<Operand> inputs,
                       const OpConstants& constants) const {
  check(inputs.size() == static_cast<std::size_t>(op.inputs) && op.inputs > 0, op.name,
        inputs.size(), " inputs are given to an op of ", op.inputs);
  TapeLine line{.op = &op, .constants = constants, .paused = paused_};
  OpInputs in{.op = op.name, .shape = {}, .count = 0, .constants = constants};
  for (const Operand& x : inputs) {
    check_fresh(x.var, op.name);
    line.in[in.count] = x.var.id;
    in.shape[in.count++] = lines_[x.var.id].shape;
  }
  line.file = inputs.begin()->file;
  line.file_line = inputs.begin()->line;
  check(constants.index() == op.constants.index(), op.name, "constants of kind ", constants.index(),
        " are given to an op of kind ", op.constants.index(),
        "; apply it with the struct that its record names");
  line.shape = op.shape(in);
  return line;
}

Var Tape::apply(const Op& op, std::initializer_list<Operand> inputs, const OpConstants& constants) {
  TapeLine line = line_of(op, inputs, constants);
  if (clock_) clock_->start();
  if (op.shares) {
    line.value = lines_[line.in[0]].value;
  } else {
    const std::int64_t arrays = op.keeps && !line.paused ? 2 : 1;
    real* y = arena_.array<real>(static_cast<std::size_t>(arrays * line.shape.size()));
    line.value = y;
    op.forward(*this, line, y);
  }
  return append(line);
}

Var Tape::recall(const Op& op, std::initializer_list<Operand> inputs, const real* values,
                 const OpConstants& constants) {
  TapeLine line = line_of(op, inputs, constants);
  line.value = values;
  line.recalled = true;
  return append(line);
}

const int* Tape::keep(std::span<const int> values) {
  int* copy = arena_.array<int>(values.size());
  std::copy(values.begin(), values.end(), copy);
  return copy;
}

const char* Tape::keep(const std::string& text) {
  char* copy = arena_.array<char>(text.size() + 1);
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

Scope::~Scope() {
  tape_.lines_.resize(lines_);
  tape_.arena_.rewind(mark_);
}

RuleMark::RuleMark(Tape& tape, LineId line, RuleKind kind)
    : tape_(tape), kind_before_(tape.rule_), before_(tape.rule_of_), label_before_(tape.label_) {
  tape.rule_ = kind;
  tape.rule_of_ = line;
  tape.label_ = tape.line(line).label;
}

RuleMark::~RuleMark() {
  tape_.rule_ = kind_before_;
  tape_.rule_of_ = before_;
  tape_.label_ = label_before_;
}

}  // namespace pushforward::inline PF_REAL
