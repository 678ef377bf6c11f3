#include "flow/density/likelihood.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

constexpr int kDensityChunkRows = Chunks{}.size;

// Writes the starting states (a x, 0, ..., 0), of `width` numbers each, for the points x (rows, d).
void widen(const real* x, real a, int rows, int d, int width, real* state) {
  for (int r = 0; r < rows; ++r, x += d, state += width) {
    for (int j = 0; j < d; ++j) state[j] = a * x[j];
    std::fill(state + d, state + width, real(0));
  }
}

// Writes x (rows, d): the first d numbers of each state, which has `width` numbers, divided by a.
void narrow(const real* state, real a, int rows, int d, int width, real* x) {
  for (int r = 0; r < rows; ++r, x += d, state += width) {
    for (int j = 0; j < d; ++j) x[j] = state[j] / a;
  }
}

}  // namespace

Likelihood::Workspace::Workspace(const Field& field, int dim, const LikelihoodOptions& options)
    : rate(field, dim, options.divergence, kDensityChunkRows, options.label_of,
           options.probe_errors && options.divergence.probes > 1),
      integrator(options.solver, kDensityChunkRows, rate.width(), dim + 1),
      state(static_cast<std::size_t>(kDensityChunkRows) * rate.width()),
      x0(static_cast<std::size_t>(kDensityChunkRows) * dim),
      log_source(kDensityChunkRows) {
  rhs = [this, &options](std::span<const int> samples, const real* y, const double* t, real* dy) {
    options.check_interrupted();
    rate(samples, y, t, dy);
  };
}

Likelihood::Likelihood(Field field, DistributionPtr source, LikelihoodOptions options,
                       Workers& workers)
    : dim_((check(source != nullptr, "likelihood", "no source is given"), source->dim())),
      source_(std::move(source)),
      options_(std::move(options)),
      loop_(workers, kDensityChunkRows) {
  check(bool(field), "likelihood", "no field is given");
  if (!options_.grid.empty()) {
    check_grid(options_.grid);
    options_.begin = options_.grid.front();
    options_.end = options_.grid.back();
  }
  check(options_.begin < options_.end, "likelihood", "the source is at time ", options_.begin,
        " and data at ", options_.end, "; begin must be before end");
  check(options_.source_scale > 0 && std::isfinite(options_.source_scale), "likelihood",
        "source_scale is ", options_.source_scale, "; it must be positive and finite");
  check(options_.data_scale > 0 && std::isfinite(options_.data_scale), "likelihood",
        "data_scale is ", options_.data_scale, "; it must be positive and finite");
  check(source_->log_density(0, nullptr, nullptr), "likelihood",
        "the source has no density in closed form, and every log-density starts from it; "
        "take a gaussian or uniform source, or one that is a mixture");
  const bool given = !options_.grid.empty() && !options_.solver.adapts();
  const int steps = options_.solver.adapts() ? 1 : options_.steps;
  forth_ = given ? options_.grid : time_grid(steps, options_.begin, options_.end);
  back_ = given ? std::vector<double>(forth_.rbegin(), forth_.rend())
                : time_grid(steps, options_.end, options_.begin);
  log_source_scale_ = dim_ * std::log(options_.source_scale);
  log_data_scale_ = dim_ * std::log(options_.data_scale);
  loop_.make(field, dim_, options_);
  width_ = loop_.workspaces().front().rate.width();
}

double Likelihood::probe_error(const real* state) const {
  if (options_.divergence.by == DivergenceBy::exact) return 0;
  const int probes = width_ - dim_ - 1;
  if (probes < 2) return std::numeric_limits<double>::quiet_NaN();
  const real* l = state + dim_ + 1;
  double mean = 0, square = 0;
  for (int k = 0; k < probes; ++k) mean += static_cast<double>(l[k]) / probes;
  for (int k = 0; k < probes; ++k) square += std::pow(static_cast<double>(l[k]) - mean, 2);
  return std::sqrt(square / (static_cast<double>(probes) * (probes - 1)));
}

template <class Solve>
SampleCost Likelihood::run(int n, const Solve& solve) {
  check(n >= 0, "likelihood", n, " rows asked for; give 0 or more");
  const RowTotals totals = loop_.count(n, [&](Workspace& workspace, int first, int rows) {
    solve(workspace, first, rows);
    for (int r = 0; r < rows; ++r) workspace.cost.add(workspace.integrator.costs()[r]);
  });
  failures_ = totals.failures;
  return totals.cost;
}

// Solves the ODE for the rows of workspace.state, from the first to the last time of the grid.
void Likelihood::integrate(Workspace& workspace, int first, int rows,
                           const std::vector<double>& grid) {
  workspace.rate.start(first, rows);
  try {
    workspace.integrator.run(workspace.rhs, rows, grid, workspace.state.data(), {}, first);
    workspace.failures.add(workspace.integrator.failures());
  } catch (const IntegrationFailure& e) {
    if (workspace.rate.not_finite().empty()) throw;
    throw IntegrationFailure(e.what() + ("\n" + workspace.rate.not_finite()), e.sample, e.step,
                             e.t);
  }
}

// Writes to workspace.log_source the log-density of the points source_scale x0, for x0 in
// workspace.x0.
void Likelihood::log_source(Workspace& workspace, int rows) const {
  source_->log_density(rows, workspace.x0.data(), workspace.log_source.data());
  for (int r = 0; r < rows; ++r) workspace.log_source[r] -= log_source_scale_;
}

SampleCost Likelihood::log_density(int n, const real* x, double* log_density, real* latents,
                                   double* error, int begin) {
  check(begin >= 0 && begin % kDensityChunkRows == 0, "likelihood", "the first row is ", begin,
        "; it must be a multiple of ", kDensityChunkRows);
  const real source_scale = static_cast<real>(options_.source_scale),
             data_scale = static_cast<real>(options_.data_scale);
  const std::size_t d = static_cast<std::size_t>(dim_);
  return run(n, [&](Workspace& workspace, int first, int rows) {
    widen(x + first * d, data_scale, rows, dim_, width_, workspace.state.data());
    integrate(workspace, begin + first, rows, back_);
    narrow(workspace.state.data(), source_scale, rows, dim_, width_, workspace.x0.data());
    log_source(workspace, rows);
    // After the backward solve, the number l that follows the point in a row's state is ln p_0 - ln
    // p_1.
    for (int r = 0; r < rows; ++r) {
      const real* state = workspace.state.data() + static_cast<std::size_t>(r) * width_;
      log_density[first + r] =
          workspace.log_source[r] - static_cast<double>(state[d]) + log_data_scale_;
      if (error) error[first + r] = probe_error(state);
    }
    if (latents) std::copy_n(workspace.x0.data(), rows * d, latents + first * d);
  });
}

std::vector<double> Likelihood::log_density(const Tensor& x) {
  check(x.shape().rank == 2 && x.cols() == dim_, "likelihood", "points of shape ", x.shape(),
        " and a field of dimension ", dim_, "; points are (rows, dimension)");
  std::vector<double> out(static_cast<std::size_t>(x.rows()));
  log_density(x.rows(), x.data(), out.data());
  return out;
}

SampleCost Likelihood::sample(std::uint64_t seed, int n, real* out, double* log_density,
                              double* error) {
  const real source_scale = static_cast<real>(options_.source_scale),
             data_scale = static_cast<real>(options_.data_scale);
  const std::size_t d = static_cast<std::size_t>(dim_);
  return run(n, [&](Workspace& workspace, int first, int rows) {
    // Draws a whole chunk of rows, as Sampler does, even if fewer are wanted. The first rows of a
    // large sample therefore equal those of a small one, bit for bit.
    source_->draw(sample_stream(seed), static_cast<std::uint32_t>(first), kDensityChunkRows,
                  workspace.x0.data());
    log_source(workspace, kDensityChunkRows);
    widen(workspace.x0.data(), source_scale, kDensityChunkRows, dim_, width_,
          workspace.state.data());
    integrate(workspace, first, kDensityChunkRows, forth_);
    narrow(workspace.state.data(), data_scale, rows, dim_, width_, out + first * d);
    for (int r = 0; r < rows; ++r) {
      const real* state = workspace.state.data() + static_cast<std::size_t>(r) * width_;
      log_density[first + r] =
          workspace.log_source[r] + static_cast<double>(state[d]) + log_data_scale_;
      if (error) error[first + r] = probe_error(state);
    }
  });
}

}  // namespace pushforward::inline PF_REAL
