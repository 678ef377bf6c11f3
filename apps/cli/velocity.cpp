// `pushforward velocity`: computes the velocity of a run's flow at given points.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/points.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/run/config.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

struct VelocityArguments {
  RunRequest request;
  std::string points, out;
  double t = 0;
};

// Computes the velocities at all points and writes them. Returns notes about them.
std::vector<std::string> write_all_velocities(const Config& config, const VelocityArguments& args) {
  const RunPoints read = read_labelled_points(args.request.run, args.points, "velocity");
  RunRequest request = args.request;
  request.conditions = read.conditions;
  const Moved u = engine_of(config).velocity(config, request, read.points, args.t);
  write_array(args.out, u.points);
  return u.notes;
}

// Does the same block by block.
std::vector<std::string> write_velocity_blocks(const Config& config, const VelocityArguments& args,
                                               NpyRows points) {
  return write_blocks_of("velocity", std::move(points), args.out,
                         [&](const NdArray& table, const NextPoints& next, const TakeRows& take) {
                           return engine_of(config).velocity_blocks(config, args.request, args.t,
                                                                    table, next, take);
                         });
}

int write_velocity(const VelocityArguments& args) {
  const Config config =
      with_run_data(load_continuous_run(args.request.run, "velocity",
                                        "use sample --trajectory to write their states over time"),
                    args.request);
  check_array_name(args.out);
  std::optional<NpyRows> blocks =
      open_point_blocks(config, args.request.run, args.points, {args.out}, "velocity");
  print_notes(blocks ? write_velocity_blocks(config, args, std::move(*blocks))
                     : write_all_velocities(config, args));
  print("{}\n", args.out);
  return 0;
}

Action declare_velocity(Options& options) {
  auto args = std::make_shared<VelocityArguments>();
  add_run(options, args->request);
  add_input(options, "--points", args->points, "the points, (N, D): .npy or a table of text (CSV)")
      .required();
  options.add("--t", args->t, "the time, from 0 (noise) to 1 (data)")
      .required()
      .range(0.0, 1.0)
      .type("T");
  add_output(options, "--out", args->out,
             "file for u(x, t), (N, D), in the data's units per unit of t: .npy, .csv or .tsv")
      .required();
  return [args] { return write_velocity(*args); };
}

}  // namespace

const Verb velocity_verb{"velocity", "compute the learned velocity at given points",
                         "pushforward velocity runs/moons --points grid.npy --t 0.5 --out u.npy",
                         declare_velocity};

}  // namespace pushforward::app
