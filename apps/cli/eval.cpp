// `pushforward eval`: measures a run, prints a table or JSON, and writes JSON to the run's folder.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/config/data_types.h"
#include "apps/counted.h"
#include "apps/data/run_data.h"
#include "apps/engine/engine.h"
#include "apps/json/write.h"
#include "apps/ranks/rows.h"
#include "apps/report/evaluation_lines.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/run/folder.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

void print_table(const Json& report) {
  for (const EvaluationLine& line : evaluation_lines(report))
    print("{:<26} {:>11}   {}\n", line.name, line.value, line.remark);
  if (const Json* words = report.find_path("/samples/words/new_words")) {
    print("new words:");
    for (const Json& word : *words) print(" {}", word.get<std::string>());
    print("\n");
  }
}

// Describes the rows of data that were compared, and how many there were.
std::string evaluated_data_words(const Json& report) {
  const Json& likelihood = report.at("likelihood");
  const Json& rows = likelihood.is_object() && likelihood.contains("rows") ? likelihood.at("rows")
                                                                           : report.at("n");
  const auto n = rows.get<std::size_t>();
  std::string words = report.at("rows").get<std::string>();
  if (const auto at = words.find("rows"); n == 1 && at != words.npos) words.erase(at + 3, 1);
  return fmt::format("{} {}", n, words);
}

struct EvalArguments {
  EvaluateRequest request;
  bool json = false;
};

// Returns in words what the distances between samples and data are measured in.
std::string units_of_distances(const Config& config, const Json& samples) {
  if (on_manifold(config)) return "straight lines between " + samples.at("columns_as").text();
  if (samples.contains("columns_as"))
    return "the units of the flow, since the table's columns are encoded";
  return samples.at("scale") == "std" ? "standard deviations of the data, by column"
                                      : "the data's own units";
}

// Prints remarks about what limits the accuracy or the meaning of the numbers in this report.
void print_remarks(const Config& config, const EvaluateRequest& request, const Json& report) {
  const Json& samples = report.at("samples");
  if (samples.contains("scale")) tell("distances are in {}", units_of_distances(config, samples));
  if (const Json* remark = report.find_path("/samples/remark"); remark && !remark->text().empty())
    tell("{}", remark->text());
  if (const Json* asked = report.find_path("/n_asked_for"))
    tell("{} {}, so that many samples are compared with {}, not {}",
         report.at("rows") == "held-out rows" ? "the run holds out" : "the data has",
         counted(report.at("n").get<int>(), "row"), report.at("n") == 1 ? "it" : "them",
         asked->get<int>());
  if (const Json* columns = report.find("conditioned_on"))
    tell("samples and likelihoods are given {} of the rows that they are compared with",
         fmt::join(columns->get<std::vector<std::string>>(), ", "));
  if (report.at("rows").text().starts_with("training"))
    tell(
        "the run was trained on these rows: a flow that only remembers them measures well "
        "here");
  if (const Json* by = report.find_path("/likelihood/divergence"); by && by->text() != "exact")
    tell("the likelihood is Hutchinson's estimate by {} {} probes a row",
         report.at("likelihood").at("probes").get<int>(), by->text());
  if (const Json* t = report.find_path("/likelihood/smoothed_to"))
    tell(
        "the data is a finite set, which has no density at t = 1: the likelihood is that of the data "
        "smoothed to t = 1 - {:.2g}",
        1 - t->get<double>());
  if (report.contains("ode_solver"))
    tell("paths and likelihood are those of the run's ODE, solved by {}: {} cannot solve it",
         report.at("ode_solver").get<std::string>(),
         request.solver.value_or(config.string("/sampler/type")));
  if (report.at("likelihood").is_null())
    tell(
        "no likelihood: {}",
        of_tokens(config)
            ? "source and data are paired, but the bound needs a source that is independent of the data"
            : "the source has no density, or the flow begins inside of the path (/sampler/begin), "
              "where the law has none in closed form");
  if (const Json* why = report.find_path("/exact_left_out"))
    tell("no error of the velocity: {}", why->text());
  const Json likelihood = report.value("likelihood", Json());
  const auto rows_said = [&](const char* key, const char* what) {
    if (!likelihood.is_object() || !likelihood.contains(key) || likelihood.at(key) == 0) return;
    tell("{} of {} rows {}: the negative log-likelihood is the mean of the others",
         likelihood.at(key).get<std::size_t>(),
         likelihood.contains("rows") ? likelihood.at("rows").get<int>() : report.at("n").get<int>(),
         what);
  };
  rows_said("rows_of_probability_0", "have probability 0 (ln p is -inf)");
  rows_said("rows_not_solved", "have no ln p, since the solver failed on them");
  if (of_tokens(config) && report.at("likelihood").is_object() &&
      config.string("/source/type") == "data")
    tell("the source is rows of data, so the estimate of the bound may have infinite variance");
  if (const Json exact = report.value("exact", Json());
      exact.is_object() && exact.at("memorises_at_zero") == true)
    tell(
        "the data is a finite set, and its exact flow ends in its rows: "
        "a velocity error of 0 would mean that the network has memorised them");
}

int evaluate(const EvalArguments& args) {
  const std::string path = RunPaths{args.request.run}.evaluation();
  check_files({{"the report", path, FileUse::writes}});
  const Config config = locate_data(load_run_config(args.request.run), args.request.run,
                                    ChangedData::warn, tell_line);
  files_read().send_to(args.json);
  if (RowRanks* const ranks = args.request.ranks) {
    ranks->meet_with_file(RunPaths{args.request.run}.model());
    for (const DataFile& file : data_files(config)) ranks->meet_with_file(file.path);
    if (!args.json) tell("{} processes share the samples and the likelihood", ranks->count());
  }
  Json report = engine_of(config).evaluate(config, args.request);
  if (!has_rows(args.request.ranks)) return 0;
  write_file_atomically(posix(), path, write_json(report));
  if (args.json) {
    report["read"] = files_read().json();
    print("{}\n", report.dump());
  } else {
    tell("{} and {}, seed {}", counted(report.at("n").get<int>(), "sample"),
         evaluated_data_words(report), args.request.seed);
    print_table(report);
    print_remarks(config, args.request, report);
    tell_line(path);
  }
  return 0;
}

Action declare_eval(Options& options) {
  auto args = std::make_shared<EvalArguments>();
  EvaluateRequest& request = args->request;
  add_solver(options, request);
  add_number(options, request.n, 8, 1'000'000,
             "number of samples and of rows of data; a smaller set is taken whole (default: "
             "/eval/n)");
  add_scale(options, request.scale);
  add_seed(options, request.seed, "seed of the samples and of the rows of data");
  add_divergence(options, request.divergence);
  options.flag("--json", args->json, "print one JSON object on stdout");
  return [args] {
    return run_in_ranks([&](RowRanks* ranks) {
      args->request.ranks = ranks;
      return evaluate(*args);
    });
  };
}

}  // namespace

const Verb eval_verb{"eval",
                     "measure a run: distance to data, likelihood, paths, error of the velocity",
                     "pushforward eval runs/moons --json", declare_eval};

}  // namespace pushforward::app
