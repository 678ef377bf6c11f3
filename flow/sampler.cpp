#include "flow/sampler.h"

#include <algorithm>
#include <utility>

namespace pushforward::inline PF_REAL {
namespace {

constexpr int kChunkRows = Chunks{}.size;

}  // namespace

Sampler::Lane::Lane(const Field& field, int dim, const SamplerOptions& options, int saves)
    : evaluate(field, dim),
      integrator(options.solver, kChunkRows, dim),
      x(static_cast<std::size_t>(kChunkRows) * dim),
      saved(static_cast<std::size_t>(saves) * kChunkRows * dim) {
  rhs = [this, &interrupted = options.interrupted](std::span<const int> rows, const real* at,
                                                   const double* t, real* dx) {
    if (interrupted && interrupted()) throw SamplingInterrupted();
    evaluate(static_cast<int>(rows.size()), at, t, dx);
  };
}

Sampler::Sampler(Field field, int dim, SamplerOptions options, Workers& workers, int saves)
    : dim_(dim), options_(std::move(options)), workers_(workers) {
  check(options_.begin != options_.end, "sample", "begin and end are both ", options_.begin,
        "; noise is at time 0 and data at time 1");
  check(saves == 0 || saves >= 2, "sample", saves,
        " points of a trajectory; give at least 2, or 0 for none");
  const int steps = options_.solver.adaptive ? 1 : options_.steps;
  grid_ = time_grid(steps, options_.begin, options_.end);
  if (saves > 0) saves_ = evenly_saved(steps, saves);
  for (int w = 0; w < workers.threads(); ++w)
    lanes_.push_back(std::make_unique<Lane>(field, dim, options_, saves));
}

template <class Fill>
SampleCost Sampler::run(int n, real* out, real* trajectory, Fill fill) {
  check(n >= 0, "sample", n, " samples asked for; give 0 or more");
  check(!trajectory || !saves_.empty(), "sample",
        "a trajectory is asked of a sampler made without saves; say how many points");
  for (auto& lane : lanes_) lane->cost = {};
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
  lane.evaluate.forget();
  try {
    lane.integrator.run(lane.rhs, carried, grid_, lane.x.data(), saves, first);
  } catch (const IntegrationFailure& e) {
    if (lane.evaluate.not_finite().empty()) throw;
    throw IntegrationFailure(e.what() + ("\n" + lane.evaluate.not_finite()), e.sample, e.step, e.t);
  }
  std::copy_n(lane.x.data(), rows * d, out + first * d);
  for (std::size_t s = 0; s < saves.points.size(); ++s) {
    std::copy_n(saves.to + s * stride, rows * d, trajectory + (s * n + first) * d);
  }
  for (int r = 0; r < rows; ++r) lane.cost.add(lane.integrator.costs()[r]);
}

SampleCost Sampler::sample(const Distribution& source, std::uint64_t seed, int n, real* out,
                           real* trajectory) {
  check(source.dim() == dim_, "sample", "the source has dimension ", source.dim(),
        " and the field ", dim_);
  return run(n, out, trajectory, [&](Lane& lane, int first, int) {
    source.draw(sample_stream(seed), static_cast<std::uint32_t>(first), kChunkRows, lane.x.data());
    return kChunkRows;
  });
}

Tensor Sampler::sample(const Distribution& source, std::uint64_t seed, int n) {
  Tensor out({n, dim_});
  sample(source, seed, n, out.data());
  return out;
}

SampleCost Sampler::transport(int n, real* x, real* trajectory) {
  return run(n, x, trajectory, [&](Lane& lane, int first, int rows) {
    std::copy_n(x + static_cast<std::size_t>(first) * dim_, static_cast<std::size_t>(rows) * dim_,
                lane.x.data());
    return rows;
  });
}

std::vector<double> Sampler::save_times() const {
  std::vector<double> times;
  for (const SavePoint& p : saves_) {
    const double begin = grid_[p.index];
    times.push_back(p.fraction == 0 ? begin : begin + p.fraction * (grid_[p.index + 1] - begin));
  }
  return times;
}

}  // namespace pushforward::inline PF_REAL
