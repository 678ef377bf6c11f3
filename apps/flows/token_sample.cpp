#include "apps/flows/token_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "apps/failure.h"
#include "apps/flows/token_data.h"
#include "apps/ranks/rows.h"
#include "apps/terminal/clock.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr const char* kTokenDtype = sizeof(real) == 4 ? "<f4" : "<f8";

void check_request(const SampleRequest& request, const TokenTraits& traits) {
  if (request.log_density)
    throw Failure(Exit::usage,
                  "[sample] --loglik has no meaning for tokens, whose ln p is not known; "
                  "write the samples and run `pushforward loglik` for a bound");
  if (request.tokens) check_tokens_asked("sample", traits);
}

}  // namespace

Samples sample_tokens(const Config& config, const SampleRequest& request) {
  RunTokens run = load_run_tokens(config, request);
  check_request(request, run.traits);
  std::vector<int> given;
  std::optional<int> letters;
  if (!request.given.empty()) {
    given = run.traits.given(request.given, request.free);
    if (classes_are_lengths(config, run.traits) && !run.shares.empty()) {
      letters = count_letters(run.traits, given)[0];
      if (static_cast<std::size_t>(*letters) >= run.shares.size() ||
          run.shares[static_cast<std::size_t>(*letters)] == 0)
        throw Failure(
            Exit::usage,
            fmt::format("[given] \"{}\" has {} letters, but the run's words have {} to {}; "
                        "give that many, including free ones",
                        request.given, *letters, first_class(run.shares), run.shares.size() - 1));
    }
  }
  run.condition(config, request, letters.has_value(), given);
  const TokenSamplerOptions options = run.options(config, request, letters);
  if (run.oracle && run.path.from_masks() && !given.empty()) {
    std::vector<int> state = given;
    std::replace(state.begin(), state.end(), -1, run.path.mask());
    if (std::isinf(run.oracle->log_probability(0.5, state)[0]))
      throw Failure(Exit::usage, fmt::format("[given] no sequence of the data fits \"{}\", "
                                             "so there is no exact posterior; leave --exact out",
                                             request.given));
  }
  if (request.labels && !options.label_of)
    throw Failure(
        Exit::usage,
        "[sample] --labels needs labels, but this run's network takes none; leave it out");
  const auto n = static_cast<std::size_t>(request.n), length = std::size_t(run.traits.length);
  std::vector<int> states(n * length), way(static_cast<std::size_t>(request.times) * n * length);
  Workers workers(request.threads);
  Samples samples;
  samples.notes = run.notes(options);
  const double start = seconds_now();
  TokenSampler sampler(run.posterior, run.path, run.traits.length, options, workers, request.times);
  std::vector<RowArray> arrays{rows_at(states.data(), length)};
  for (std::size_t at = 0; at < way.size(); at += states.size())
    arrays.push_back(rows_at(way.data() + at, length));
  const SampleCost cost =
      share_rows(request.ranks, workers, {request.n, options.chunk}, arrays, [&] {
        return RowsSolved{sampler.sample(request.seed, request.n, states.data(), run.source.get(),
                                         given, way.empty() ? nullptr : way.data())};
      }).cost;
  if (!has_rows(request.ranks)) return {};
  samples.seconds = seconds_now() - start;
  samples.nfe_mean = cost.mean();
  samples.nfe_max = cost.max_evaluations;
  samples.text = make_lines(run.traits, states);
  samples.points = run.traits.numeric() && !request.tokens
                       ? run.traits.points(states, kTokenDtype)
                       : run.traits.to_file(table_shape(run.traits, states), states);
  if (request.times > 0) {
    samples.trajectory = run.traits.to_file({std::size_t(request.times), n, length}, way);
    samples.times = sampler.save_times();
  }
  if (options.label_of) {
    samples.labels = {{n}, {}, "<i8"};
    for (int k = 0; k < request.n; ++k) samples.labels.values.push_back(options.label_of(k));
  }
  return samples;
}

}  // namespace pushforward::app::inline PF_REAL
