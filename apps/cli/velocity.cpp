// `pushforward velocity`: the velocity of a run's flow at given points.
#include <fmt/core.h>

#include <memory>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/formats/arrays.h"
#include "apps/run/config.h"

namespace pushforward::app {
namespace {

struct VelocityArguments {
  RunRequest request;
  std::string points, out;
  double t = 0;
};

int write_velocity(const VelocityArguments& args) {
  const Config config = load_continuous_run(args.request.run, "velocity",
                                            "sample --trajectory shows the way they go");
  check_array_name(args.out);
  check_distinct({{"--points", args.points}, {"--out", args.out}});
  const Moved u =
      engine_of(config).velocity(config, args.request, read_array(args.points), args.t);
  write_array(args.out, u.points);
  print_notes(u.notes);
  fmt::print("{}\n", args.out);
  return 0;
}

Action declare_velocity(Options& options) {
  auto args = std::make_shared<VelocityArguments>();
  add_run(options, args->request);
  add_file(options, "--points", args->points, "where: an .npy or .csv file of shape (N, D)")
      .required();
  options.add("--t", args->t, "when: 0 is noise, 1 is data").required().range(0.0, 1.0).type("T");
  add_file(options, "--out", args->out, "where to write u(x, t), (N, D): .npy or .csv").required();
  return [args] { return write_velocity(*args); };
}

}  // namespace

const Verb velocity_verb{"velocity", "the learned velocity at given points",
                         "pushforward velocity runs/moons --points grid.npy --t 0.5 --out u.npy",
                         declare_velocity};

}  // namespace pushforward::app
