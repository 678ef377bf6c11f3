#include "apps/token_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "apps/clock.h"
#include "apps/failure.h"
#include "apps/interrupt.h"
#include "apps/trained_run.h"
#include "flow/token_likelihood.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr const char* kDtype = sizeof(real) == 4 ? "<f4" : "<f8";

std::size_t rows_of(const TokenTraits& traits, std::span<const int> flat) {
  return flat.size() / static_cast<std::size_t>(traits.length);
}
std::vector<std::size_t> table_shape(const TokenTraits& traits, std::span<const int> flat) {
  return {rows_of(traits, flat), static_cast<std::size_t>(traits.length)};
}

std::vector<std::string> lines_of(const TokenTraits& traits, std::span<const int> flat) {
  std::vector<std::string> lines;
  for (std::size_t k = 0; k < rows_of(traits, flat); ++k)
    lines.push_back(traits.text(flat.subspan(k * std::size_t(traits.length), traits.length)));
  return lines;
}

NdArray whole_numbers(const std::vector<int>& values) {
  return {{values.size()}, {values.begin(), values.end()}, "<i8"};
}

// --tokens asks for tokens in the place of points.
void check_tokens_asked(const char* verb, const TokenTraits& traits) {
  if (!traits.numeric())
    throw Failure(Exit::usage,
                  fmt::format("[{}] --tokens is for quantized data, which can be written as points "
                              "too; this run's ({}) is tokens anyway; leave it out",
                              verb, traits.data));
}

void check_request(const SampleRequest& request, const TokenTraits& traits) {
  if (request.log_density)
    throw Failure(Exit::usage,
                  "[sample] --loglik: tokens carry no density along their way; write the samples "
                  "and ask `pushforward loglik` for the bound");
  if (request.tokens) check_tokens_asked("sample", traits);
}

// What a bound does not look at.
void check_bound(const DensityRequest& request, const NdArray& points) {
  if (request.gradient)
    throw Failure(Exit::usage, "[loglik] --gradient: tokens are no numbers to move; leave it out");
  if (request.solver || request.steps || request.rtol || request.atol || request.temperature ||
      request.top_p || request.divergence.by != "auto" || request.divergence.probes != 1)
    throw Failure(Exit::usage,
                  "[loglik] --solver, --steps, --rtol, --atol, --temperature, --top-p, "
                  "--divergence and --probes: the bound of tokens solves nothing and samples "
                  "nothing, so they would have no effect; leave them out (its times: "
                  "/eval/times)");
  if (points.shape.empty() || points.shape[0] == 0)
    throw Failure(Exit::file, fmt::format("[loglik] {}there are no sequences; give at least one",
                                          file_prefix(points)));
}

}  // namespace

std::vector<int> letters_of(const TokenTraits& traits, std::span<const int> rows) {
  std::vector<int> letters;
  const auto length = static_cast<std::size_t>(traits.length);
  for (std::size_t at = 0; at < rows.size(); at += length) {
    const auto row = rows.subspan(at, length);
    letters.push_back(
        static_cast<int>(std::find(row.begin(), row.end(), traits.pad) - row.begin()));
  }
  return letters;
}

Samples sample_tokens(const Config& config, const SampleRequest& request) {
  const RunTokens run = load_run_tokens(config, request);
  check_request(request, run.traits);
  std::vector<int> given;
  std::optional<int> letters;
  if (!request.given.empty()) {
    given = run.traits.given(request.given, request.free);
    if (run.traits.words() && !run.shares.empty()) {
      letters = letters_of(run.traits, given)[0];
      if (static_cast<std::size_t>(*letters) >= run.shares.size() ||
          run.shares[static_cast<std::size_t>(*letters)] == 0)
        throw Failure(
            Exit::usage,
            fmt::format("[given] \"{}\" has {} letters, and the run's words have {} to {}; "
                        "give as many, free ones included",
                        request.given, *letters, first_class(run.shares), run.shares.size() - 1));
    }
  }
  const TokenSamplerOptions options = run.options(config, request, letters);
  if (run.oracle && run.path.source == SourceKind::mask && !given.empty()) {
    std::vector<int> state = given;
    std::replace(state.begin(), state.end(), -1, run.path.mask());
    if (std::isinf(run.oracle->log_probability(0.5, state)[0]))
      throw Failure(Exit::usage, fmt::format("[given] no sequence of the data fits \"{}\", so "
                                             "there is no exact posterior; leave --exact out",
                                             request.given));
  }
  if (request.labels && !options.label_of)
    throw Failure(Exit::usage,
                  "[sample] --labels: the posterior of this run does not see labels, so its "
                  "samples have none");
  const auto n = static_cast<std::size_t>(request.n), length = std::size_t(run.traits.length);
  std::vector<int> states(n * length), way(static_cast<std::size_t>(request.times) * n * length);
  Workers workers(request.threads);
  Samples samples;
  const double start = seconds_now();
  TokenSampler sampler(run.posterior, run.path, run.traits.length, options, workers, request.times);
  const SampleCost cost = sampler.sample(request.seed, request.n, states.data(), run.source.get(),
                                         given, way.empty() ? nullptr : way.data());
  samples.seconds = seconds_now() - start;
  samples.nfe_mean = cost.mean();
  samples.nfe_max = cost.most;
  samples.text = lines_of(run.traits, states);
  samples.points = run.traits.numeric() && !request.tokens
                       ? run.traits.points(states, kDtype)
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

std::vector<double> negative_elbo_of(const RunTokens& run, const Config& config,
                                     const SolverRequest& request, std::span<const int> x1,
                                     const std::vector<int>& labels, Workers& workers) {
  ElboOptions options;
  options.times = static_cast<int>(config.integer("/eval/times"));
  options.seed = request.seed;
  options.source = run.source.get();
  options.interrupted = &Interrupt::requested;
  std::vector<double> nats(rows_of(run.traits, x1));
  negative_elbo(run.posterior, run.path, run.traits.length, static_cast<int>(nats.size()),
                x1.data(), labels, options, workers, nats.data());
  return nats;
}

Densities bound_of_tokens(const Config& config, const DensityRequest& request,
                          const NdArray& points) {
  check_bound(request, points);
  if (config.string("/coupling/type") == "paired")
    throw Failure(Exit::usage,
                  "[loglik] the bound is that of a source drawn independently of the data, and the "
                  "rows of this run are paired; there is none");
  const RunTokens run = load_run_tokens(config, request);
  if (request.tokens) check_tokens_asked("loglik", run.traits);
  const bool as_points = run.traits.numeric() && !request.tokens;
  const std::vector<int> x1 =
      as_points ? run.traits.from_points(points, "loglik") : run.traits.from_file(points, "loglik");
  std::vector<int> labels;
  if (request.label) {
    labels.assign(points.shape[0], label_of(run.shares, request.label, 0)(0));
  } else if (!run.shares.empty() && run.traits.words()) {
    labels = letters_of(run.traits, x1);
    for (std::size_t k = 0; k < labels.size(); ++k) {
      const auto letters = static_cast<std::size_t>(labels[k]);
      if (letters >= run.shares.size() || run.shares[letters] == 0)
        throw Failure(
            Exit::file,
            fmt::format("[loglik] {}row {} is a word of {} letters, and the run never saw "
                        "one of that length; leave it out",
                        file_prefix(points), k, letters));
    }
  } else {
    run.check_label(config, request);
  }
  Workers workers(request.threads);
  const double start = seconds_now();
  std::vector<double> log_p = negative_elbo_of(run, config, request, x1, labels, workers);
  for (double& v : log_p) v = -v;
  Densities found;
  found.log_density = {{points.shape[0]}, std::move(log_p), "<f8"};
  if (as_points) found.outside = run.traits.outside(points);
  found.spread_unbounded = run.source != nullptr;
  found.nfe_mean = static_cast<double>(config.integer("/eval/times"));
  found.seconds = seconds_now() - start;
  return found;
}

TokenTraits token_traits_of_run(const Config& config, const RunRequest& request) {
  if (request.exact) return build_tokens(config).traits;
  const ModelFile file = open_model_file(request.run);
  return read_traits(file.metadata, file.name);
}

NdArray tokens_of_lines(const Config& config, const RunRequest& request,
                        const std::vector<std::string>& lines, const std::string& file) {
  const TokenTraits traits = token_traits_of_run(config, request);
  if (!traits.written())
    throw Failure(Exit::usage,
                  fmt::format("[loglik] {}: the tokens of this run ({}) are no characters; give an "
                              ".npy file of {}",
                              file, traits.data, traits.numeric() ? "points" : "whole numbers"));
  std::vector<int> flat;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    const std::vector<int> row =
        traits.tokens(lines[k], fmt::format("[loglik] {}, line {}:", file, k + 1));
    flat.insert(flat.end(), row.begin(), row.end());
  }
  NdArray array = traits.to_file(table_shape(traits, flat), flat);
  array.file = file;
  return array;
}

NdArray draw_token_data(const Config& config, int n, std::uint64_t seed) {
  const TokenData data = build_tokens(config);
  const std::vector<int> rows = draw(*data.law, {seed, Purpose::data, 0}, n);
  return data.traits.to_file(table_shape(data.traits, rows), rows);
}

NdArray draw_token_labels(const Config& config, int n, std::uint64_t seed) {
  const TokenData data = build_tokens(config);
  if (data.law->classes() == 0) return {{0}, {}, "<i8"};
  std::vector<int> labels;
  draw(*data.law, {seed, Purpose::data, 0}, n, &labels);
  return whole_numbers(labels);
}

std::vector<std::string> draw_token_text(const Config& config, int n, std::uint64_t seed) {
  const TokenData data = build_tokens(config);
  return lines_of(data.traits, draw(*data.law, {seed, Purpose::data, 0}, n));
}

}  // namespace pushforward::inline PF_REAL
