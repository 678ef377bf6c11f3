#include "flow/solve/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "flow/path/predicted_field.h"
#include "flow/solve/dpm_solver.h"
#include "flow/solve/edm_heun.h"
#include "flow/solve/integrate.h"
#include "flow/solve/sde.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr int kChunkRows = Chunks{}.size;

// What the driver's right-hand side answers.
Meaning driven(const SamplerOptions& o) {
  Meaning meaning = o.meaning;
  if (o.method == Method::ode) meaning.prediction = Prediction::velocity;
  return meaning;
}

}  // namespace

std::unique_ptr<Driver> make_driver(const SamplerOptions& o, int rows, int dim) {
  switch (o.method) {
    case Method::ode: break;
    case Method::euler_maruyama:
      return std::make_unique<Sde>(Sde::Scheme::euler_maruyama, o.diffusion, o.meaning, rows, dim);
    case Method::stochastic_heun:
      return std::make_unique<Sde>(Sde::Scheme::stochastic_heun, o.diffusion, o.meaning, rows, dim);
    case Method::dpm_solver: return std::make_unique<DpmSolver>(o.meaning, rows, dim);
    case Method::edm_heun: return std::make_unique<EdmHeun>(o.meaning, rows, dim);
  }
  return std::make_unique<Integrator>(o.solver, rows, dim);
}

Sampler::Lane::Lane(const Field& field, int dim, const SamplerOptions& options, int saves)
    : evaluate(field, dim),
      driver(make_driver(options, kChunkRows, dim)),
      x(static_cast<std::size_t>(kChunkRows) * dim),
      saved(static_cast<std::size_t>(saves) * kChunkRows * dim),
      costs(kChunkRows) {
  if (options.label_of) {
    labels.resize(kChunkRows);
    asked.resize(kChunkRows);
  }
  if (options.denoise_last) {
    prediction.resize(x.size());
    samples.resize(kChunkRows);
    t.resize(kChunkRows);
  }
  rhs = [this, &interrupted = options.interrupted](std::span<const int> rows, const real* at,
                                                   const double* times, real* dx) {
    if (interrupted && interrupted()) throw SamplingInterrupted();
    Labels of_rows;
    if (!labels.empty()) {
      for (std::size_t r = 0; r < rows.size(); ++r) asked[r] = labels[rows[r] - first];
      of_rows = {asked.data(), rows.size()};
    }
    evaluate(static_cast<int>(rows.size()), at, times, dx, of_rows);
  };
}

Sampler::Sampler(Field model, int dim, SamplerOptions options, Workers& workers, int saves)
    : dim_(dim), options_(std::move(options)), workers_(workers), grid_(options_.times()) {
  check(bool(model), "sample", "no model is given");
  check(dim > 0, "sample", "points of ", dim, " numbers; give at least 1");
  check(saves == 0 || saves >= 2, "sample", saves,
        " points of a trajectory; give at least 2, or 0 for none");
  if (saves > 0) saves_ = evenly_saved(static_cast<int>(grid_.size()) - 1, saves);
  const Field field = options_.method == Method::ode
                          ? converted(std::move(model), options_.meaning, Prediction::velocity)
                          : std::move(model);
  for (int w = 0; w < workers.threads(); ++w)
    lanes_.push_back(std::make_unique<Lane>(field, dim, options_, saves));
}

template <class Fill>
SampleCost Sampler::run(int n, real* out, real* trajectory, std::uint64_t seed, Fill fill) {
  check(n >= 0, "sample", n, " samples asked for; give 0 or more");
  check(!trajectory || !saves_.empty(), "sample",
        "a trajectory is asked of a sampler made without saves; say how many points");
  for (auto& lane : lanes_) {
    lane->cost = {};
    lane->driver->seed(seed);
  }
  const Chunks chunks{n, kChunkRows};
  workers_.run(chunks.count(), [&](int i, int worker) {
    const int first = chunks.begin(i), rows = chunks.rows_of(i);
    Lane& lane = *lanes_[worker];
    carry(lane, first, rows, fill(lane, first, rows), n, out, trajectory);
  });
  SampleCost total;
  for (auto& lane : lanes_) total.add(lane->cost);
  return total;
}

// Solves for `carried` rows of lane.x and hands out the first `rows` of them.
void Sampler::carry(Lane& lane, int first, int rows, int carried, int n, real* out,
                    real* trajectory) {
  const std::size_t d = static_cast<std::size_t>(dim_),
                    stride = static_cast<std::size_t>(kChunkRows) * d;
  Saves saves;
  if (trajectory) saves = {saves_, lane.saved.data(), stride};
  lane.first = first;
  for (std::size_t r = 0; r < lane.labels.size(); ++r)
    lane.labels[r] = options_.label_of(first + static_cast<int>(r));
  lane.evaluate.forget();
  try {
    drive(lane, carried, saves);
  } catch (const IntegrationFailure& e) {
    if (lane.evaluate.not_finite().empty()) throw;
    throw IntegrationFailure(e.what() + ("\n" + lane.evaluate.not_finite()), e.sample, e.step, e.t);
  }
  std::copy_n(lane.x.data(), rows * d, out + first * d);
  for (std::size_t s = 0; s < saves.points.size(); ++s) {
    std::copy_n(saves.to + s * stride, rows * d, trajectory + (s * n + first) * d);
  }
  for (int r = 0; r < rows; ++r) lane.cost.add(lane.costs[r]);
}

void Sampler::drive(Lane& lane, int carried, const Saves& saves) {
  lane.driver->run(lane.rhs, carried, grid_, lane.x.data(), saves, lane.first);
  std::ranges::copy(lane.driver->costs(), lane.costs.begin());
  if (options_.denoise_last) denoise(lane, carried, saves);
}

// x becomes alpha(1) E[x1 | x]; so does the last saved point.
void Sampler::denoise(Lane& lane, int carried, const Saves& saves) {
  const Meaning meaning = driven(options_);
  const double t = grid_.back();
  const Conversion c = denoise_step(meaning, meaning.scheduler(t), {meaning.scheduler(1).alpha, 0});
  const std::size_t size = static_cast<std::size_t>(carried) * dim_;
  if (c.b != 0) {
    lane.samples.resize(carried);
    std::iota(lane.samples.begin(), lane.samples.end(), lane.first);
    std::ranges::fill(lane.t, t);
    lane.rhs(lane.samples, lane.x.data(), lane.t.data(), lane.prediction.data());
    for (int r = 0; r < carried; ++r) {
      ++lane.costs[r].evaluations;
      ++lane.costs[r].steps;
    }
  }
  const real a = static_cast<real>(c.a), b = static_cast<real>(c.b);
  for (std::size_t e = 0; e < size; ++e) {
    real& x = lane.x[e];
    x = a * x + (b == 0 ? 0 : b * lane.prediction[e]);
    if (!std::isfinite(x)) {
      const int sample = lane.first + static_cast<int>(e) / dim_, steps = lane.costs[0].steps;
      throw IntegrationFailure("[integrate] the last step, at t=" + std::to_string(t) +
                                   ": the data predicted is not finite (sample " +
                                   std::to_string(sample) + ")",
                               sample, steps, t);
    }
  }
  if (saves.points.empty()) return;
  std::copy_n(lane.x.data(), size, saves.to + (saves.points.size() - 1) * saves.stride);
}

SampleCost Sampler::sample(const Distribution& source, std::uint64_t seed, int n, real* out,
                           real* trajectory) {
  check(source.dim() == dim_, "sample", "the source has dimension ", source.dim(),
        " and the field ", dim_);
  return run(n, out, trajectory, seed, [&](Lane& lane, int first, int) {
    source.draw(sample_stream(seed), static_cast<std::uint32_t>(first), kChunkRows, lane.x.data());
    if (options_.source_scale != 1) {
      const real scale = static_cast<real>(options_.source_scale);
      for (real& x : lane.x) x *= scale;
    }
    return kChunkRows;
  });
}

Tensor Sampler::sample(const Distribution& source, std::uint64_t seed, int n) {
  Tensor out({n, dim_});
  sample(source, seed, n, out.data());
  return out;
}

SampleCost Sampler::transport(int n, real* x, real* trajectory, std::uint64_t seed) {
  return run(n, x, trajectory, seed, [&](Lane& lane, int first, int rows) {
    std::copy_n(x + static_cast<std::size_t>(first) * dim_, static_cast<std::size_t>(rows) * dim_,
                lane.x.data());
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
