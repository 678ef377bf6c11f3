// Small programs of the engine's ops that a reader of the page writes, differentiates and compares
// with differences.
#pragma once

#include <string>

#include "apps/page/message.h"
#include "autograd/tape.h"

namespace pushforward::app::inline PF_REAL {

// A program has one statement per line, NAME = EXPRESSION, and comments after #. A statement whose
// right side is a number, a row of numbers [1, 2] or a matrix [1, 2; 3, 4] makes an input. Any other
// statement computes a value with + - * / and the functions of autograd/ops.h that
// program_functions lists. The value of the last statement is the result y.
//
// `answer_program` answers the question {"ask": "program", "text": TEXT}, with two optional keys.
// "along" is the name of the only input that moves in the tangents' direction; without it all
// inputs move. "h" is the step of the differences, 0.01 by default. The answer has
//
//   tape        the lines of the tape, as `pushforward inspect --format json` lists them
//   names       for each line of the tape, the name that the program gives its value, or ""
//   text_lines  for each line of the tape, the line of the text that recorded it, from 1
//   result      the line of y; the derivatives are those of the sum of its elements
//   value_K, cotangent_K, tangent_K  for each line K of the tape; without the last two where the
//               derivative is 0 everywhere
//   difference_K  for each input: (sum y(x + h) - sum y(x - h)) / 2h for each of its elements
//   apart       the largest |cotangent - difference| / max(1, |cotangent|) over all inputs
//   steps, errors  the same number for other steps h
//
// Throws Failure (exit 2) that names the line of the text and the word that is wrong.
PageMessage answer_program(const Json& question);

// Returns the names of the functions that a program can call.
std::vector<std::string> program_functions();

// The value of a program's last statement, on the given tape. Throws as `answer_program` does.
Var run_program(const std::string& text, Tape& tape);

}  // namespace pushforward::app::inline PF_REAL
