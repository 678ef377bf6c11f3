// Formulas for readers of the page: what each op computes, and what its derivative rules return.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"
#include "autograd/tape.h"

namespace pushforward::app::inline PF_REAL {

// The formulas of one op. The inputs are x, or a, b and c; y is the output, g its cotangent, and the
// tangent of an input is written with a dot.
struct OpFormula {
  const char* op;
  const char* value;  // "tanh(x)"
  const char* down;   // the cotangents that its inputs receive: "g * (1 - square(y))"
  const char* up;     // the tangent of y
};

// Returns the formulas of all ops (all_ops, autograd/ops.h). For the elementwise functions of one
// value, `value` and `down` can be run as programs (apps/page/program.h).
const std::vector<OpFormula>& op_formulas();

// Returns a JSON object with the formulas of the ops of the tape's first `lines` lines: for each
// name of an op, an array of value, down and up.
Json formulas_of(const Tape& tape, LineId lines);

}  // namespace pushforward::app::inline PF_REAL
