// Prints a tape as text, JSON or a table of costs, and finds its first non-finite line.
//
// A line of a tape is the record of one value. A Listing is a copy of a tape's lines as plain data.
// It does not depend on the precision, and it can outlive the tape. All functions that print (here,
// in dot.h and in trace.h) print a Listing.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "autograd/tape.h"

namespace pushforward {

// A copy of one line of a tape: the record of one value and of the op that computed it.
struct ListedLine {
  enum class Kind { input, parameter, constant, op };
  Kind kind = Kind::op;
  std::string op;                             // the op's name: "mul"
  std::vector<LineId> in;                     // the numbers of the lines from which it was computed
  std::array<bool, kMaxInputs> transposed{};  // matmul: the inputs that are transposed
  Shape shape;                                // the shape of the value
  std::string name;                           // leaves: the user's name, or empty
  std::string detail;                         // the op's constants: "by 0.5", "axis 1 [0, 2)"
  bool paused = false;                        // recorded during a Pause: a constant to every sweep
  RuleKind rule = RuleKind::none;             // the kind of derivative rule that recorded the line
  LineId rule_of = kNoLine;                   // the line to which that rule belongs
  std::string label;                          // the part of the model that recorded it, or empty
  std::string file;                           // the source file that recorded it, or empty
  int file_line = 0;
  double bytes = 0;  // memory on the tape; 0 for parameters and for values with shared memory
  double flops = 0;  // floating-point operations of its forward kernel
  double start = 0, seconds = 0;  // start and duration of its kernel; 0 without a clock
  std::vector<double> values;     // row-major; empty if not requested or too many
};

// A copy of all lines of a tape (a line is the record of one value), and the tape's memory in
// bytes.
struct Listing {
  std::string precision;  // "float32", "float64" or "float128"
  std::vector<ListedLine> lines;
  double arena_used = 0, arena_reserved = 0, arena_peak = 0;
  double parameters = 0;  // memory of the parameters' values, which belongs to the model
  bool timed = false;     // true if any line has a time
};

// The options of printing a tape as text.
struct PrintOptions {
  // Print the values of tensors with at most this many elements. 0 prints none.
  int values = 0;

  // If true, print bytes, FLOPs and, if there was a clock, the time of each line. print_report
  // always does.
  bool costs = false;

  // If true, include lines that derivative rules recorded. Otherwise the line with totals says how
  // many were left out.
  bool rules = true;

  // If true, include the source file and line that recorded each value. Leave them out for a text
  // that does not change when the source is edited.
  bool places = true;

  // If true, print the names of the columns, and a line with totals at the end.
  bool heading = true;

  // Print only lines [begin, end) of the tape. The totals are those of the whole tape.
  LineId begin = 0;

  // The line before which printing ends. kNoLine prints up to the last line.
  LineId end = kNoLine;
};

// Returns the name of a kind of derivative rule, "vjp" or "jvp", or "" for none.
constexpr const char* rule_name(RuleKind rule) {
  return rule == RuleKind::vjp ? "vjp" : rule == RuleKind::jvp ? "jvp" : "";
}
// Returns the label of a tape line, followed by ", vjp" or ", jvp" if a derivative rule of this
// kind recorded the line: "layers.0", "layers.0, vjp".
std::string part_text(const ListedLine& line);
// Returns "vjp of #2" if the vjp rule of tape line 2 recorded `line` (and so for jvp), or "" if no
// derivative rule recorded it.
std::string rule_text(const ListedLine& line);

// Prints one line of text for each line of the tape, in aligned columns: its number, op, shape,
// origin (inputs and constants, or a leaf's name), values, costs, remarks ("paused", "vjp of #12"),
// label, and place in the source. The last line of text has the totals.
void print(std::ostream& out, const Listing& listing, const PrintOptions& options = {});

// Prints one JSON object (RFC 8259): {"precision", "lines": [...], "arena": {...}, "totals":
// {...}}. A line has id, kind, op, in, shape, bytes, flops and paused. If known, it also has
// transposed, name, detail, rule, rule_of, label, file, file_line, start_s, seconds, and values
// (non-finite ones as strings).
void print_json(std::ostream& out, const Listing& listing);

// The total cost of all lines of a tape that have the same op (or the same label).
struct TapeCost {
  std::string name;
  int lines = 0;
  double bytes = 0, flops = 0, seconds = 0;
};
enum class TapeCostBy { op, label };
// Returns the costs of a tape's ops or labels, largest first: sorted by time if there was a clock,
// else by FLOPs and then bytes. Lines of the tape without a label are "(no label)". Lines that
// derivative rules recorded are counted separately: "layers.0, vjp", "layers.0, jvp".
std::vector<TapeCost> tape_costs(const Listing& listing, TapeCostBy by = TapeCostBy::op);
// Prints the result of tape_costs as a table with shares, totals and, if there was a clock, rates
// in FLOP/s.
void print_costs(std::ostream& out, const Listing& listing, TapeCostBy by = TapeCostBy::op);

// Prints a report for people: the tape with costs, costs by op and by label, and memory.
void print_report(std::ostream& out, const Listing& listing, const PrintOptions& options = {});

// The first line of a tape with a value that is not finite, if there is one.
struct Nonfinite {
  LineId line = kNoLine;   // kNoLine: every value is finite
  std::int64_t index = 0;  // the row-major index of the first non-finite value
  std::int64_t count = 0;  // the number of non-finite values in this line
  double value = 0;        // the first non-finite value: nan, inf or -inf
  // "[nonfinite] line #88 exp (128, 64) in layers.2, recorded at nn/networks/mlp.cpp:40: first inf
  // at (3, 17), from input 91.2; ..."; empty if all values are finite.
  std::string text;
  explicit operator bool() const { return line != kNoLine; }
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Copies the lines of `tape`, and the values of lines with at most `values` elements. Works for
// every tape, including empty ones and values that are not finite.
Listing list_lines(const Tape& tape, int values = 0);

// Checks the values of every line in order, and reports the first non-finite one.
Nonfinite first_nonfinite(const Tape& tape);

// The functions that follow copy a tape to a Listing and print it.
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
