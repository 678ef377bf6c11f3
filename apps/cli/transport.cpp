// `pushforward encode` and `decode`: move points along the flow to the noise that they come from, and
// noise to the points where the flow ends.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "apps/cli/points.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/run/config.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/message.h"
#include "flow/solve/method.h"

namespace pushforward::app {
namespace {

// The differences between the two verbs.
struct Transport {
  const char* verb;
  const char* points;  // the help text of --points
  Moved (*Engine::*carry)(const Config&, const SolverRequest&, const NdArray&);
  Moved (*Engine::*carry_blocks)(const Config&, const SolverRequest&, const NdArray& table,
                                 const NextPoints&, const TakeRows&);
};

struct TransportArguments {
  Transport transport;
  SolverRequest request;
  std::string points, out;
  bool seed_given = false;
};

// Refuses --seed for a solver that draws nothing.
void check_seed(const Config& config, const TransportArguments& args) {
  const std::string solver = args.request.solver.value_or(config.string("/sampler/type"));
  if (!args.seed_given || solver == name_of(SamplingMethod::bridge_sde)) return;
  throw Failure(Exit::usage,
                fmt::format("[{}] --seed has no effect, since {} draws no random numbers; leave it "
                            "out, or give --solver bridge_sde for a run of a bridge",
                            args.transport.verb, solver));
}

// Moves the points and writes them. Returns notes about them.
std::vector<std::string> write_whole(const Config& config, const TransportArguments& args) {
  const bool decodes = args.transport.carry == &Engine::decode;
  const RunPoints read =
      decodes ? read_latents(args.request.run, args.points)
              : read_labelled_points(args.request.run, args.points, args.transport.verb);
  SolverRequest request = args.request;
  request.conditions = read.conditions;
  const Moved moved = (engine_of(config).*args.transport.carry)(config, request, read.points);
  write_array(args.out, decodes
                            ? with_conditions(request.run, moved.points, read.conditions)
                            : latents_with_conditions(request.run, moved.points, read.conditions));
  return moved.notes;
}

// Does the same block by block.
std::vector<std::string> write_blocks(const Config& config, const TransportArguments& args,
                                      NpyRows points) {
  return write_blocks_of(args.transport.verb, std::move(points), args.out,
                         [&](const NdArray& table, const NextPoints& next, const TakeRows& take) {
                           return (engine_of(config).*args.transport.carry_blocks)(
                               config, args.request, table, next, take);
                         });
}

int transport_points(const TransportArguments& args) {
  const Config config =
      with_run_data(load_continuous_run(args.request.run, args.transport.verb, kInsteadOfTransport),
                    args.request);
  check_array_name(args.out);
  check_seed(config, args);
  std::optional<NpyRows> blocks =
      open_point_blocks(config, args.request.run, args.points, {args.out}, args.transport.verb);
  const std::vector<std::string> notes =
      blocks ? write_blocks(config, args, std::move(*blocks)) : write_whole(config, args);
  print_notes(notes);
  print("{}\n", args.out);
  return 0;
}

Action declare_transport(Options& options, const Transport& transport) {
  auto args = std::make_shared<TransportArguments>();
  args->transport = transport;
  add_solver(options, args->request, RunsTaken::continuous);
  add_input(options, "--points", args->points, transport.points).required();
  add_output(options, "--out", args->out, "file for the moved points, (N, D): .npy or .csv")
      .required();
  const Option seed = add_seed(options, args->request.seed,
                               "seed of the noise of --solver bridge_sde, the SDE of a bridge");
  return [args, seed] {
    args->seed_given = seed.given();
    return transport_points(*args);
  };
}
Action declare_encode(Options& options) {
  return declare_transport(options, {"encode", "points (N, D) in the data's units: .npy or .csv",
                                     &Engine::encode, &Engine::encode_blocks});
}
Action declare_decode(Options& options) {
  return declare_transport(options, {"decode", "latents (N, D) in the source's units: .npy or .csv",
                                     &Engine::decode, &Engine::decode_blocks});
}

}  // namespace

const Verb encode_verb{"encode", "map points to the noise they come from",
                       "pushforward encode runs/moons --points samples.npy --out latents.npy",
                       declare_encode};

const Verb decode_verb{"decode", "map noise to the points it flows to",
                       "pushforward decode runs/moons --points latents.npy --out points.npy",
                       declare_decode};

}  // namespace pushforward::app
