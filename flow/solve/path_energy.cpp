#include "flow/solve/path_energy.h"

#include <algorithm>
#include <cmath>

#include "flow/evaluate.h"
#include "flow/path/predicted_field.h"
#include "flow/solve/integrate.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

constexpr int kEnergyChunkRows = Chunks{}.size;

// The workspace of one thread. The state that it integrates is a point and one more number, the
// energy (the integral of |v|^2 dt for the velocity v) so far.
struct EnergyWorkspace : RowTotals {
  EnergyWorkspace(const Field& field, int points_dim, double forward, const SamplerOptions& options)
      : dim(points_dim),
        evaluate(field, dim),
        integrator(options.solver, kEnergyChunkRows, dim + 1),
        state(static_cast<std::size_t>(kEnergyChunkRows) * (dim + 1)),
        x(static_cast<std::size_t>(kEnergyChunkRows) * dim),
        v(x.size()),
        labels(options.label_of ? kEnergyChunkRows : 0) {
    rhs = [this, forward, &options](std::span<const int> rows, const real* at, const double* t,
                                    real* slope) {
      options.check_interrupted();
      const int n = static_cast<int>(rows.size());
      Labels of_rows;
      if (options.label_of) {
        for (int r = 0; r < n; ++r) labels[r] = options.label_of(rows[r]);
        of_rows = {labels.data(), rows.size()};
      }
      for (int r = 0; r < n; ++r) std::copy_n(at + r * (dim + 1), dim, x.data() + r * dim);
      evaluate(n, x.data(), t, v.data(), of_rows);
      for (int r = 0; r < n; ++r) {
        double squared = 0;
        for (int k = 0; k < dim; ++k) {
          slope[r * (dim + 1) + k] = v[r * dim + k];
          squared += static_cast<double>(v[r * dim + k]) * static_cast<double>(v[r * dim + k]);
        }
        slope[r * (dim + 1) + dim] = static_cast<real>(forward * squared);
      }
    };
  }
  int dim;
  Evaluator evaluate;
  Integrator integrator;
  AlignedVector<real> state, x, v;
  std::vector<int> labels;
  Rhs rhs;
};

}  // namespace

PathMeasures measure_paths(const Field& model, const Tensor& x0, const SamplerOptions& options,
                           Workers& workers, Tensor* x1) {
  const int n = x0.rows(), dim = x0.cols(), width = dim + 1;
  check(n > 0 && dim > 0, "path energy", "starting points of shape ", x0.shape(),
        "; at least one is needed");
  check(bool(model), "path energy", "no model is given");
  check(options.method == SamplingMethod::ode, "path energy", name_of(options.method),
        " does not integrate a velocity; use an ODE solver");
  if (x1) *x1 = Tensor(x0.shape());
  const std::vector<double> grid = options.times();
  const double span = std::abs(grid.back() - grid.front());
  const Field field = converted(model, options.parameterization, Prediction::velocity);
  ChunkLoop<EnergyWorkspace> loop(workers, kEnergyChunkRows);
  loop.make(field, dim, grid.back() > grid.front() ? 1 : -1, options);
  const int chunks = Chunks{n, kEnergyChunkRows}.count();
  std::vector<double> energy(chunks), straightness(chunks);
  const RowTotals totals = loop.count(n, [&](EnergyWorkspace& workspace, int first, int rows) {
    const int c = first / kEnergyChunkRows;
    const real* start = x0.data() + static_cast<std::size_t>(first) * dim;
    for (int r = 0; r < rows; ++r) {
      std::copy_n(start + r * dim, dim, workspace.state.data() + r * width);
      workspace.state[r * width + dim] = 0;
    }
    workspace.integrator.run(workspace.rhs, rows, grid, workspace.state.data(), {}, first);
    for (int r = 0; r < rows; ++r) {
      const real* end = workspace.state.data() + r * width;
      double moved = 0;  // |x1 - x0|^2
      for (int k = 0; k < dim; ++k) {
        const double gap = static_cast<double>(end[k]) - static_cast<double>(start[r * dim + k]);
        moved += gap * gap;
      }
      // Over the time span T, the integral of v is x1 - x0, so the integral of |(x1 - x0) / T -
      // v|^2 is the energy minus |x1 - x0|^2 / T. It is not negative (Cauchy-Schwarz) except for
      // round-off.
      energy[c] += static_cast<double>(end[dim]);
      straightness[c] += std::max(0., static_cast<double>(end[dim]) - moved / span);
      if (x1) std::copy_n(end, dim, x1->data() + static_cast<std::size_t>(first + r) * dim);
      workspace.cost.add(workspace.integrator.costs()[r]);
    }
  });
  PathMeasures measures{.cost = totals.cost};
  for (int c = 0; c < chunks; ++c) {
    measures.energy += energy[c] / n;
    measures.straightness += straightness[c] / n;
  }
  return measures;
}

}  // namespace pushforward::inline PF_REAL
