#include "apps/report/evaluation_lines.h"

#include <fmt/format.h>

namespace pushforward::app {
namespace {

// A line is left out if the report (a JSON object of measures) does not contain its number. In a
// remark, {} stands for the kind of rows that were compared, such as "training rows".
struct MeasureRow {
  const char *at, *name, *remark;  // `at` is a JSON pointer into the report
};

constexpr MeasureRow kMeasures[] = {
    {"/samples/w2", "2-Wasserstein", "exact, samples to {}"},
    {"/samples/w2_floor", "  for the true distribution", "as many draws of the data to {}"},
    {"/samples/sliced_w2", "sliced 2-Wasserstein", "200 directions"},
    {"/samples/mmd2", "MMD^2", "unbiased, Gaussian kernels"},
    {"/samples/energy_distance", "energy distance", ""},
    {"/samples/coverage", "coverage", "share of data balls that hold a sample"},
    {"/samples/expected_coverage", "  for the true distribution", ""},
    {"/samples/density", "density", "1 for the true distribution"},
    {"/samples/nfe_mean", "evaluations", "of the field per sample, mean"},
    {"/samples/nfe_max", "  at most", ""},
    {"/jumps/by_1/w2", "2-Wasserstein by 1 jump", "up to 2000 samples to {}"},
    {"/jumps/by_1/off", "  off the ODE by", "root mean square, from the same noise"},
    {"/jumps/by_2/w2", "  by 2 jumps", ""},
    {"/jumps/by_2/off", "  off the ODE by", ""},
    {"/jumps/by_4/w2", "  by 4 jumps", ""},
    {"/jumps/by_4/off", "  off the ODE by", ""},
    {"/jumps/by_8/w2", "  by 8 jumps", ""},
    {"/jumps/by_8/off", "  off the ODE by", ""},
    {"/jumps/ode/w2", "  by the ODE", "of v(x, t, t)"},
    {"/jumps/ode/evaluations", "  evaluations of the ODE", "per sample, mean"},
    {"/bridge/ode/w2", "2-Wasserstein by the ODE", "of the bridge, up to 2000 samples to {}"},
    {"/bridge/sde/w2", "  by the SDE", "forward"},
    {"/bridge/backward/w2", "  by the SDE backward", "from {} to the source"},
    {"/paths/energy", "path energy", "mean of the integral of |u|^2, in the flow's units"},
    {"/paths/source_to_data_w2", "W2, source to data", "its square is the lowest possible energy"},
    {"/paths/normalised_energy", "normalised path energy", "|energy - W2^2| / W2^2"},
    {"/paths/straightness", "straightness", "0 for straight lines"},
    {"/likelihood/nll", "negative log-likelihood", "nats, {}; for tokens an upper bound"},
    {"/likelihood/nll_error", "  standard error", "over rows"},
    {"/likelihood/mean_error", "  error of the estimate", "its part of the standard error"},
    {"/likelihood/row_error", "    of one row", ""},
    {"/likelihood/entropy", "entropy of the data", "nats; the least NLL that a model can have"},
    {"/likelihood/entropy_error", "  standard error", ""},
    {"/likelihood/above_entropy", "  gap to it",
     "mean of ln p(x) - ln q(x), the data's p and the flow's q"},
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
    {"/samples/total_variation_of_data", "  of the data",
     "the same number of draws of the data; expect no less"},
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

}  // namespace

std::vector<EvaluationLine> evaluation_lines(const Json& report) {
  const std::string rows = report.at("rows").get<std::string>();
  std::vector<EvaluationLine> lines;
  for (const MeasureRow& row : kMeasures) {
    const Json* value = report.find_path(row.at);
    if (!value) continue;
    lines.push_back({row.name,
                     value->is_number() ? fmt::format("{:.5g}", value->get<double>()) : "-",
                     fmt::format(fmt::runtime(row.remark), rows)});
  }
  return lines;
}

}  // namespace pushforward::app
