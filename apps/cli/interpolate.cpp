// `pushforward interpolate`: interpolates between points through the noise that they come from.
#include <fmt/core.h>

#include <memory>

#include "apps/cli/points.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

struct InterpolateArguments {
  SolverRequest request;
  std::string from, to, out;
  int count = 9;
  bool linear = false;
};

int write_interpolation(const InterpolateArguments& args) {
  const Config config = with_run_data(
      load_continuous_run(args.request.run, "interpolate", kInsteadOfTransport), args.request);
  if (!has_ending(args.out, ".npy"))
    throw Failure(Exit::usage,
                  fmt::format("[interpolate] {}: the output has three axes, and only .npy "
                              "holds such an array; end the name in .npy",
                              args.out));
  const RunPoints from = read_labelled_points(args.request.run, args.from, "interpolate"),
                  to = read_labelled_points(args.request.run, args.to, "interpolate");
  if (from.conditions != to.conditions)
    throw Failure(
        Exit::usage,
        fmt::format("[interpolate] the rows of {} and {} have different conditions, but an "
                    "interpolation has those of its row at all points; give both files "
                    "the same ones",
                    args.from, args.to));
  SolverRequest request = args.request;
  request.conditions = from.conditions;
  const Moved way = engine_of(config).interpolate(config, request, from.points, to.points,
                                                  args.count, args.linear);
  write_npy(args.out, way.points);
  print_notes(way.notes);
  print("{}\n", args.out);
  return 0;
}

Action declare_interpolate(Options& options) {
  auto args = std::make_shared<InterpolateArguments>();
  add_solver(options, args->request, RunsTaken::continuous);
  add_input(options, "--from", args->from, "first points, (N, D): .npy or .csv").required();
  add_input(options, "--to", args->to, "last points, (N, D): .npy or .csv").required();
  options.add("--count", args->count, "number of points from the first to the last, including both")
      .range(2, 100'000)
      .shows_default()
      .type("K");
  options.flag("--linear", args->linear,
               "interpolate latents along a line instead of a great circle; always so if they "
               "are not Gaussian");
  add_output(options, "--out", args->out, "file for the points, (K, N, D): .npy").required();
  return [args] { return write_interpolation(*args); };
}

}  // namespace

const Verb interpolate_verb{
    "interpolate", "interpolate between points through the noise they come from",
    "pushforward interpolate runs/digits --from a.npy --to b.npy --count 9 --out way.npy",
    declare_interpolate};

}  // namespace pushforward::app
