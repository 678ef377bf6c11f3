// Looking at a tape: printed, as JSON, added up by op, and its first non-finite line.
//
// A Listing is a copy of a tape's lines as plain rows, free of the precision and of the tape's
// life; everything that prints (here, dot.h, trace.h) prints a Listing.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "autograd/tape.h"

namespace pushforward {

// One line of a tape, as it prints.
struct ListedLine {
  enum class Kind { input, parameter, constant, op };
  Kind kind = Kind::op;
  std::string op;                             // its op's name: "mul"
  std::vector<LineId> in;                     // the lines it was computed from
  std::array<bool, kMaxInputs> transposed{};  // matmul: inputs that are taken transposed
  Shape shape;                                // of its value
  std::string name;                           // leaves: what the user calls it, or empty
  std::string detail;                         // the op's constants: "by 0.5", "axis 1 [0, 2)"
  bool paused = false;                        // a constant to every sweep
  RuleKind rule = RuleKind::none;             // recorded by a derivative rule,
  LineId rule_of = kNoLine;                   // which was this line's
  std::string label;                          // which part of the model, or empty
  std::string file;                           // where it was recorded, or empty
  int file_line = 0;
  double bytes = 0;  // of the tape's memory: 0 for parameters (the caller's) and shared values
  double flops = 0;  // floating-point operations of its forward kernel
  double start = 0, seconds = 0;  // when its kernel ran and for how long; 0 and 0 without a clock
  std::vector<double> values;     // row-major; empty unless asked for and few enough
};

// All lines of a tape, and what its memory holds, in bytes.
struct Listing {
  std::string precision;  // "float32", "float64" or "float128"
  std::vector<ListedLine> lines;
  double arena_used = 0, arena_reserved = 0, arena_peak = 0;
  double parameters = 0;  // memory of the parameters' values, which is the model's
  bool timed = false;     // whether any line has a time
};

struct PrintOptions {
  int values = 0;        // print the values of tensors with at most this many elements
  bool costs = false;    // bytes, FLOPs and, if there was a clock, time of each line
  bool rules = true;     // with lines that derivative rules recorded
  bool places = true;    // with the file and line where each was recorded
  bool heading = true;   // the names of the columns above, and a sum in one line below
  LineId begin = 0;      // print lines [begin, end) only
  LineId end = kNoLine;  // kNoLine: to the last
};

// "vjp" or "jvp"; empty for none.
constexpr const char* rule_name(RuleKind rule) {
  return rule == RuleKind::vjp ? "vjp" : rule == RuleKind::jvp ? "jvp" : "";
}
// The label of a line, with ", vjp" or ", jvp" behind it where such a rule recorded the line:
// "layers.0", "layers.0, vjp".
std::string part_text(const ListedLine& line);
// "vjp of #2", "jvp of #2"; empty where no rule recorded the line.
std::string rule_text(const ListedLine& line);

// One line of text a line of the tape, in aligned columns: number, op,
// shape, where from (inputs, constants, or a leaf's name), values, costs,
// marks (paused, vjp of #12), label and place. A one-line sum ends it.
void print(std::ostream& out, const Listing& listing, const PrintOptions& options = {});

// One JSON object (RFC 8259): {"precision", "lines": [...], "arena": {...},
// "totals": {...}}. A line has id, kind, op, in, shape, bytes, flops,
// paused, and where there is one: transposed, name, detail, rule, rule_of,
// label, file, file_line, start_s and seconds, values (non-finite ones as strings).
void print_json(std::ostream& out, const Listing& listing);

// What all lines of one op (or one label) cost together.
struct TapeCost {
  std::string name;
  int lines = 0;
  double bytes = 0, flops = 0, seconds = 0;
};
enum class TapeCostBy { op, label };
// Sorted by time where there was a clock, else by FLOPs, then bytes,
// largest first. Lines without a label are "(no label)"; labels keep what
// their derivative rules recorded apart: "layers.0, vjp", "layers.0, jvp".
std::vector<TapeCost> tape_costs(const Listing& listing, TapeCostBy by = TapeCostBy::op);
// The same as a table, with shares of the whole, rates
// (FLOP/s) where there was a clock, and a total.
void print_costs(std::ostream& out, const Listing& listing, TapeCostBy by = TapeCostBy::op);

// Everything at once, for people: the tape with costs, costs by op and by label, memory.
void print_report(std::ostream& out, const Listing& listing, const PrintOptions& options = {});

// The first line of a tape that holds a value which is not finite, if there is one.
struct Nonfinite {
  LineId line = kNoLine;   // kNoLine: every value is finite
  std::int64_t index = 0;  // of the first such value, row-major
  std::int64_t count = 0;  // of such values in that line
  double value = 0;        // the first one: nan, inf or -inf
  // "[nonfinite] line #88 exp (128, 64) in layers.2, recorded at nn/networks/mlp.cpp:40: first inf
  // at (3, 17), from input 91.2; ..."; empty where all is finite.
  std::string text;
  explicit operator bool() const { return line != kNoLine; }
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Copies the lines of `tape`, with the values of those that have at most `values` elements. Every
// tape can be listed, whatever is on it, and every listing printed.
Listing list_lines(const Tape& tape, int values = 0);

// Checks the values of every line in order, and reports the first non-finite one.
Nonfinite first_nonfinite(const Tape& tape);

// The same functions straight from a tape.
inline void print(std::ostream& out, const Tape& tape, const PrintOptions& options = {}) {
  print(out, list_lines(tape, options.values), options);
}
inline void print_json(std::ostream& out, const Tape& tape, int values = 0) {
  print_json(out, list_lines(tape, values));
}
inline void print_costs(std::ostream& out, const Tape& tape, TapeCostBy by = TapeCostBy::op) {
  print_costs(out, list_lines(tape), by);
}
inline void print_report(std::ostream& out, const Tape& tape, const PrintOptions& options = {}) {
  print_report(out, list_lines(tape, options.values), options);
}

}  // namespace pushforward::inline PF_REAL
