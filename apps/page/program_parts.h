// Records a small program, given as text, on a tape. One element of an input can be moved.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "autograd/tape.h"

namespace pushforward::app::inline PF_REAL {

// An element of one input of a program that moves by `by`.
struct Nudge {
  int input = -1;  // the number of the input, or -1 for none
  std::size_t element = 0;
  double by = 0;
};

// The values of a program on a tape.
struct ProgramValues {
  std::vector<Var> inputs{};
  std::vector<std::string> input_names{};
  std::map<LineId, std::string> names{};  // the names that statements gave to lines of the tape
  std::vector<int> text_lines{};          // for each line of the tape, the line of the text, from 1
  Var result{};
};

// Runs the program on the tape. Throws Failure (exit 2).
ProgramValues record_program(const std::string& text, Tape& tape, const Nudge& nudge = {});

}  // namespace pushforward::app::inline PF_REAL
