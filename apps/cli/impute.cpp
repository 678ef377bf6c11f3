// `pushforward impute`: fills the missing cells of a table with draws from their distribution given
// the known cells of the row.
#include <fmt/format.h>

#include <memory>

#include "apps/cli/points.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/json/json.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

struct ImputeArguments {
  ImputeRequest request;
  std::string points, out;
  bool json = false;
};

void print_imputed(const ImputeArguments& args, const Imputed& imputed, std::size_t rows) {
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
    if (!imputed.notes.empty()) report["notes"] = imputed.notes;
    print("{}\n", report.dump());
    return;
  }
  tell("{} missing cells in {} of {} rows are filled, {} in {:.2f} s", imputed.missing,
       imputed.incomplete, rows,
       request.n == 1 ? std::string("once") : fmt::format("{} times", request.n), imputed.seconds);
  if (imputed.incomplete > 0)
    tell("of {} particles, the effective number is {:.1f} on average and {:.1f} at least",
         request.particles, imputed.mean_effective, imputed.least_effective);
  print_notes(imputed.notes);
  print("{}\n", args.out);
}

int impute(const ImputeArguments& args) {
  const Config config =
      with_run_data(load_continuous_run(args.request.run, "impute",
                                        "use `pushforward sample --given` to fill the free tokens"),
                    args.request);
  check_array_name(args.out);
  files_read().send_to(args.json);
  const RunPoints given = read_incomplete_points(args.request.run, args.points, "impute");
  ImputeRequest request = args.request;
  request.row_labels = given.labels;
  request.conditions = given.conditions;
  const std::size_t rows = given.points.shape.empty() ? 0 : given.points.shape[0];
  Imputed imputed = engine_of(config).impute(config, request, given.points);
  write_array(args.out, with_conditions(request.run, std::move(imputed.points), given.conditions,
                                        static_cast<std::size_t>(request.n)));
  print_imputed(args, imputed, rows);
  return 0;
}

Action declare_impute(Options& options) {
  auto args = std::make_shared<ImputeArguments>();
  ImputeRequest& request = args->request;
  add_run(options, request);
  add_input(options, "--points", args->points,
            "the table (N, D), with missing cells: a table of text (CSV), or .npy with NaN")
      .required();
  add_output(options, "--out", args->out,
             "file for the filled table, (N n, D): .csv or .npy; the n draws of a row follow one "
             "another")
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
