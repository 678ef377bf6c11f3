// `pushforward eval`: measures a run, prints a table or JSON, and writes JSON to the run's folder.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/json/write.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/run/folder.h"
#include "apps/terminal/interrupt.h"

namespace pushforward::app {
namespace {

// A line of the table. It is printed if the report contains its number.
struct ReportLine {
  const char *at, *name, *remark;  // `at` is a JSON pointer into the report
};

constexpr ReportLine kLines[] = {
    {"/samples/w2", "2-Wasserstein", "exact, samples to fresh data"},
    {"/samples/w2_floor", "  for the true distribution", "fresh data to fresh data"},
    {"/samples/sliced_w2", "sliced 2-Wasserstein", "200 directions"},
    {"/samples/mmd2", "MMD^2", "unbiased, Gaussian kernels"},
    {"/samples/energy_distance", "energy distance", ""},
    {"/samples/coverage", "coverage", "share of data balls that hold a sample"},
    {"/samples/expected_coverage", "  for the true distribution", ""},
    {"/samples/density", "density", "1 for the true distribution"},
    {"/samples/nfe_mean", "evaluations", "of the field per sample, mean"},
    {"/samples/nfe_max", "  at most", ""},
    {"/paths/energy", "path energy", "mean of the integral of |u|^2"},
    {"/paths/source_to_data_w2", "W2, source to data", "its square is the lowest possible energy"},
    {"/paths/normalised_energy", "normalised path energy", "|energy - W2^2| / W2^2"},
    {"/paths/straightness", "straightness", "0 for straight lines"},
    {"/likelihood/nll", "negative log-likelihood", "nats, fresh data; for tokens an upper bound"},
    {"/likelihood/nll_error", "  standard error", ""},
    {"/likelihood/above_entropy", "  above the entropy", "the density of the data is known"},
    {"/likelihood/above_entropy_error", "  standard error", ""},
    {"/likelihood/end", "  solved from t", "1, or the last time the flow can reach"},
    {"/likelihood/bits_per_dimension", "bits per dimension", "an upper bound"},
    {"/likelihood/nats_per_token", "  per token", "nats; for words, per letter"},
    {"/likelihood/nats_per_token_error", "    standard error", ""},
    {"/likelihood/bits_per_token", "  bits per token", ""},
    {"/likelihood/perplexity", "  perplexity", "exp of nats per token"},
    {"/ngrams/bigram/nll", "bigram model", "nats, the same sequences"},
    {"/ngrams/bigram/nats_per_token", "  per token", ""},
    {"/ngrams/trigram/nll", "trigram model", "nats, the same sequences"},
    {"/ngrams/trigram/nats_per_token", "  per token", ""},
    {"/ngrams/4-gram/nll", "4-gram model", "nats, the same sequences"},
    {"/ngrams/4-gram/nats_per_token", "  per token", ""},
    {"/samples/total_variation", "total variation", "samples to the data's distribution"},
    {"/samples/total_variation_of_data", "  of fresh data",
     "the same number of rows; expect no less"},
    {"/samples/words/in_dictionary", "words in the dictionary", "share of samples"},
    {"/samples/words/in_held_out", "  held out", "real words that training did not use"},
    {"/samples/words/new", "new words", "share of samples"},
    {"/samples/words/unique", "unique", "distinct words, share of samples"},
    {"/samples/words/plausible", "plausible",
     "every three letters in a row occur in training words"},
    {"/samples/words/plausible_held_out", "  of held-out words", ""},
    {"/samples/words/length_kept", "length kept", "words of the requested length"},
    {"/exact/velocity_error", "velocity error", "relative L2 to the exact field, mean over t"},
    {"/exact/worst_velocity_error", "  at most", "over t in [0.02, 0.98]"},
};

void print_table(const Json& report) {
  for (const ReportLine& line : kLines) {
    const Json* value = report.find_path(line.at);
    if (!value) continue;
    const std::string text =
        value->is_number() ? fmt::format("{:.5g}", value->get<double>()) : std::string("-");
    fmt::print("{:<26} {:>11}   {}\n", line.name, text, line.remark);
  }
  if (const Json* words = report.find_path("/samples/words/new_words")) {
    fmt::print("new words:");
    for (const Json& word : *words) fmt::print(" {}", word.get<std::string>());
    fmt::print("\n");
  }
}

// Describes the data whose likelihood was evaluated.
std::string evaluated_data_words(const Json& report) {
  const Json& likelihood = report.at("likelihood");
  if (!likelihood.is_object() || !likelihood.contains("held_out"))
    return fmt::format("{} fresh data points", report.at("n").get<int>());
  return fmt::format("{} {} sequences", likelihood.at("rows").get<std::size_t>(),
                     likelihood.at("held_out").get<bool>() ? "held-out" : "fresh");
}

struct EvalArguments {
  EvaluateRequest request;
  bool json = false;
};

// Prints what limits the numbers of this run.
void print_notes(const Config& config, const EvaluateRequest& request, const Json& report) {
  if (report.contains("ode_solver"))
    fmt::print(
        stderr,
        "paths and likelihood are those of the run's ODE, solved by {}: {} cannot solve it\n",
        report.at("ode_solver").get<std::string>(),
        request.solver.value_or(config.string("/sampler/type")));
  if (report.at("likelihood").is_null())
    fmt::print(
        stderr, "no likelihood: {}\n",
        of_tokens(config)
            ? "source and data are paired, but the bound needs a source that is independent of the data"
            : "the source has no density");
  if (of_tokens(config) && report.at("likelihood").is_object() &&
      config.string("/source/type") == "data")
    fmt::print(
        stderr,
        "the source is rows of data, so the estimate of the bound may have infinite variance\n");
  if (const Json exact = report.value("exact", Json());
      exact.is_object() && exact.at("memorises_at_zero") == true)
    fmt::print(stderr,
               "the data is a finite set, and its exact flow ends in its rows: "
               "a velocity error of 0 would mean that the network has memorised them\n");
}

int evaluate(const EvalArguments& args) {
  const Config config = load_run_config(args.request.run);
  files_read().send_to(args.json);
  const Interrupt interrupt;
  Json report = engine_of(config).evaluate(config, args.request);
  const std::string path = RunPaths{args.request.run}.evaluation();
  write_file_atomically(posix(), path, write_json(report));
  if (args.json) {
    report["read"] = files_read().json();
    fmt::print("{}\n", report.dump());
  } else {
    fmt::print(stderr, "{} samples and {}, seed {}\n", report.at("n").get<int>(),
               evaluated_data_words(report), args.request.seed);
    print_table(report);
    print_notes(config, args.request, report);
    fmt::print(stderr, "{}\n", path);
  }
  return 0;
}

Action declare_eval(Options& options) {
  auto args = std::make_shared<EvalArguments>();
  EvaluateRequest& request = args->request;
  add_solver(options, request);
  add_number(options, request.n, 8, 1'000'000,
             "number of samples and of fresh data points (default: /eval/n)");
  add_seed(options, request.seed, "seed of the samples and of the fresh data");
  add_divergence(options, request.divergence);
  options.flag("--json", args->json, "print one JSON object on stdout");
  return [args] { return evaluate(*args); };
}

}  // namespace

const Verb eval_verb{"eval",
                     "measure a run: distance to data, likelihood, paths, error of the velocity",
                     "pushforward eval runs/moons --json", declare_eval};

}  // namespace pushforward::app
