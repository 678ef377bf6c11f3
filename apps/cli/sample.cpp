// `pushforward sample` and `pushforward velocity`: files in, files out.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/formats/arrays.h"
#include "apps/formats/text_lines.h"
#include "apps/json/json.h"
#include "apps/run/config.h"
#include "apps/terminal/interrupt.h"

namespace pushforward::app {
namespace {

// So many samples of text are shown on the terminal where no file is asked for.
constexpr std::size_t kShown = 10;

// Whether samples are text to read: of words and of a text.
bool is_text(const Config& config) {
  const std::string& type = config.string("/data/type");
  return type == "words" || type == "text";
}

void check_out(const Config& config, const std::string& out) {
  if (of_tokens(config) && !out.ends_with(".txt") && !out.ends_with(".npy") &&
      !out.ends_with(".csv"))
    throw Failure(
        Exit::usage,
        fmt::format("[file] {} ends neither in .npy, .csv nor .txt; the ending chooses the format",
                    out));
  if (!out.ends_with(".txt")) return check_array_name(out);
  if (!of_tokens(config))
    throw Failure(Exit::usage,
                  fmt::format("[sample] {}: .txt is for tokens, and /data ({}) "
                              "of this run is continuous data; end the name in .npy or .csv",
                              out, config.string("/data/type")));
}

}  // namespace

int verb_sample(const SampleArguments& args) {
  const Config config = load_run_config(args.request.run);
  SampleRequest request = args.request;
  if (!args.trajectory.empty()) request.times = args.times;
  std::string out = args.out;
  if (out.empty()) {
    make_folders(posix(), join_path(request.run, "samples"));
    out = join_path(request.run, fmt::format("samples/samples-{}.{}", request.seed,
                                             is_text(config) ? "txt" : "npy"));
  }
  check_out(config, out);
  check_distinct({{"--out", out},
                  {"--trajectory", args.trajectory},
                  {"--loglik", args.log_density},
                  {"--labels", args.labels}});
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
  if (out.ends_with(".txt"))
    write_lines(out, samples.text);
  else
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
    if (args.out.empty() && is_text(config)) {
      for (std::size_t k = 0; k < std::min(samples.text.size(), kShown); ++k)
        fmt::print("{}\n", escaped(samples.text[k]));
    }
    fmt::print("{}\n", out);
    for (const std::string& file : {args.trajectory, args.log_density, args.labels}) {
      if (!file.empty()) fmt::print("{}\n", file);
    }
  }
  return 0;
}

int verb_velocity(const VelocityArguments& args) {
  const Config config = load_continuous_run(args.request.run, "velocity",
                                            "sample --trajectory shows the way they go");
  check_array_name(args.out);
  check_distinct({{"--points", args.points}, {"--out", args.out}});
  const NdArray u =
      engine_of(config).velocity(config, args.request, read_array(args.points), args.t);
  write_array(args.out, u);
  fmt::print("{}\n", args.out);
  return 0;
}

}  // namespace pushforward::app
