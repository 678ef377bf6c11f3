// `pushforward eval`: what is measured of a run, as a table, as JSON, and in the run's folder.
#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "apps/interrupt.h"
#include "apps/json_write.h"
#include "apps/run_config.h"
#include "apps/run_folder.h"
#include "apps/verbs.h"

namespace pushforward {
namespace {

// One line of the table: a number of the report, if it was measured.
struct Line {
  const char *section, *key, *name, *remark;
};

constexpr Line kLines[] = {
    {"samples", "w2", "2-Wasserstein", "exact, samples to fresh data"},
    {"samples", "w2_floor", "  of the true law", "fresh data to fresh data"},
    {"samples", "sliced_w2", "sliced 2-Wasserstein", "200 directions"},
    {"samples", "mmd2", "MMD^2", "unbiased, Gaussian kernels"},
    {"samples", "energy_distance", "energy distance", ""},
    {"samples", "coverage", "coverage", "of data balls that hold a sample"},
    {"samples", "expected_coverage", "  of the true law", ""},
    {"samples", "density", "density", "1 for the true law"},
    {"samples", "nfe_mean", "evaluations", "of the field for a sample, mean"},
    {"samples", "nfe_max", "  at most", ""},
    {"paths", "energy", "path energy", "mean of the integral of |u|^2"},
    {"paths", "source_to_data_w2", "W2, source to data", "its square is the least energy"},
    {"paths", "normalised_energy", "normalised path energy", "|energy - W2^2| / W2^2"},
    {"paths", "straightness", "straightness", "0 for straight lines"},
    {"likelihood", "nll", "negative log-likelihood", "nats, fresh data, in its own units"},
    {"likelihood", "nll_error", "  standard error", ""},
    {"likelihood", "above_entropy", "  above the entropy", "the data's own density is known"},
    {"likelihood", "above_entropy_error", "  standard error", ""},
    {"likelihood", "end", "  solved from t", "1, or where the flow must end"},
    {"likelihood", "bits_per_dimension", "bits per dimension", "an upper bound (dequantised)"},
    {"exact", "velocity_error", "velocity error", "relative L2 to the exact field, mean over t"},
    {"exact", "worst_velocity_error", "  at most", "over t in [0.02, 0.98]"},
};

void print_table(const Json& report) {
  for (const Line& line : kLines) {
    const Json& section = report.at(line.section);
    if (!section.is_object() || !section.contains(line.key)) continue;
    const Json& value = section.at(line.key);
    const std::string text =
        value.is_number() ? fmt::format("{:.5g}", value.get<double>()) : std::string("-");
    fmt::print("{:<24} {:>11}   {}\n", line.name, text, line.remark);
  }
}

}  // namespace

int verb_eval(const EvalArguments& args) {
  const Config config = load_run_config(args.request.run);
  const Interrupt interrupt;
  const Json report = engine_of(config).evaluate(config, args.request);
  const std::string path = RunPaths{args.request.run}.evaluation();
  write_file_atomically(posix(), path, write_json(report));
  if (args.json) {
    fmt::print("{}\n", report.dump());
  } else {
    fmt::print(stderr, "{} samples and {} fresh data points, seed {}\n", report.at("n").get<int>(),
               report.at("n").get<int>(), args.request.seed);
    print_table(report);
    const Json& exact = report.at("exact");
    if (exact.is_object() && exact.at("memorises_at_zero") == true)
      fmt::print(stderr,
                 "the data is a finite set, whose exact flow ends in its rows: a velocity error of "
                 "0 would be memorising\n");
    fmt::print(stderr, "{}\n", path);
  }
  return 0;
}

}  // namespace pushforward
