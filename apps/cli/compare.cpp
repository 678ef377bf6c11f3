// `pushforward compare A B`: measures how much the points of two files differ.
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <memory>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/formats/arrays.h"
#include "apps/report/comparison.h"
#include "apps/report/files_read.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

// Checks that the array is a table of points and returns its rows. Throws Failure that names the
// file `path` if it is not.
PointSet make_point_set(const std::string& path, const NdArray& array) {
  const auto trouble = [&](const std::string& what) {
    return Failure(Exit::file, fmt::format("[compare] {}: {}", path, what));
  };
  if (array.values.empty())
    throw trouble(fmt::format("shape {} holds no points", shape_text(array.shape)));
  const std::size_t rows = array.shape[0], dim = array.values.size() / rows;
  constexpr std::size_t kMaxCount = std::numeric_limits<int>::max();
  if (rows > kMaxCount || dim > kMaxCount)
    throw trouble(fmt::format("shape {} is too large", shape_text(array.shape)));
  for (std::size_t k = 0; k < array.values.size(); ++k) {
    if (!std::isfinite(array.values[k]))
      throw trouble(fmt::format("row {}, column {} is {}; points must be finite", k / dim, k % dim,
                                array.values[k]));
  }
  return {static_cast<int>(rows), static_cast<int>(dim), array.values.data()};
}

struct CompareArguments {
  std::string samples, truth;
  ComparisonOptions options;
  int threads = 0;
  bool json = false;
};

int compare_files(const CompareArguments& args) {
  files_read().send_to(args.json);
  const NdArray b = read_points(args.truth, "compare"),
                a = match_columns(read_points(args.samples, "compare"), b.names, "compare",
                                  args.truth);
  const PointSet samples = make_point_set(args.samples, a), truth = make_point_set(args.truth, b);
  if (samples.dim != truth.dim) {
    throw Failure(
        Exit::usage,
        fmt::format(
            "[compare] {} holds {} points of dimension {}, but {} holds {} of dimension {}; "
            "compare points of the same dimension",
            args.samples, samples.rows, samples.dim, args.truth, truth.rows, truth.dim));
  }
  Workers workers(args.threads);
  ComparisonOptions options = args.options;
  options.names = b.names;
  const Comparison c = compare_points(samples, truth, options, workers);
  if (args.json) {
    Json object{{"a", args.samples}, {"b", args.truth}};
    object.update(comparison_object(c));
    object["read"] = files_read().json();
    print("{}\n", object.dump());
  } else {
    print("{} ({} points) against {} ({}), dimension {}\n\n{}", args.samples, c.samples, args.truth,
          c.truth, c.dim, comparison_text(c));
  }
  return 0;
}

Action declare_compare(Options& options) {
  auto args = std::make_shared<CompareArguments>();
  ComparisonOptions& o = args->options;
  options
      .file("samples", args->samples, FileUse::reads,
            "the samples: .npy or a table of text (CSV), one point per row")
      .required()
      .type("A");
  options
      .file("truth", args->truth, FileUse::reads,
            "points to compare them with, in a file of the same kinds")
      .required()
      .type("B");
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
  add_scale(options, o.scale);
  add_seed(options, o.seed, "seed of the drawn points and directions");
  add_threads(options, args->threads);
  options.flag("--json", args->json, "print one JSON object on stdout");
  return [args] { return compare_files(*args); };
}

}  // namespace

const Verb compare_verb{"compare",
                        "compare two sets of points: W2, sliced W2, MMD, energy distance, coverage",
                        "pushforward compare samples.npy data.npy", declare_compare};

}  // namespace pushforward::app
