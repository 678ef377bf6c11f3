// Records a program on a tape by applying the record of the op of each step.
#pragma once

#include <span>
#include <vector>

#include "autograd/tape.h"
#include "tests/exam/engine.h"

namespace pushforward::inline PF_REAL {

// The values of a program on a tape.
struct Replay {
  std::vector<Var> leaves, steps;
  std::vector<std::vector<real>> stopped;  // the output of each stop_gradient, in order

  Var output() const { return steps.empty() ? leaves.back() : steps.back(); }
};

// An op record with a planted error, which replaces the right record.
class Planted {
 public:
  Planted(const std::string& op, exam::Wrong what);
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;
  // Returns the record to apply: `op`, or the wrong record if `op` is the one with the error.
  const Op& instead_of(const Op& op) const { return &op == right_ ? wrong_ : op; }

 private:
  const Op* right_ = nullptr;
  Op wrong_{};
};

// Records the program. Its leaves have the numbers x, one leaf after the other. x must outlive the
// lines of the tape. If `stopped` is given (see Replay), the calls of stop_gradient return its
// numbers.
Replay replay(Tape& tape, const exam::Program& program, std::span<const real> x,
              std::span<const std::vector<real>> stopped = {}, const Planted* planted = nullptr);

}  // namespace pushforward::inline PF_REAL
