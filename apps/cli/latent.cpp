// `pushforward encode`, `decode` and `interpolate`: points and the noise they come from.
#include <fmt/format.h>

#include <cstdio>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/formats/arrays.h"
#include "apps/run/config.h"
#include "apps/terminal/interrupt.h"

namespace pushforward::app {
namespace {

using Transport = NdArray (*Engine::*)(const Config&, const SolverRequest&, const NdArray&);

constexpr const char* kInstead = "sample with --given keeps tokens, and --trajectory shows the way";

int transport_points(const LatentArguments& args, const char* verb, Transport way) {
  const Config config = load_continuous_run(args.request.run, verb, kInstead);
  check_array_name(args.out);
  check_distinct({{"--points", args.points}, {"--out", args.out}});
  const Interrupt interrupt;
  const NdArray points = read_array(args.points);
  write_array(args.out, (engine_of(config).*way)(config, args.request, points));
  fmt::print("{}\n", args.out);
  return 0;
}

}  // namespace

int verb_encode(const LatentArguments& args) {
  return transport_points(args, "encode", &Engine::encode);
}

int verb_decode(const LatentArguments& args) {
  return transport_points(args, "decode", &Engine::decode);
}

int verb_interpolate(const InterpolateArguments& args) {
  const Config config = load_continuous_run(args.request.run, "interpolate", kInstead);
  if (!args.out.ends_with(".npy"))
    throw Failure(Exit::usage, fmt::format("[interpolate] {}: ways are arrays of three axes, "
                                           "which only .npy holds; end the name in .npy",
                                           args.out));
  const Interrupt interrupt;
  const NdArray from = read_array(args.from), to = read_array(args.to);
  write_npy(args.out,
            engine_of(config).interpolate(config, args.request, from, to, args.count, args.linear));
  fmt::print("{}\n", args.out);
  return 0;
}

}  // namespace pushforward::app
