// `pushforward loglik`: computes the log-densities of given points.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "apps/cli/density_blocks.h"
#include "apps/cli/points.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/config/data_types.h"
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
#include "apps/tables/csv.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

namespace {

struct LoglikArguments {
  DensityRequest request;
  std::string points, out, gradient, error;  // file names; the last two are empty if not requested
  bool json = false;
};

void print_densities(const Config& config, const LoglikArguments& args,
                     const DensityReport& written) {
  const auto& [found, mean, estimate, note] = written;
  if (args.json) {
    Json report{{"out", args.out},
                {"n", mean.rows},
                {"nll", mean.finite > 0 ? Json(-mean.value()) : Json()},
                {"rows_of_probability_0", mean.impossible},
                {"rows_not_solved", mean.rows - mean.finite - mean.impossible},
                {"end", found.end},
                {"nfe_mean", found.nfe_mean},
                {"seconds", found.seconds},
                {"read", files_read().json()}};
    add_estimate(estimate, report);
    if (!found.of_columns.empty()) report["of_columns"] = found.of_columns;
    if (!note.empty()) report["note"] = note;
    if (!found.notes.empty()) report["notes"] = found.notes;
    print("{}\n", report.dump());
  } else {
    tell("{} in {:.2f} s, mean ln p {} nats{}{}, {:.1f} evaluations each",
         counted(mean.rows, "point"), found.seconds,
         mean.finite > 0 ? fmt::format("{:.6g}", mean.value()) : std::string("-inf"),
         of_tokens(config) ? " or more (an estimate of a bound)" : "",
         mean.finite == mean.rows ? std::string()
                                  : fmt::format(" over the {} finite ones", mean.finite),
         found.nfe_mean);
    if (mean.impossible > 0)
      tell("{} of {} {} probability 0 (ln p is -inf): {}; the first is row {} (counted from 0)",
           mean.impossible, counted(mean.rows, "point"), mean.impossible == 1 ? "has" : "have",
           of_tokens(config) ? "one of their tokens has it"
                             : "the flow takes them outside of the source's support",
           mean.first_impossible);
    if (!found.of_columns.empty()) tell_line(found.of_columns);
    tell_of_densities(args.out, note, estimate);
    if (found.outside > 0)
      tell(
          "{} of the points have numbers outside the levels of this run, which are replaced "
          "by the nearest level; if the file holds tokens, add --tokens",
          found.outside);
    if (found.spread_unbounded)
      tell(
          "the source is rows of data, so the variance of these estimates may be infinite; "
          "average over many --seed");
    if (found.end != 1 && found.estimate.smoothed_to == 1)
      tell("solved from t = {}, where the flow of this run ends", found.end);
    print("{}\n", args.out);
    for (const std::string& file : {args.gradient, args.error})
      if (!file.empty()) print("{}\n", file);
  }
}

// Returns the text of the table `file` with ln p as its last column, or in the place of a column of that
// name.
std::string scored_text(CellTable file, const NdArray& log_density, const std::string& name,
                        char separator) {
  const auto found = std::find(file.names.begin(), file.names.end(), name);
  if (found != file.names.end())
    tell("column {} of the points is replaced, since the new one has its name", name);
  const auto at = static_cast<std::size_t>(found - file.names.begin());
  CellTable scored{std::max(file.columns, at + 1), file.names};
  scored.names.resize(scored.columns);
  scored.names[at] = name;
  for (std::size_t row = 0; row < log_density.values.size(); ++row)
    for (std::size_t k = 0; k < scored.columns; ++k)
      scored.cells.push_back(k == at ? value_cell(log_density, 0, log_density.values[row])
                                     : std::move(file.cells[row * file.columns + k]));
  return csv_text(scored, separator);
}

// Writes ln p to a file. For a typed table the file is a .csv, and ln p follows the cells of each
// row, with all columns of a table of text. Otherwise the file has ln p alone. Returns the name of the
// file with the note about them, if one was written.
std::string write_densities_of(const LoglikArguments& args, const RunPoints& read,
                               const Densities& found) {
  const NdArray points = with_conditions(args.request.run, read.points, read.conditions);
  const std::string& out = args.out;
  const bool rows = !points.columns.empty() && !points.names.empty() && !has_ending(out, ".npy") &&
                    found.estimate.smoothed_to == 1;
  if (!rows) return write_log_density(out, found.log_density, found.estimate.words());
  const char* const name = !found.estimate.by.empty()  ? "ln_p_estimate"
                           : !found.of_columns.empty() ? "ln_p_bound"
                                                       : "ln_p";
  if (std::optional<PointsCells> file = read_as_text(args.request.run, args.points, read))
    write_file_atomically(posix(), out,
                          scored_text(std::move(file->cells), found.log_density, name,
                                      has_ending(out, ".tsv") ? '\t' : ','));
  else
    write_array(out, with_column(points, found.log_density, name, points.names.size()));
  return "";
}

// Opens the points if their log-densities can be written block by block: nothing but ln p is
// wanted, in one process.
std::optional<NpyRows> points_in_blocks(const Config& config, const LoglikArguments& args) {
  if (args.request.tokens || !args.gradient.empty() || args.request.ranks) return std::nullopt;
  return open_point_blocks(config, args.request.run, args.points, {args.out, args.error}, "loglik");
}

// Computes the log-densities of all points together, and writes them.
DensityReport write_whole(const Config& config, const LoglikArguments& args) {
  const Engine& engine = engine_of(config);
  const bool text = of_tokens(config) && has_ending(args.points, ".txt");
  DensityRequest request = args.request;
  if (of_tokens(config)) resolve_label_of_run(request);
  RunPoints read =
      text ? RunPoints{engine.count_tokens(config, request, read_lines(args.points), args.points)}
           : read_labelled_points(args.request.run, args.points, "loglik");
  const NdArray& points = read.points;
  request.row_labels = std::move(read.labels);
  request.conditions = read.conditions;
  request.gradient = !args.gradient.empty();
  if (RowRanks* const ranks = request.ranks) {
    ranks->meet_with_file(RunPaths{request.run}.model());
    ranks->meet_with_file(args.points);
    if (!args.json) tell("{} processes share the points", ranks->count());
  }
  DensityReport report{engine.log_density(config, request, points)};
  if (!has_rows(request.ranks)) return report;
  const Densities& found = report.found;
  check_error_wanted({args.out, args.error}, found);
  report.mean.add(found.log_density.values);
  report.estimate = found.estimate.words();
  report.note = write_densities_of(args, read, found);
  if (!args.error.empty()) write_array(args.error, found.estimate.error);
  if (request.gradient) write_array(args.gradient, found.gradient);
  return report;
}

int write_densities(const LoglikArguments& args) {
  const Config config = with_run_data(load_run_config(args.request.run), args.request);
  for (const std::string* file : {&args.out, &args.error, &args.gradient})
    if (!file->empty()) check_array_name(*file);
  check_files({{"the note of --out", note_file(args.out), FileUse::writes},
               {"--points", args.points, FileUse::reads},
               {"run", args.request.run, FileUse::inside}});
  files_read().send_to(args.json);
  std::optional<NpyRows> blocks = points_in_blocks(config, args);
  const DensityReport report = blocks
                                   ? write_density_blocks(config, args.request, std::move(*blocks),
                                                          {args.out, args.error}, args.json)
                                   : write_whole(config, args);
  if (!has_rows(args.request.ranks)) return 0;
  print_densities(config, args, report);
  print_notes(report.found.notes);
  return 0;
}

Action declare_loglik(Options& options) {
  auto args = std::make_shared<LoglikArguments>();
  DensityRequest& request = args->request;
  add_solver(options, request);
  add_input(options, "--points", args->points,
            "the points: .npy or a table of text (CSV) of shape (N, D); tokens: (N, L), or .txt")
      .required();
  options
      .flag(
          "--tokens", request.tokens,
          "for quantized data: the file holds tokens, as written by `sample --tokens`, not points")
      .group(kOfTokens);
  add_output(
      options, "--out", args->out,
      "file for ln p, (N), in nats: .csv, or .npy with a note beside it where they are not ln p "
      "itself but estimates")
      .required();
  add_output(options, "--gradient", args->gradient,
             "also write the score here, (N, D): the gradient of ln p at the points, "
             "from 40 steps of rk4, or from --steps of a solver with fixed steps")
      .group(kOfContinuous);
  add_output(options, "--error", args->error,
             "also write the standard error of each estimate here, (N), in nats")
      .group(kOfContinuous);
  add_divergence(options, request.divergence);
  const Option seed =
      add_seed(options, request.seed,
               "seed of the random vectors of an estimate, or of the times of a bound");
  options.flag("--json", args->json, "print one JSON object about the results on stdout");
  return [args, seed] {
    args->request.seed_given = seed.given();
    return run_in_ranks([&](RowRanks* ranks) {
      args->request.ranks = ranks;
      return write_densities(*args);
    });
  };
}

}  // namespace

const Verb loglik_verb{
    "loglik", "compute ln p of given points under a run's flow; for tokens a bound",
    "pushforward loglik runs/moons --points samples.npy --out logp.npy", declare_loglik};

}  // namespace pushforward::app
