// `pushforward sample`: draws samples from a trained run and writes them to files.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "apps/cli/points.h"
#include "apps/cli/run_options.h"
#include "apps/cli/sample_blocks.h"
#include "apps/cli/verbs.h"
#include "apps/counted.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/formats/text_lines.h"
#include "apps/from_config/path.h"
#include "apps/json/json.h"
#include "apps/ranks/rows.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/run/folder.h"
#include "apps/run/table_of_run.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

// Without --out, samples that are readable text are also printed, at most kShown of them.
constexpr std::size_t kShown = 10;

constexpr int kMostSamples = 100'000'000;

// Returns whether the samples of a run with this config are readable text.
bool is_text(const Config& config) {
  const std::string& type = config.string("/data/type");
  return type == "words" || type == "text";
}

void check_out(const Config& config, const std::string& out) {
  if (of_tokens(config) && !out.ends_with(".txt") && !has_ending(out, ".npy") &&
      !has_ending(out, ".csv") && !has_ending(out, ".tsv"))
    throw Failure(
        Exit::usage,
        fmt::format(
            "[file] {} ends in none of .npy, .csv, .tsv and .txt; the ending chooses the format",
            out));
  if (!out.ends_with(".txt")) return check_array_name(out);
  if (!of_tokens(config))
    throw Failure(Exit::usage,
                  fmt::format("[sample] {}: .txt is for tokens, but /data ({}) "
                              "of this run is continuous data; end the name in .npy or .csv",
                              out, config.string("/data/type")));
}

struct SampleArguments {
  SampleRequest request;
  std::string out, trajectory, log_density, labels;
  std::string from;  // a file of rows to vary; empty: none
  std::string condition, condition_file;
  bool n_given = false;
  int times = 101;
  bool json = false;
};

// Checks the names of all files that `sample` is going to write, and returns the file for the
// samples.
std::string find_output(const Config& config, const SampleArguments& args) {
  std::string out = args.out;
  if (out.empty()) {
    check_own_folder(args.request.run, "samples");
    if (has_rows(args.request.ranks)) make_folders(posix(), join_path(args.request.run, "samples"));
    out = join_path(args.request.run, fmt::format("samples/samples-{}.{}", args.request.seed,
                                                  is_text(config) ? "txt" : "npy"));
  }
  check_out(config, out);
  // The default of --out depends on the config, so it is compared with the other files here.
  check_files({{"--out", out, FileUse::writes},
               {"--trajectory", args.trajectory, FileUse::writes},
               {"--loglik", args.log_density, FileUse::writes},
               {"the note of --loglik", note_file(args.log_density), FileUse::writes},
               {"--labels", args.labels, FileUse::writes},
               {"run", args.request.run, FileUse::inside}});
  if (!args.trajectory.empty() && !args.trajectory.ends_with(".npy"))
    throw Failure(Exit::usage,
                  fmt::format("[sample] {}: a trajectory has three axes, and only .npy "
                              "holds such an array; end the name in .npy",
                              args.trajectory));
  for (const std::string& file : {args.log_density, args.labels}) {
    if (!file.empty()) check_array_name(file);
  }
  return out;
}

void write_samples(const SampleArguments& args, const std::string& out, const Samples& samples) {
  if (out.ends_with(".txt"))
    write_lines(out, samples.text);
  else
    write_array(out, table_for(out, samples));
  if (!args.trajectory.empty()) write_npy(args.trajectory, samples.trajectory);
  if (!args.labels.empty()) write_array(args.labels, samples.labels);
}

// Returns whether the samples can be written block by block, so that memory does not grow with their
// number: nothing but points and labels is wanted of them, and the outputs are files.
bool in_blocks(const Config& config, const SampleArguments& args, const std::string& out) {
  if (of_tokens(config) || has_conditions(config)) return false;
  for (const std::string* of : {&args.from, &args.request.given, &args.trajectory,
                                &args.log_density, &args.condition, &args.condition_file})
    if (!of->empty()) return false;
  for (const std::string& file : {out, args.labels})
    if (!file.empty() && read_status(posix(), file).kind == FileKind::other) return false;
  return true;
}

std::size_t samples_drawn(const Samples& samples) { return samples.points.shape.at(0); }

// `note` is the file that says what the log-densities are.
void print_samples(const Config& config, const SampleArguments& args, const std::string& out,
                   const std::string& note, const Samples& samples) {
  if (args.json) {
    Json report{{"out", out},
                {"n", samples_drawn(samples)},
                {"seed", args.request.seed},
                {"nfe_mean", samples.nfe_mean},
                {"nfe_max", samples.nfe_max},
                {"seconds", samples.seconds},
                {"read", files_read().json()}};
    if (!samples.times.empty()) report["times"] = samples.times;
    if (!args.log_density.empty()) add_estimate(samples.estimate.words(), report);
    if (!note.empty()) report["note"] = note;
    if (!samples.notes.empty()) report["notes"] = samples.notes;
    print("{}\n", report.dump());
  } else {
    tell("{} in {:.2f} s, {:.1f} evaluations of the field each (at most {})",
         counted(samples_drawn(samples), "sample"), samples.seconds, samples.nfe_mean,
         samples.nfe_max);
    tell_of_densities(args.log_density, note, samples.estimate.words());
    if (args.out.empty() && is_text(config)) {
      for (std::size_t k = 0; k < std::min(samples.text.size(), kShown); ++k)
        print("{}\n", escaped(samples.text[k]));
    }
    print("{}\n", out);
    for (const std::string& file : {args.trajectory, args.log_density, args.labels}) {
      if (!file.empty()) print("{}\n", file);
    }
  }
}

// Puts the conditions that the options give into the request, which then asks for n samples of each.
void take_conditions(const Config& config, const SampleArguments& args, SampleRequest& request) {
  if (args.condition.empty() && args.condition_file.empty()) return;
  const std::string option = args.condition.empty() ? "--condition-file" : "--condition";
  check_takes_conditions(config, request, option);
  if (!args.condition.empty()) {
    request.conditions = given_conditions(request.run, args.condition);
    request.rows_each = request.n;
    return;
  }
  request.conditions = read_conditions(request.run, args.condition_file);
  request.rows_each = args.n_given ? request.n : 1;
  const std::size_t rows =
                        request.conditions.size() / table_of_run(request.run).condition->columns(),
                    all = rows * static_cast<std::size_t>(request.rows_each);
  if (all > std::size_t{kMostSamples})
    throw Failure(Exit::usage, fmt::format("[condition] {} rows with {} samples each are too many; "
                                           "give fewer (-n), or the rows in parts",
                                           rows, request.rows_each));
  request.n = static_cast<int>(all);
}

// Throws for options of `sample` that samples with given columns do not have.
void check_given(const SampleArguments& args) {
  const SampleRequest& request = args.request;
  const std::pair<const char*, bool> others[] = {
      {"--trajectory", !args.trajectory.empty()}, {"--loglik", !args.log_density.empty()},
      {"--labels", !args.labels.empty()},         {"--solver", request.solver.has_value()},
      {"--rtol", request.rtol.has_value()},       {"--atol", request.atol.has_value()}};
  if (!args.condition_file.empty())
    throw Failure(
        Exit::usage,
        "[sample] --given draws samples of one row of conditions, and --condition-file has "
        "many; give the row by --condition");
  if (request.ranks)
    throw Failure(Exit::usage,
                  "[mpi] samples with given columns are drawn by a particle filter, which one "
                  "process computes; start `pushforward sample --given` without mpirun");
  for (const auto& [flag, given] : others)
    if (given)
      throw Failure(
          Exit::usage,
          fmt::format("[sample] {} has no effect on samples with given columns, which are "
                      "drawn by a particle filter with fixed steps; leave it out",
                      flag));
}

// Draws samples whose columns of --given have the given values.
Samples sample_given(const Config& config, const SampleRequest& request) {
  ImputeRequest impute;
  static_cast<RunRequest&>(impute) = request;
  impute.seed = request.seed;
  impute.what = "given";
  impute.n = request.n;
  impute.steps = request.steps.value_or(impute.steps);
  const RunPoints row = given_row(request.run, request.given);
  if (row.points.shape[1] == 0)
    throw Failure(Exit::usage,
                  fmt::format("[given] \"{}\" gives only conditions of this run; give them with "
                              "--condition, which needs no particle filter",
                              request.given));
  impute.row_labels = row.labels;
  if (request.conditions.empty()) impute.conditions = row.conditions;
  impute.rows_each = 1;
  Imputed imputed = engine_of(config).impute(config, impute, row.points);
  Samples samples;
  samples.points = std::move(imputed.points);
  for (int k = 0; k < request.n; ++k)
    samples.conditions.insert(samples.conditions.end(), impute.conditions.begin(),
                              impute.conditions.end());
  samples.notes = std::move(imputed.notes);
  samples.notes.push_back(
      fmt::format("the samples are drawn given \"{}\"; of {} particles, the effective number is "
                  "{:.1f} on average",
                  request.given, impute.particles, imputed.mean_effective));
  samples.nfe_mean = imputed.evaluations / request.n;
  samples.nfe_max = static_cast<std::int64_t>(samples.nfe_mean);
  samples.seconds = imputed.seconds;
  return samples;
}

// Throws for options of `sample` that variations of rows do not have.
void check_from(const Config& config, const SampleArguments& args) {
  if (of_tokens(config))
    throw Failure(
        Exit::usage,
        fmt::format(
            "[sample] --from and --begin are for continuous data, but /data ({}) of this run is "
            "tokens, which have no noise to add; use --given to keep some tokens",
            config.string("/data/type")));
  const std::pair<const char*, bool> others[] = {
      {"--given", !args.request.given.empty()},
      {"--loglik", !args.log_density.empty()},
      {"--condition", !args.condition.empty()},
      {"--condition-file", !args.condition_file.empty()}};
  for (const auto& [flag, given] : others)
    if (given)
      throw Failure(Exit::usage,
                    fmt::format("[sample] {} cannot be combined with --from, whose samples are "
                                "variations of given rows; leave one of them out",
                                flag));
}

// Draws variations of the rows of a file: one of each row, unless -n was given.
Samples sample_from(const Config& config, const SampleArguments& args, SampleRequest& request) {
  RunPoints read = read_labelled_points(request.run, args.from, "sample");
  if (read.points.values.empty())
    throw Failure(
        Exit::file,
        fmt::format("[sample] {} holds no rows to vary; give a table with rows", args.from));
  if (!args.n_given) request.n = static_cast<int>(read.points.shape[0]);
  // If a class was requested, all samples have this class.
  if (!request.label) request.row_labels = std::move(read.labels);
  const std::size_t all = read.conditions.size();
  const std::size_t columns = all / read.points.shape[0];
  for (std::size_t i = 0; i < static_cast<std::size_t>(request.n) * columns && !request.exact; ++i)
    request.conditions.push_back(read.conditions[i % all]);
  return engine_of(config).vary(config, request, read.points);
}

// Throws unless all processes that share the samples have the same files.
void meet_with_files(const SampleArguments& args) {
  RowRanks* const ranks = args.request.ranks;
  if (!ranks) return;
  ranks->meet_with_file(RunPaths{args.request.run}.model());
  for (const std::string& file : {args.from, args.condition_file})
    if (!file.empty()) ranks->meet_with_file(file);
  if (!args.json) tell("{} processes share the samples", ranks->count());
}

int sample(const SampleArguments& args) {
  const Config own = load_run_config(args.request.run);
  // Samples for which no conditions are given get the conditions of rows of the data.
  const bool draws_conditions = !of_tokens(own) && has_conditions(own) && args.condition.empty() &&
                                args.condition_file.empty() && args.request.given.empty() &&
                                args.from.empty();
  const Config config = with_run_data(own, args.request, draws_conditions);
  SampleRequest request = args.request;
  if (!args.from.empty()) check_from(config, args);
  if (of_tokens(own)) resolve_label_of_run(request);
  if (!args.trajectory.empty()) request.times = args.times;
  const std::string out = find_output(config, args);
  request.log_density = !args.log_density.empty();
  request.labels = !args.labels.empty();
  files_read().send_to(args.json);
  const bool given = !of_tokens(config) && !request.given.empty();
  if (given) check_given(args);
  meet_with_files(args);
  if (args.from.empty()) take_conditions(config, args, request);
  Samples samples;
  if (in_blocks(config, args, out)) {
    samples = write_in_blocks(config, request, {out, args.labels}, args.json);
  } else {
    samples = !args.from.empty() ? sample_from(config, args, request)
              : given            ? sample_given(config, request)
                                 : engine_of(config).sample(config, request);
    if (!has_rows(request.ranks)) return 0;
    samples.points = with_conditions(request.run, std::move(samples.points), samples.conditions);
    write_samples(args, out, samples);
  }
  if (!has_rows(request.ranks)) return 0;
  const std::string note =
      args.log_density.empty()
          ? ""
          : write_log_density(args.log_density, samples.log_density, samples.estimate.words());
  print_samples(config, args, out, note, samples);
  print_notes(samples.notes);
  return 0;
}

int sample_in_ranks(SampleArguments& args) {
  return run_in_ranks([&](RowRanks* ranks) {
    args.request.ranks = ranks;
    return sample(args);
  });
}

// Returns an error if the text of --given is empty, else "".
std::string fault_of_given(const std::string& text) {
  return text.empty() ? "it is empty; give at least one character, or leave it out" : "";
}

// Declares the options for tokens, and returns --free.
Option add_tokens(Options& options, SampleRequest& request) {
  const Option given =
      options
          .add("--given", request.given,
               "columns of a table to keep, such as \"species=Adelie,year=2008\"; "
               "for tokens characters to keep, such as \"th__ is a _____\": a shorter "
               "word is padded, a shorter text continued")
          .check(fault_of_given)
          .type("TEXT");
  const Option free =
      options.add("--free", request.free, "the character of --given that marks positions to sample")
          .needs(given)
          .shows_default()
          .type("C")
          .group(kOfTokens);
  options
      .flag("--tokens", request.tokens,
            "for quantized data: write the tokens, not points in the data's units")
      .group(kOfTokens);
  return free;
}

// Declares --from and --begin, which need each other.
void add_variations(Options& options, SampleArguments& args) {
  const Option from =
      add_input(options, "--from", args.from,
                "rows to vary, (N, D): noise is added to them as on the path to the "
                "time of --begin, and the flow goes on from there")
          .group(kOfContinuous);
  const Option begin =
      options
          .add("--begin", args.request.begin,
               "the time to which --from adds noise, between 0 (all noise) and 1 (none)")
          .needs(from)
          .number()
          .type("T")
          .group(kOfContinuous);
  from.needs(begin);
}

Action declare_sample(Options& options) {
  auto args = std::make_shared<SampleArguments>();
  SampleRequest& request = args->request;
  add_solver(options, request);
  const Option number =
      add_number(
          options, request.n, 1, kMostSamples,
          "number of samples; with --condition-file, samples of each row (then 1 by default); with "
          "--from as many as it has rows")
          .shows_default();
  add_seed(options, request.seed, "seed; sample k depends only on the seed and on k");
  add_output(
      options, "--out", args->out,
      "file for the samples: .npy or .csv, for tokens also .txt with one per line (default: "
      "RUN/samples/samples-SEED.npy; words and text: .txt, and the first ones are also printed)");
  const Option condition =
      options
          .add("--condition", args->condition,
               "values of all columns that the run is conditioned on, such as "
               "\"species=Gentoo,body_mass_g=4200\" (default: those of rows of the run's data)")
          .check(fault_of_given)
          .type("TEXT")
          .group(kOfContinuous);
  add_input(options, "--condition-file", args->condition_file,
            "a table (CSV or .npy) with these columns, one row for each sample or each -n samples; "
            "its other columns are not read")
      .excludes(condition)
      .group(kOfContinuous);
  const Option free = add_tokens(options, request);
  add_variations(options, *args);
  const Option trajectory =
      add_output(options, "--trajectory", args->trajectory,
                 "also write the states from noise to data here, (times, n, D): "
                 ".npy; --json prints the times");
  options.add("--times", args->times, "number of times of the trajectory, including both ends")
      .needs(trajectory)
      .range(2, 100'000)
      .shows_default()
      .type("T");
  const Option loglik =
      add_output(options, "--loglik", args->log_density,
                 "also write ln p of each sample here, (n), in nats, from the same solve; "
                 "the samples then have no last step to E[x1 | x]")
          .group(kOfContinuous);
  add_divergence(options, request.divergence, &loglik);
  add_output(options, "--labels", args->labels, "also write the class of each sample here, (n)");
  options.flag("--json", args->json, "print one JSON object about the samples on stdout");
  return [args, free, number] {
    args->n_given = number.given();
    if (const SampleRequest& asked = args->request;
        free.given() && asked.given.find(asked.free) == std::string::npos)
      throw Failure(
          Exit::usage,
          fmt::format("[sample] --free {} has no effect, since --given \"{}\" does not have "
                      "that character; leave it out",
                      asked.free, asked.given));
    return sample_in_ranks(*args);
  };
}

}  // namespace

const Verb sample_verb{
    "sample", "draw samples from a trained run",
    "pushforward sample runs/moons -n 1000 --seed 1 --out samples.npy\n"
    "  pushforward sample runs/penguins -n 100 --given species=Adelie --out adelie.csv\n"
    "  pushforward sample runs/penguins --from new.csv --begin 0.7 --out varied.csv\n"
    "  pushforward sample runs/text -n 5 --given \"th__ is a _____\"",
    declare_sample};

}  // namespace pushforward::app
