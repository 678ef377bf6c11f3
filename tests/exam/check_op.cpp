#include "tests/exam/check_op.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>

#include "tests/exam/random.h"

namespace pushforward::exam {
namespace {

using Vector = std::vector<double>;

// Collects the disagreements between different ways to compute one result.
class Report {
 public:
  std::vector<std::string> complaints;

  // Adds a disagreement unless a and b differ by at most `tolerance` times their largest element,
  // or times 1/8 if that is larger. NaN disagrees with everything.
  void compare(const char* what, const Vector& a, const Vector& b, double tolerance) {
    double size = 0.125;
    for (const double x : a) size = std::max(size, std::fabs(x));
    for (const double x : b) size = std::max(size, std::fabs(x));
    if (a.size() != b.size()) return complain(what, "lengths", a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!(std::fabs(a[i] - b[i]) <= tolerance * size)) return complain(what, "", a[i], b[i]);
    }
  }

  void complain(const char* what, const char* more, double a, double b) {
    std::ostringstream out;
    out.precision(17);
    out << what << ": " << more << (*more ? " " : "") << a << " and " << b;
    complaints.push_back(out.str());
  }
};

double dot(const Vector& a, const Vector& b, double* absolute = nullptr) {
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    total += a[i] * b[i];
    if (absolute) *absolute += std::fabs(a[i] * b[i]);
  }
  return total;
}

// Returns directions for the vector x of the numbers of all leaves: all unit vectors, or three
// random ones. Elements of a direction are 0 where `movable` is 0.
std::vector<Vector> make_probes(const Vector& movable, Probes kind, Draws& draws) {
  std::vector<Vector> probes;
  if (kind == Probes::every) {
    for (std::size_t i = 0; i < movable.size(); ++i) {
      if (movable[i] == 0) continue;
      probes.emplace_back(movable.size(), 0.0);
      probes.back()[i] = 1;
    }
    return probes;
  }
  for (int k = 0; k < 3; ++k) {
    probes.push_back(draws.vector(movable.size()));
    for (std::size_t i = 0; i < movable.size(); ++i) probes.back()[i] *= movable[i];
  }
  return probes;
}

void against_differences([[maybe_unused]] Report& r, [[maybe_unused]] const Question& q,
                         [[maybe_unused]] const Answers& a,
                         [[maybe_unused]] const std::vector<Vector>& probes,
                         [[maybe_unused]] const Tolerance& t) {
#if PUSHFORWARD_HAS_F128
  const Differences d = engine_f128.differences(q, probes);
  r.compare("value, double and __float128", a.value, d.value, t.value);
  r.compare("J u, forward sweep and differences", a.along, d.along, t.first);
  Vector slope, bending;
  for (const Vector& v : probes) {
    slope.push_back(dot(a.pulled, v));
    bending.push_back(dot(a.forward_over_reverse, v));
  }
  r.compare("J^T w, reverse sweep and differences", slope, d.slope, t.first);
  r.compare("H u, forward over reverse and differences", bending, d.bending, t.second);
#endif
}

void against_float(Report& r, const Question& q, const Answers& a, const Tolerance& t) {
  if (t.narrow == 0) return;
  const Answers narrow = engine_f32.answer(q, {});
  r.compare("value, float and double", narrow.value, a.value, t.narrow);
  r.compare("J u, float and double", narrow.along, a.along, t.narrow);
  r.compare("J^T w, float and double", narrow.pulled, a.pulled, t.narrow);
  r.compare("H u, float and double", narrow.forward_over_reverse, a.forward_over_reverse,
            t.narrow_second);
}

}  // namespace

std::vector<std::string> check_program(const Program& program, const std::vector<bool>& moves,
                                       std::uint64_t seed, Probes kind, const Tolerance& t,
                                       const Plant& plant) {
  Draws draws(seed);
  Vector movable;
  for (std::size_t k = 0; k < program.leaves.size(); ++k)
    movable.insert(movable.end(), program.leaves[k].values.size(), moves[k] ? 1.0 : 0.0);
  Vector direction = draws.vector(movable.size());
  for (std::size_t i = 0; i < movable.size(); ++i) direction[i] *= movable[i];
  const std::size_t outputs = engine_f64.run(program).back().values.size();
  const Question q{program, moves, draws.vector(outputs), direction};

  const Answers a = engine_f64.answer(q, plant);
  Report r;
  double terms = 0.125;
  const double forward = dot(q.weight, a.along, &terms), reverse = dot(a.pulled, direction, &terms);
  if (!(std::fabs(forward - reverse) <= t.transpose * terms))
    r.complain("<w, J u> and <J^T w, u>", "", forward, reverse);
  r.compare("H u, forward over reverse and reverse over reverse", a.forward_over_reverse,
            a.reverse_over_reverse, t.second);
  r.compare("H u, forward over reverse and reverse over forward", a.forward_over_reverse,
            a.reverse_over_forward, t.second);
  against_differences(r, q, a, make_probes(movable, kind, draws), t);
  against_float(r, q, a, t);
  return r.complaints;
}

std::vector<std::string> check_op(const Program& program, const Tolerance& tolerance,
                                  const Plant& plant) {
  std::vector<std::string> complaints;
  const std::size_t leaves = program.leaves.size();
  for (unsigned set = 1; set < 1U << leaves; ++set) {
    std::vector<bool> moves;
    bool possible = true;
    for (std::size_t k = 0; k < leaves; ++k) {
      moves.push_back((set >> k & 1U) != 0);
      possible = possible && !(moves[k] && program.leaves[k].fixed);
    }
    if (!possible) continue;
    for (const std::string& c :
         check_program(program, moves, 7 + set, Probes::every, tolerance, plant))
      complaints.push_back("moving set " + std::to_string(set) + ", " + c);
  }
  return complaints;
}

}  // namespace pushforward::exam
