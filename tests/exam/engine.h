// The engine as the examination sees it: the same questions put to the float, the double and the
// __float128 build, answered in doubles.
//
// y = f(x) is a program's output, x all its leaves one after the other, w a weight for each element
// of y, u a direction for x. The loss is <w, y>, H its Hessian in x.
#pragma once

#include <string>
#include <vector>

#include "tests/exam/program.h"

namespace pushforward::exam {

// What is asked about a program. `moves` says which leaves move; u is 0 where a leaf does not.
struct Question {
  const Program& program;
  std::vector<bool> moves;
  std::vector<double> weight;
  std::vector<double> direction;
};

// What the sweeps say. Vectors in x have an element for each of x, 0 where a leaf does not move.
struct Answers {
  std::vector<double> value;                 // y
  std::vector<double> along;                 // J u, by the forward sweep
  std::vector<double> pulled;                // J^T w, by the reverse sweep
  std::vector<double> forward_over_reverse;  // H u, three ways
  std::vector<double> reverse_over_reverse;
  std::vector<double> reverse_over_forward;
};

// What central differences of values alone say, in each probe v.
struct Differences {
  std::vector<double> value;    // y
  std::vector<double> along;    // J u
  std::vector<double> slope;    // <w, J v>, one a probe
  std::vector<double> bending;  // v^T H u, one a probe
};

// A rule made wrong by 0.1 % on purpose.
enum class Wrong {
  nothing,
  vjp,     // only what the reverse sweep uses
  jvp,     // only what the forward sweep uses
  both,    // both by the same factor, so that they still agree with each other
  second,  // right, but a constant: its own derivative is lost
};
struct Plant {
  std::string op;
  Wrong what = Wrong::nothing;
};

struct ExamEngine {
  // All values of the program, leaves first.
  std::vector<Leaf> (*run)(const Program&);
  Answers (*answer)(const Question&, const Plant&);
  Differences (*differences)(const Question&, const std::vector<std::vector<double>>& probes);
  // The names of all_ops(), in order.
  std::vector<std::string> (*op_names)();
  // Those that nothing moves through: leaves, and ops whose record says so by `no_vjp`.
  std::vector<std::string> (*flat_ops)();
};

extern const ExamEngine engine_f32, engine_f64;
#if PUSHFORWARD_HAS_F128
extern const ExamEngine engine_f128;
#endif

}  // namespace pushforward::exam
