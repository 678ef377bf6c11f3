// `pushforward compare A B`: measures how much the rows of two files differ.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/compare/table_comparison.h"
#include "apps/report/files_read.h"
#include "apps/run/free_memory.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

struct CompareArguments {
  std::string samples, truth, held_out, out, drop;
  ComparisonOptions options;
  int threads = 0;
  bool json = false;
};

std::string fault_of_out(const std::string& name) {
  if (has_ending(name, ".json") || has_ending(name, ".csv")) return "";
  return "\"" + name + "\" ends in neither .json nor .csv; the ending chooses the format";
}

int compare_files(const CompareArguments& args) {
  files_read().send_to(args.json);
  std::vector<NdArray> tables;
  DroppedColumns drop(args.drop);
  for (const std::string& file : {args.samples, args.truth, args.held_out})
    if (!file.empty()) tables.push_back(read_table_to_compare(file, "compare", drop));
  drop.check_found("compare");
  const SharedTables shared = share_columns(std::move(tables), 1, "compare");
  check_memory_to_compare(shared, free_memory(), "compare");
  Workers workers(args.threads);
  const TableComparison c = compare_tables(shared, args.options, workers);
  Json object{{"a", args.samples}, {"b", args.truth}};
  if (!args.held_out.empty()) object["holdout"] = args.held_out;
  object.update(table_comparison_object(c));
  if (args.json) object["read"] = files_read().json();
  if (!args.out.empty())
    write_file_atomically(
        posix(), args.out,
        has_ending(args.out, ".csv") ? table_comparison_csv(c) : object.dump() + "\n");
  if (args.json) {
    print("{}\n", object.dump());
  } else {
    print_text(table_comparison_text(c));
  }
  return 0;
}

Action declare_compare(Options& options) {
  auto args = std::make_shared<CompareArguments>();
  ComparisonOptions& o = args->options;
  options
      .file("samples", args->samples, FileUse::reads,
            "the samples: .npy or a table of text (CSV), one row each; columns are matched by name")
      .required()
      .type("A");
  options
      .file("truth", args->truth, FileUse::reads,
            "rows to compare them with, such as those of training, in a file of the same kinds")
      .required()
      .type("B");
  add_input(options, "--holdout", args->held_out,
            "rows that were held out from training: their distances to the rows of B stand beside "
            "those of the samples");
  add_drop(options, args->drop);
  options
      .add(
          "--max", o.max_points,
          "use at most N points of each set, drawn at random, for the measures over pairs of points")
      .range(1, 100'000)
      .shows_default()
      .type("N");
  options.add("--projections", o.projections, "number of random directions for sliced W2")
      .range(1, 1'000'000)
      .shows_default()
      .type("P");
  options
      .add("--neighbours", o.neighbours,
           "for coverage: the ball around a point of B reaches to its K-th nearest neighbour in B")
      .range(1, 10'000)
      .shows_default()
      .type("K");
  o.scale = "auto";
  options
      .add("--scale", o.scale,
           "units of W2, MMD and so on: none, the columns' own; std, each column's standard "
           "deviation in B; auto: std if the columns have names or are not all numbers")
      .one_of({"auto", "none", "std"})
      .shows_default();
  add_seed(options, o.seed, "seed of drawn rows, directions and the classifier");
  add_threads(options, args->threads);
  add_output(options, "--out", args->out,
             "also write all numbers here: .json, the object of --json, or .csv, a row for each "
             "measure")
      .check(fault_of_out);
  options.flag("--json", args->json, "print one JSON object on stdout");
  return [args] { return compare_files(*args); };
}

}  // namespace

const Verb compare_verb{"compare",
                        "compare two tables: column by column, by a classifier, W2, closest rows",
                        "pushforward compare new.csv data/penguins.csv", declare_compare};

}  // namespace pushforward::app
