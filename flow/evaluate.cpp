#include "flow/evaluate.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/inspect/listing.h"
#include "flow/chunk_loop.h"

namespace pushforward::inline PF_REAL {

using detail::check;

void Evaluator::operator()(int rows, const real* x, const double* t, real* dx, Labels labels) {
  check(labels.empty() || labels.size() == static_cast<std::size_t>(rows), "field", labels.size(),
        " labels for ", rows, " points; give one label per point, or none");
  Scope scope(tape_);
  Pause pause(tape_);
  const Var xv = tape_.input({rows, dim_}, {x, static_cast<std::size_t>(rows) * dim_}, "x");
  std::span<real> times;
  const Var tv = tape_.uninitialised({rows, 1}, times, "t");
  for (int r = 0; r < rows; ++r) times[r] = static_cast<real>(t[r]);
  const Var u = field_(xv, tv, labels);
  check(u && u.shape() == xv.shape(), "field", "the velocity at points ", xv.shape(), " has shape ",
        u ? u.shape() : Shape{}, "; a field must return the shape of its points");
  const std::span<const real> values = u.values();
  std::ranges::copy(values, dx);
  if (not_finite_.empty() &&
      !std::ranges::all_of(values, [](real v) { return std::isfinite(v); })) {
    not_finite_ = first_nonfinite(tape_).text;
  }
}

Tensor evaluate_field(const Field& field, const Tensor& x, double t, Workers& workers,
                      Labels labels) {
  check(labels.empty() || labels.size() == static_cast<std::size_t>(x.rows()), "field",
        labels.size(), " labels for ", x.rows(), " points; give one label per point, or none");
  check(x.shape().rank == 2 && x.cols() > 0, "field", "points of shape ", x.shape(),
        "; points are (rows, dimension)");
  const int dim = x.cols();
  Tensor out(x.shape());
  const int chunk_rows = Chunks{}.size;
  const std::vector<double> times(static_cast<std::size_t>(chunk_rows), t);
  ChunkLoop<Evaluator> loop(workers, chunk_rows);
  loop.make(field, dim);
  loop.each(x.rows(), [&](Evaluator& evaluate, int first, int rows) {
    const std::size_t at = static_cast<std::size_t>(first) * dim;
    evaluate(rows, x.data() + at, times.data(), out.data() + at,
             labels.empty() ? labels : labels.subspan(first, rows));
  });
  return out;
}

}  // namespace pushforward::inline PF_REAL
