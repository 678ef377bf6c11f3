// Putting a program on a tape: how each op is called from the data of a step.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "autograd/tape.h"
#include "tests/exam/engine.h"

namespace pushforward::inline PF_REAL {

// The values of a program on a tape.
struct Replay {
  std::vector<Var> leaves, steps;
  std::vector<std::vector<real>> stopped;  // what each stop_gradient let through, in order

  Var output() const { return steps.empty() ? leaves.back() : steps.back(); }
};

// An op record with a wrong rule, to be used in place of the right one.
class Planted {
 public:
  Planted(const std::string& op, exam::Wrong what);
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;
  // v, or the same op of the same inputs again under the wrong record, if v is of the op to spoil.
  Var spoil(Var v) const;

 private:
  const Op* right_ = nullptr;
  Op wrong_{};
};

// Puts the program on the tape with x in its leaves, one leaf after the other; x must outlive the
// tape's lines. With `stopped` (see Replay), stop_gradient gives those numbers, whatever its input.
Replay replay(Tape& tape, const exam::Program& program, std::span<const real> x,
              std::span<const std::vector<real>> stopped = {}, const Planted* planted = nullptr);

}  // namespace pushforward::inline PF_REAL
