// Computes samples by several numbers of steps, and pairs of a batch with their paths.
#include <algorithm>
#include <array>

#include "apps/config/map_loss.h"
#include "apps/failure.h"
#include "apps/plot/data.h"
#include "apps/plot/no_picture.h"
#include "flow/solve/integrate.h"

namespace pushforward::app {
namespace {

// Calls find() and returns its result. If it fails because the run cannot be solved in this way,
// throws NoPicture with the reason.
template <class Find>
auto or_no_picture(const Find& find) {
  try {
    return find();
  } catch (const NoPicture&) {
    throw;
  } catch (const Failure& failure) {
    if (failure.code != Exit::usage) throw;
    throw NoPicture(Exit::usage, failure.what());
  } catch (const IntegrationFailure& failure) {
    throw NoPicture(Exit::diverged, failure.what());
  }
}

PairRequest pair_request(const PlotRequest& request, int n) {
  PairRequest pairs;
  static_cast<RunRequest&>(pairs) = request;
  pairs.seed = request.seed;
  pairs.n = std::min(request.n, n);
  return pairs;
}

}  // namespace

bool draws_jumps(const Config& config, const PlotRequest& request) {
  return !of_tokens(config) && learns_map(config) && !request.exact &&
         config.string("/sampler/path/type") == "own" &&
         request.guidance.value_or(config.number("/sampler/guidance/scale")) == 0;
}

StepSets find_steps(const Engine& engine, const Config& config, const PlotRequest& request) {
  return or_no_picture([&] {
    StepSets found;
    SampleRequest sample;
    static_cast<RunRequest&>(sample) = request;
    sample.seed = request.seed;
    sample.n = std::min(request.n, 2000);
    const bool jumps = draws_jumps(config, request);
    for (const int steps : jumps ? std::array{1, 2, 4, 8} : std::array{1, 2, 4, 16}) {
      sample.solver = jumps ? "jumps" : "euler";
      sample.steps = steps;
      const std::string word = jumps ? " jump" : " step";
      found.sets.push_back({std::to_string(steps) + word + (steps == 1 ? "" : "s"),
                            as_points(engine.sample(config, sample).points)});
    }
    sample.solver = "dopri5";
    sample.steps.reset();
    sample.rtol = sample.atol = 1e-5;
    sample.times = 2;
    const Samples exact = engine.sample(config, sample);
    found.sets.push_back({"dopri5", as_points(exact.points)});
    found.starts = points_at(as_trajectories(exact.trajectory, exact.times), exact.times.front());
    return found;
  });
}

PathSets find_paths(const Engine& engine, const Config& config, const PlotRequest& request) {
  return or_no_picture([&] {
    PairRequest wanted = pair_request(request, 80);
    wanted.times = 61;
    const BatchPairs pairs = engine.pairs(config, wanted);
    PathSets found{as_trajectories(pairs.conditional, pairs.times),
                   as_trajectories(pairs.marginal, pairs.times)};
    found.conditional.names = found.marginal.names = pairs.x1.names;
    return found;
  });
}

std::array<PairedPoints, 2> find_pairs(const Engine& engine, const Config& config,
                                       const PlotRequest& request) {
  return or_no_picture([&] {
    PairRequest wanted = pair_request(request, 150);
    const auto draw = [&](const std::string& name) {
      const BatchPairs pairs = engine.pairs(config, wanted);
      return PairedPoints{name, as_points(pairs.x0), as_points(pairs.x1)};
    };
    std::array<PairedPoints, 2> found{draw(config.string("/coupling/type")), PairedPoints{}};
    wanted.independent = true;
    found[1] = draw("independent");
    return found;
  });
}

}  // namespace pushforward::app
