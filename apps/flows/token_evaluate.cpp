#include "apps/flows/token_evaluate.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/flows/token_bound.h"
#include "apps/flows/token_data.h"
#include "apps/ranks/rows.h"
#include "apps/report/measured.h"
#include "apps/report/ngram.h"
#include "apps/report/token_distance.h"
#include "apps/report/word_report.h"
#include "apps/terminal/clock.h"
#include "flow/discrete/likelihood.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Step numbers of random streams that no training step uses, for drawing new rows of data.
constexpr std::uint32_t kFresh = 0xfffffffe, kTruth = 0xfffffffd;
// If the data's distribution is not a finite set, it is represented by kTruthRows drawn rows for
// each sample, but at most kMaxTruthRows rows.
constexpr int kTruthRows = 50, kMaxTruthRows = 5'000'000;
// Histograms of whole sequences are compared only if there are at most this many possible
// sequences.
constexpr double kMaxCells = 1 << 20;
// The maximal number of probabilities in an n-gram model.
constexpr double kMaxNgrams = 1 << 24;

// The inputs of all measures of a discrete flow.
struct Subject {
  const Config& config;
  const EvaluateRequest& request;
  RunTokens run;
  TokenData data;
  int n;
  std::vector<int> rows, labels;  // the sequences whose bound is measured, and their classes
  bool held_out;                  // true if training does not use these sequences
  Workers& workers;

  int length() const { return run.traits.length; }
  std::span<const int> row(std::size_t k) const {
    return std::span(rows).subspan(k * std::size_t(length()), std::size_t(length()));
  }
  std::size_t count() const { return rows.size() / std::size_t(length()); }
  bool sees_labels() const { return !run.shares.empty(); }
};

// Chooses n held-out rows of data, spaced evenly if there are more than n. If there is no held-out
// data, draws n new rows of the data's distribution.
void choose_rows(Subject& s) {
  const TokenTable* table = s.data.held_out ? s.data.held_out->all() : nullptr;
  s.held_out = s.data.held_out != nullptr;
  if (!table) {
    const TokenDistribution& distribution = s.held_out ? *s.data.held_out : *s.data.distribution;
    s.rows = draw_rows(distribution, {s.request.seed, Purpose::data, kFresh}, s.n, &s.labels);
    if (distribution.classes() == 0) s.labels.clear();
    return;
  }
  const int all = table->rows(), n = std::min(all, s.n);
  for (int k = 0; k < n; ++k) {
    const int at = static_cast<int>(static_cast<std::int64_t>(k) * all / n);
    const std::span<const int> row = table->row(at);
    s.rows.insert(s.rows.end(), row.begin(), row.end());
    if (!table->labels.empty()) s.labels.push_back(table->labels[static_cast<std::size_t>(at)]);
  }
}

// Returns the words for the kind of rows that were chosen.
const char* rows_words(const Subject& s) {
  if (s.held_out) return "held-out sequences";
  if (s.data.distribution->all()) return "training sequences";
  return s.run.traits.written() ? "windows of the training text" : "fresh draws";
}

// Adds the mean of `nats` and quantities that follow from it to `report`. `nats` are -ln p of each
// sequence, by a bound or an n-gram model, and `tokens` is the number of tokens in all sequences.
void add_nats(const std::vector<double>& nats, double tokens, Json& report) {
  if (nats.empty()) {
    for (const char* key : {"nll", "nll_error", "nats_per_token", "nats_per_token_error",
                            "bits_per_token", "perplexity"})
      report[key] = nullptr;
    return;
  }
  const Mean mean(nats);
  const double rows = static_cast<double>(nats.size()), per_token = tokens / rows;
  report["nll"] = measured(mean.value);
  report["nll_error"] = measured(mean.error);
  report["nats_per_token"] = measured(mean.value / per_token);
  report["nats_per_token_error"] = measured(mean.error / per_token);
  report["bits_per_token"] = measured(bits_per_token(mean.value, per_token));
  report["perplexity"] = measured(perplexity(mean.value, per_token));
}

// Returns the number of tokens for averages of nats per token: the letters if the data is words,
// and all positions otherwise.
double count_tokens(const Subject& s) {
  if (!s.run.traits.words()) return static_cast<double>(s.rows.size());
  double letters = 0;
  for (const int k : count_letters(s.run.traits, s.rows)) letters += k;
  return letters;
}

// Measures the bound on the likelihood of the chosen sequences. Returns null for paired data, since
// the bound needs a source that is independent of the data.
Json likelihood(const Subject& s) {
  if (s.config.string("/coupling/type") == "paired") return nullptr;
  const std::vector<int> labels = s.sees_labels() ? s.labels : std::vector<int>{};
  std::vector<double> errors;
  const std::vector<double> nats =
      estimate_negative_elbo(s.run, s.config, s.request, s.rows, labels, s.workers, &errors);
  if (!has_rows(s.request.ranks)) return nullptr;
  // The means are over sequences with a finite bound; the other sequences are counted.
  const std::vector<int> letters =
      s.run.traits.words() ? count_letters(s.run.traits, s.rows) : std::vector<int>{};
  std::vector<double> finite;
  double tokens = 0;
  for (std::size_t k = 0; k < nats.size(); ++k) {
    if (!std::isfinite(nats[k])) continue;
    finite.push_back(nats[k]);
    tokens += letters.empty() ? s.length() : letters[k];
  }
  Json report{{"rows", s.count()},
              {"held_out", s.held_out},
              {"given_label", s.sees_labels()},
              {"times", s.config.integer("/eval/times")},
              {"rows_of_probability_0", nats.size() - finite.size()}};
  add_nats(finite, tokens, report);
  if (s.run.source) std::fill(errors.begin(), errors.end(), std::nan(""));
  const std::size_t rows = errors.size();
  add_estimate(EstimateOf{"bound",
                          static_cast<int>(s.config.integer("/eval/times")),
                          {{rows}, std::move(errors), "<f8"}}
                   .words(),
               report);
  if (s.run.source)
    report["nll_error"] = report["nats_per_token_error"] = nullptr;  // the error is not finite
  if (s.run.traits.numeric()) report["bits_per_dimension"] = report.at("bits_per_token");
  return report;
}

// Returns the sequences on which n-gram models are trained: the training words, or the windows of
// the training text.
TokenTable counted(const Subject& s) {
  if (const TokenTable* table = s.data.distribution->all()) return *table;
  if (const auto* windows = dynamic_cast<const WindowDistribution*>(s.data.distribution.get())) {
    TokenTable table{s.length(), windows->text(), {}, {}};
    table.tokens.resize(table.tokens.size() - table.tokens.size() % std::size_t(s.length()));
    return table;
  }
  return {};
}

// Evaluates n-gram models, for comparison, on the sequences for which the network's bound on -ln p
// is estimated. If the network gets the length of a sequence as its label, the probabilities of the
// n-gram models are conditional on the length too.
Json baselines(const Subject& s) {
  if (!s.run.traits.written() || !has_rows(s.request.ranks)) return nullptr;
  const TokenTable table = counted(s);
  const int vocabulary = s.run.traits.vocabulary, pad = s.run.traits.pad;
  const bool given_length = s.run.traits.words() && s.sees_labels();
  Json report = Json::object();
  for (const auto& [name, order] :
       {std::pair{"bigram", 2}, std::pair{"trigram", 3}, std::pair{"4-gram", 4}}) {
    if (std::pow(vocabulary, order) > kMaxNgrams) continue;
    const Ngram model(table, vocabulary, order, pad);
    std::vector<double> nats;
    for (std::size_t k = 0; k < s.count(); ++k)
      nats.push_back(given_length ? -model.log_probability_given_length(s.row(k))
                                  : -model.log_probability(s.row(k)));
    Json numbers = Json::object();
    add_nats(nats, count_tokens(s), numbers);
    report[name] = numbers;
  }
  return report;
}

std::vector<std::string> texts(const TokenTraits& traits, std::span<const int> flat) {
  std::vector<std::string> all;
  const auto length = static_cast<std::size_t>(traits.length);
  for (std::size_t at = 0; at < flat.size(); at += length)
    all.push_back(traits.text(flat.subspan(at, length)));
  return all;
}

std::vector<std::string> texts(const TokenTraits& traits,
                               const TokenDistributionPtr& distribution) {
  return distribution ? texts(traits, distribution->all()->tokens) : std::vector<std::string>{};
}

Json words(const Subject& s, const std::vector<int>& drawn, const TokenSamplerOptions& options) {
  const TokenTraits& traits = s.run.traits;
  Json report = word_report_object(report_words(
      texts(traits, drawn), texts(traits, s.data.distribution), texts(traits, s.data.held_out)));
  if (options.label_of) {
    const std::vector<std::string> all = texts(traits, drawn);
    double kept = 0;
    for (int k = 0; k < s.n; ++k) {
      const std::string& word = all[static_cast<std::size_t>(k)];
      kept += word.find(' ') == std::string::npos &&
              split_characters(word).size() == static_cast<std::size_t>(options.label_of(k));
    }
    report["length_kept"] = kept / s.n;
  }
  return report;
}

// Returns rows that represent the data's distribution: all rows of a finite set, otherwise many
// more drawn rows than there are samples.
std::vector<int> draw_truth(const Subject& s) {
  if (const TokenTable* table = s.data.distribution->all()) return table->tokens;
  const int rows = std::max(s.n, std::min(kTruthRows * s.n, kMaxTruthRows));
  return draw_rows(*s.data.distribution, {s.request.seed, Purpose::data, kTruth}, rows);
}

Json samples(const Subject& s) {
  const TokenSamplerOptions options = s.run.options(s.config, s.request);
  std::vector<int> drawn(static_cast<std::size_t>(s.n) * std::size_t(s.length()));
  const double start = seconds_now();
  TokenSampler sampler(s.run.posterior, s.run.path, s.length(), options, s.workers);
  const SampleCost cost = share_rows(s.request.ranks, s.workers, {s.n, options.chunk},
                                     {rows_at(drawn.data(), std::size_t(s.length()))},
                                     [&] {
                                       return RowsSolved{sampler.sample(
                                           s.request.seed, s.n, drawn.data(), s.run.source.get())};
                                     })
                              .cost;
  if (!has_rows(s.request.ranks)) return nullptr;
  Json report{{"nfe_mean", cost.mean()},
              {"nfe_max", cost.max_evaluations},
              {"sampling_seconds", seconds_now() - start}};
  if (!s.run.traits.written() && std::pow(s.run.traits.vocabulary, s.length()) <= kMaxCells) {
    const std::vector<int> truth = draw_truth(s);
    const std::vector<int> fresh =
        draw_rows(*s.data.distribution, {s.request.seed, Purpose::data, kFresh}, s.n);
    report["total_variation"] = measured(total_variation(drawn, truth, s.length()));
    report["total_variation_of_data"] = measured(total_variation(fresh, truth, s.length()));
  }
  if (s.run.traits.words()) report["words"] = words(s, drawn, options);
  return report;
}

}  // namespace

Json evaluate_tokens(const Config& config, const EvaluateRequest& request) {
  if (request.label)
    throw Failure(Exit::usage,
                  "[eval] --label has no effect, since samples are "
                  "compared with data of all classes; leave it out");
  if (request.divergence.by != "auto" || request.divergence.probes)
    throw Failure(Exit::usage,
                  "[eval] --divergence and --probes have no effect on the bound of tokens, "
                  "which solves no ODE; leave them out (/eval/times sets its accuracy)");
  if (request.scale != "none")
    throw Failure(Exit::usage,
                  "[eval] --scale has no effect on tokens, whose samples are compared "
                  "by counts, not by distances; leave it out");
  Workers workers(request.threads);
  const int n = request.n.value_or(static_cast<int>(config.integer("/eval/n")));
  Subject s{config, request, load_run_tokens(config, request), build_tokens(config), n, {}, {},
            false,  workers};
  choose_rows(s);
  return {{"n", n},
          {"rows", rows_words(s)},
          {"seed", request.seed},
          {"likelihood", likelihood(s)},
          {"ngrams", baselines(s)},
          {"samples", samples(s)}};
}

}  // namespace pushforward::app::inline PF_REAL
