// `pushforward sample` and `pushforward velocity`: files in, files out.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "apps/array_files.h"
#include "apps/failure.h"
#include "apps/interrupt.h"
#include "apps/json.h"
#include "apps/run_config.h"
#include "apps/verbs.h"

namespace pushforward {

int verb_sample(const SampleArguments& args) {
  const Config config = load_run_config(args.request.run);
  SampleRequest request = args.request;
  if (!args.trajectory.empty()) request.times = args.times;
  std::string out = args.out;
  if (out.empty()) {
    make_folders(posix(), join(request.run, "samples"));
    out = join(request.run, fmt::format("samples/samples-{}.npy", request.seed));
  }
  check_array_name(out);
  if (!args.trajectory.empty() && !args.trajectory.ends_with(".npy"))
    throw Failure(Exit::usage, fmt::format("[sample] {}: a trajectory is an array of three axes, "
                                           "which only .npy holds; end the name in .npy",
                                           args.trajectory));
  request.log_density = !args.log_density.empty();
  request.labels = !args.labels.empty();
  for (const std::string& file : {args.log_density, args.labels}) {
    if (!file.empty()) check_array_name(file);
  }
  const Interrupt interrupt;
  const Samples samples = engine_of(config).sample(config, request);
  write_array(out, samples.points);
  if (!args.trajectory.empty()) write_npy(args.trajectory, samples.trajectory);
  if (request.log_density) write_array(args.log_density, samples.log_density);
  if (request.labels) write_array(args.labels, samples.labels);
  if (args.json) {
    Json report{{"out", out},
                {"n", request.n},
                {"seed", request.seed},
                {"nfe_mean", samples.nfe_mean},
                {"nfe_max", samples.nfe_max},
                {"seconds", samples.seconds}};
    if (!samples.times.empty()) report["times"] = samples.times;
    fmt::print("{}\n", report.dump());
  } else {
    fmt::print(stderr,
               "{} samples in {:.2f} s, {:.1f} evaluations of the field each (at most {})\n",
               request.n, samples.seconds, samples.nfe_mean, samples.nfe_max);
    fmt::print("{}\n", out);
    for (const std::string& file : {args.trajectory, args.log_density, args.labels}) {
      if (!file.empty()) fmt::print("{}\n", file);
    }
  }
  return 0;
}

int verb_velocity(const VelocityArguments& args) {
  const Config config = load_run_config(args.request.run);
  check_array_name(args.out);
  const NdArray u =
      engine_of(config).velocity(config, args.request, read_array(args.points), args.t);
  write_array(args.out, u);
  fmt::print("{}\n", args.out);
  return 0;
}

}  // namespace pushforward
