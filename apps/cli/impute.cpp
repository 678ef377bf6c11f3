// `pushforward impute`: fills the missing cells of a table with draws from their distribution given
// the known cells of the row.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "apps/cli/points.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/counted.h"
#include "apps/engine/engine.h"
#include "apps/json/json.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/tables/arrays.h"
#include "apps/tables/filled_table.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

struct ImputeArguments {
  ImputeRequest request;
  std::string points, out;
  bool json = false;
};

void print_imputed(const ImputeArguments& args, const Imputed& imputed, std::size_t rows,
                   const std::vector<std::string>& numbers) {
  const ImputeRequest& request = args.request;
  if (args.json) {
    Json report{{"out", args.out},
                {"rows", rows},
                {"incomplete_rows", imputed.incomplete},
                {"missing", imputed.missing},
                {"draws", request.n},
                {"particles", request.particles},
                {"effective_particles", imputed.mean_effective},
                {"least_effective_particles", imputed.least_effective},
                {"seconds", imputed.seconds},
                {"read", files_read().json()}};
    if (!numbers.empty()) report["numbered_by"] = numbers;
    if (!imputed.notes.empty()) report["notes"] = imputed.notes;
    print("{}\n", report.dump());
    return;
  }
  tell("{} in {} of {} {} filled, {} in {:.2f} s", counted(imputed.missing, "missing cell"),
       imputed.incomplete, counted(rows, "row"), imputed.missing == 1 ? "is" : "are",
       request.n == 1 ? std::string("once") : fmt::format("{} times", request.n), imputed.seconds);
  if (imputed.incomplete > 0)
    tell("of {}, the effective number is {:.1f} on average and {:.1f} at least",
         counted(request.particles, "particle"), imputed.mean_effective, imputed.least_effective);
  print_notes(imputed.notes);
  print("{}\n", args.out);
}

// Writes the filled rows: the whole table if it is one of text and the output, too, and else the columns
// that the flow draws, with those of the conditions. Returns the names of the columns that number the
// rows, and adds notes.
std::vector<std::string> write_filled(const ImputeArguments& args, const RunPoints& given,
                                      const std::optional<PointsCells>& file, Imputed& imputed) {
  const std::string& run = args.request.run;
  const auto draws = static_cast<std::size_t>(args.request.n);
  const NdArray& points = imputed.points;
  if (!file || has_ending(args.out, ".npy")) {
    if (file) {
      NdArray all = with_conditions(run, points, given.conditions, draws);
      const FilledRows filled{all, columns_in_file(run, *file, all), draws};
      if (std::string lost = lost_columns(file->cells, filled, args.out); !lost.empty())
        imputed.notes.push_back(std::move(lost));
    }
    write_array(args.out, with_conditions(run, points, given.conditions, draws));
    return {};
  }
  const FilledTable table =
      filled_table(file->cells, {points, columns_in_file(run, *file, points), draws},
                   has_ending(args.out, ".tsv") ? '\t' : ',');
  write_file_atomically(posix(), args.out, table.text);
  imputed.notes.insert(imputed.notes.end(), table.notes.begin(), table.notes.end());
  return table.numbers;
}

int impute(const ImputeArguments& args) {
  const Config config =
      with_run_data(load_continuous_run(args.request.run, "impute",
                                        "use `pushforward sample --given` to fill the free tokens"),
                    args.request);
  check_array_name(args.out);
  files_read().send_to(args.json);
  const RunPoints given = read_incomplete_points(args.request.run, args.points, "impute");
  const std::optional<PointsCells> file = read_as_text(args.request.run, args.points, given);
  ImputeRequest request = args.request;
  request.row_labels = given.labels;
  request.conditions = given.conditions;
  const std::size_t rows = given.points.shape.empty() ? 0 : given.points.shape[0];
  Imputed imputed = engine_of(config).impute(config, request, given.points);
  const std::vector<std::string> numbers = write_filled(args, given, file, imputed);
  print_imputed(args, imputed, rows, numbers);
  return 0;
}

Action declare_impute(Options& options) {
  auto args = std::make_shared<ImputeArguments>();
  ImputeRequest& request = args->request;
  add_run(options, request);
  add_input(options, "--points", args->points,
            "the table (N, D), with missing cells: a table of text (CSV), or .npy with NaN")
      .required();
  add_output(
      options, "--out", args->out,
      "file for the filled table: .csv, with all columns of a table of text, or .npy, with "
      "those that the flow draws; the n draws of a row follow one another, and columns row and "
      "draw number them in a .csv")
      .required();
  add_number(options, request.n, 1, 100'000, "draws for each row").shows_default();
  add_seed(options, request.seed, "seed; a draw depends only on the seed and on its number");
  options.add("--steps", request.steps, "steps from noise to data")
      .range(2, 100'000)
      .shows_default()
      .type("S");
  options
      .add("--particles", request.particles,
           "particles for each draw; more are exacter, and the cost is proportional to them")
      .range(1, 100'000)
      .shows_default()
      .type("K");
  options.flag("--json", args->json, "print one JSON object about the result on stdout");
  return [args] { return impute(*args); };
}

}  // namespace

const Verb impute_verb{"impute", "fill the missing cells of a table",
                       "pushforward impute runs/penguins --points gaps.csv --out filled.csv -n 5",
                       declare_impute};

}  // namespace pushforward::app
