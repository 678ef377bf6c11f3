#include "flow/evaluate.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>

namespace pushforward::inline PF_REAL {

Var Evaluator::evaluate(int rows, const real* x, const double* t) {
  const Var xv = tape_.input({rows, dim_}, {x, static_cast<std::size_t>(rows) * dim_}, "x");
  std::span<real> times;
  const Var tv = tape_.uninitialised({rows, 1}, times, "t");
  for (int r = 0; r < rows; ++r) times[r] = static_cast<real>(t[r]);
  const Var u = field_(xv, tv);
  check(u && u.shape() == xv.shape(), "field", "the velocity at points ", xv.shape(), " has shape ",
        u ? u.shape() : Shape{}, "; a field keeps the shape of its points");
  return u;
}

void Evaluator::operator()(int rows, const real* x, const double* t, real* dx) {
  Scope scope(tape_);
  Pause pause(tape_);
  std::ranges::copy(evaluate(rows, x, t).values(), dx);
}

std::string Evaluator::first_not_finite(int rows, const real* x, const double* t) {
  Scope scope(tape_);
  evaluate(rows, x, t);
  for (Id id = 0; id < tape_.size(); ++id) {
    const Line& line = tape_.line(id);
    const real* end = line.value + line.shape.size();
    if (std::all_of(line.value, end, [](real v) { return std::isfinite(v); })) continue;
    std::ostringstream out;
    out << "line #" << id << ' ' << line.op->name;
    if (line.label) out << " of " << line.label;
    if (line.attr.name) out << " \"" << line.attr.name << '"';
    if (line.file) out << ", recorded at " << line.file << ':' << line.file_line;
    return out.str();
  }
  return {};
}

Tensor velocity(const Field& field, const Tensor& x, double t, Workers& workers) {
  const int dim = x.cols();
  Tensor out(x.shape());
  const Chunks chunks{x.rows()};
  std::vector<std::unique_ptr<Evaluator>> evaluators;
  for (int w = 0; w < workers.threads(); ++w)
    evaluators.push_back(std::make_unique<Evaluator>(field, dim));
  const std::vector<double> times(chunks.size, t);
  workers.run(chunks.count(), [&](int i, int worker) {
    const std::size_t at = static_cast<std::size_t>(chunks.begin(i)) * dim;
    (*evaluators[worker])(chunks.rows_of(i), x.data() + at, times.data(), out.data() + at);
  });
  return out;
}

}  // namespace pushforward::inline PF_REAL
