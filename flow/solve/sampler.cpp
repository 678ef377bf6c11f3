#include "flow/solve/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "flow/path/predicted_field.h"
#include "flow/solve/bridge_sde.h"
#include "flow/solve/dpm_solver.h"
#include "flow/solve/edm_heun.h"
#include "flow/solve/integrate.h"
#include "flow/solve/sde.h"
#include "flow/solve/time_range.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Returns the options' parameterization with the prediction that the solver asks for: a velocity
// for an ODE, and otherwise what the model itself predicts.
Parameterization driven(const SamplerOptions& o) {
  Parameterization parameterization = o.parameterization;
  if (o.method == SamplingMethod::ode) parameterization.prediction = Prediction::velocity;
  return parameterization;
}

}  // namespace

std::unique_ptr<Driver> make_driver(const SamplerOptions& o, int rows, int dim) {
  switch (o.method) {
    case SamplingMethod::ode: break;
    case SamplingMethod::euler_maruyama:
      return std::make_unique<Sde>(Sde::Scheme::euler_maruyama, o.diffusion, o.parameterization,
                                   rows, dim);
    case SamplingMethod::stochastic_heun:
      return std::make_unique<Sde>(Sde::Scheme::stochastic_heun, o.diffusion, o.parameterization,
                                   rows, dim);
    case SamplingMethod::dpm_solver:
      return std::make_unique<DpmSolver>(o.parameterization, rows, dim);
    case SamplingMethod::edm_heun: return std::make_unique<EdmHeun>(o.parameterization, rows, dim);
    case SamplingMethod::bridge_sde:
      return std::make_unique<BridgeSde>(o.bridge_sigma, o.parameterization, rows, dim);
    case SamplingMethod::jumps: {
      SolverOptions euler;
      euler.tableau = &kEuler;
      euler.adaptive = false;
      euler.skips_failures = o.solver.skips_failures;
      euler.manifold = o.solver.manifold;
      return std::make_unique<Integrator>(euler, rows, dim);
    }
  }
  return std::make_unique<Integrator>(o.solver, rows, dim);
}

Sampler::Workspace::Workspace(const Field& field, int dim, const SamplerOptions& options, int saves)
    : evaluate(field, dim),
      driver(make_driver(options, kSamplerChunkRows, dim)),
      x(static_cast<std::size_t>(kSamplerChunkRows) * dim),
      saved(static_cast<std::size_t>(saves) * kSamplerChunkRows * dim),
      costs(kSamplerChunkRows) {
  if (options.label_of) {
    labels.resize(kSamplerChunkRows);
    asked.resize(kSamplerChunkRows);
  }
  if (options.denoise_last) {
    prediction.resize(x.size());
    samples.resize(kSamplerChunkRows);
    t.resize(kSamplerChunkRows);
  }
  rhs = [this, &options](std::span<const int> rows, const real* at, const double* times, real* dx) {
    options.check_interrupted();
    Labels of_rows;
    if (!labels.empty()) {
      for (std::size_t r = 0; r < rows.size(); ++r) asked[r] = labels[rows[r] - first];
      of_rows = {asked.data(), rows.size()};
    }
    evaluate(static_cast<int>(rows.size()), at, times, dx, of_rows);
  };
}

Sampler::Sampler(Field model, int dim, SamplerOptions options, Workers& workers, int saves)
    : dim_(dim),
      options_(std::move(options)),
      grid_(options_.times()),
      loop_(workers, kSamplerChunkRows) {
  check(bool(model), "sample", "no model is given");
  check(dim > 0, "sample", "points of ", dim, " numbers; give at least 1");
  check(saves == 0 || saves >= 2, "sample", saves,
        " points of a trajectory; give at least 2, or 0 for none");
  if (saves > 0) saves_ = evenly_saved(static_cast<int>(grid_.size()) - 1, saves);
  const Field field =
      options_.method == SamplingMethod::ode
          ? converted(std::move(model), options_.parameterization, Prediction::velocity)
          : std::move(model);
  loop_.make(field, dim, options_, saves);
}

template <class Fill>
SampleCost Sampler::run(int from, int n, real* out, real* trajectory, std::uint64_t seed,
                        Fill fill) {
  check(n >= 0, "sample", n, " samples asked for; give 0 or more");
  check(from >= 0 && from % kSamplerChunkRows == 0, "sample", "the samples begin at number ", from,
        "; begin at a multiple of ", kSamplerChunkRows);
  check(
      !trajectory || !saves_.empty(), "sample",
      "a trajectory is requested, but the sampler was made with saves = 0; set saves to the number of points");
  for (Workspace& workspace : loop_.workspaces()) workspace.driver->seed(seed);
  const RowTotals totals = loop_.count(n, [&](Workspace& workspace, int at, int rows) {
    workspace.first = from + at;
    integrate(workspace, at, rows, fill(workspace, at, rows), n, out, trajectory);
  });
  failures_ = totals.failures;
  return totals.cost;
}

// Integrates the first `integrated_rows` rows of workspace.x and copies the first `rows` of them to
// row `at` of the output.
void Sampler::integrate(Workspace& workspace, int at, int rows, int integrated_rows, int n,
                        real* out, real* trajectory) {
  const std::size_t d = static_cast<std::size_t>(dim_),
                    stride = static_cast<std::size_t>(kSamplerChunkRows) * d;
  SaveRequest saves;
  if (trajectory) saves = {saves_, workspace.saved.data(), stride};
  options_.labels_of(workspace.first, workspace.labels);
  workspace.evaluate.forget();
  try {
    drive(workspace, integrated_rows, saves);
  } catch (const IntegrationFailure& e) {
    if (workspace.evaluate.not_finite().empty()) throw;
    throw IntegrationFailure(e.what() + ("\n" + workspace.evaluate.not_finite()), e.sample, e.step,
                             e.t);
  }
  std::copy_n(workspace.x.data(), rows * d, out + at * d);
  for (std::size_t s = 0; s < saves.points.size(); ++s) {
    std::copy_n(saves.to + s * stride, rows * d, trajectory + (s * n + at) * d);
  }
  for (int r = 0; r < rows; ++r) workspace.cost.add(workspace.costs[r]);
}

void Sampler::drive(Workspace& workspace, int integrated_rows, const SaveRequest& saves) {
  workspace.driver->run(workspace.rhs, integrated_rows, grid_, workspace.x.data(), saves,
                        workspace.first);
  std::ranges::copy(workspace.driver->costs(), workspace.costs.begin());
  workspace.failures.add(workspace.driver->failures());
  if (options_.denoise_last) denoise(workspace, integrated_rows, saves);
}

// Replaces the points x and the last saved point of each trajectory by alpha(1) E[x1 | x], the step
// that SamplerOptions::denoise_last asks for.
void Sampler::denoise(Workspace& workspace, int integrated_rows, const SaveRequest& saves) {
  const Parameterization parameterization = driven(options_);
  const double t = grid_.back();
  const Conversion c = denoise_step(parameterization, parameterization.scheduler(t),
                                    {parameterization.scheduler(1).alpha, 0});
  const std::size_t size = static_cast<std::size_t>(integrated_rows) * dim_;
  if (c.b != 0) {
    workspace.samples.resize(integrated_rows);
    std::iota(workspace.samples.begin(), workspace.samples.end(), workspace.first);
    std::ranges::fill(workspace.t, t);
    workspace.rhs(workspace.samples, workspace.x.data(), workspace.t.data(),
                  workspace.prediction.data());
    for (int r = 0; r < integrated_rows; ++r) {
      ++workspace.costs[r].evaluations;
      ++workspace.costs[r].steps;
    }
  }
  const real a = static_cast<real>(c.a), b = static_cast<real>(c.b);
  for (std::size_t e = 0; e < size; ++e) {
    real& x = workspace.x[e];
    x = a * x + (b == 0 ? 0 : b * workspace.prediction[e]);
    if (!std::isfinite(x) && !options_.solver.skips_failures) {
      const int sample = workspace.first + static_cast<int>(e) / dim_,
                steps = workspace.costs[0].steps;
      throw IntegrationFailure("[integrate] the last step, at t=" + std::to_string(t) +
                                   ": the predicted data is not finite (sample " +
                                   std::to_string(sample) + ")",
                               sample, steps, t);
    }
  }
  if (saves.points.empty()) return;
  std::copy_n(workspace.x.data(), size, saves.to + (saves.points.size() - 1) * saves.stride);
}

SampleCost Sampler::sample(const Distribution& source, std::uint64_t seed, int n, real* out,
                           real* trajectory, int from) {
  check(source.dim() == dim_, "sample", "the source has dimension ", source.dim(),
        " and the field ", dim_);
  const bool onward = grid_.back() > grid_.front();
  check(options_.starts_on_path || !onward ||
            noise_alone(options_.parameterization.scheduler, grid_.front()),
        "sample", "the flow begins at t = ", grid_.front(), " on ",
        options_.parameterization.scheduler.name,
        ", where the path is not noise alone, but starts from the source; draw its start from the "
        "path (PathLaw) and set starts_on_path, or begin at t = 0");
  return run(from, n, out, trajectory, seed, [&](Workspace& workspace, int, int) {
    source.draw(sample_stream(seed), static_cast<std::uint32_t>(workspace.first), kSamplerChunkRows,
                workspace.x.data());
    if (options_.source_scale != 1) {
      const real scale = static_cast<real>(options_.source_scale);
      for (real& x : workspace.x) x *= scale;
    }
    return kSamplerChunkRows;
  });
}

Tensor Sampler::sample(const Distribution& source, std::uint64_t seed, int n) {
  check(n >= 0, "sample", n, " samples asked for; give 0 or more");
  Tensor out({n, dim_});
  sample(source, seed, n, out.data());
  return out;
}

SampleCost Sampler::transport(int n, real* x, real* trajectory, std::uint64_t seed, int from) {
  return run(from, n, x, trajectory, seed, [&](Workspace& workspace, int at, int rows) {
    std::copy_n(x + static_cast<std::size_t>(at) * dim_, static_cast<std::size_t>(rows) * dim_,
                workspace.x.data());
    return rows;
  });
}

std::vector<double> Sampler::save_times() const {
  std::vector<double> times;
  for (const SavePoint& p : saves_) times.push_back(time_of(p, grid_));
  if (options_.denoise_last && !times.empty()) times.back() = 1;
  return times;
}

}  // namespace pushforward::inline PF_REAL
