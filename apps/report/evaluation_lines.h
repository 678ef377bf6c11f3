// The numbers that `pushforward eval` measured, as lines with names and remarks.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// One number of a report. A name that begins with spaces belongs to the line above. `value` is "-"
// if the number could not be computed.
struct EvaluationLine {
  std::string name, value, remark;
};

// Returns the lines of a report of `pushforward eval` (eval.json). Throws std::runtime_error if it
// is no such report.
std::vector<EvaluationLine> evaluation_lines(const Json& report);

}  // namespace pushforward::app
