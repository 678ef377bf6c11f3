// `pushforward loglik`: computes the log-densities of given points.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <memory>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/formats/arrays.h"
#include "apps/formats/text_lines.h"
#include "apps/json/json.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/terminal/interrupt.h"

namespace pushforward::app {

namespace {

struct LoglikArguments {
  DensityRequest request;
  std::string points, out, gradient;  // file names; `gradient` is empty if not requested
  bool json = false;
};

void print_densities(const Config& config, const LoglikArguments& args, const Densities& found) {
  double mean = 0;
  const std::vector<double>& values = found.log_density.values;
  for (double v : values) mean += v / static_cast<double>(values.size());
  if (args.json) {
    const Json report{{"out", args.out},
                      {"n", values.size()},
                      {"nll", std::isfinite(mean) ? Json(-mean) : Json()},
                      {"end", found.end},
                      {"nfe_mean", found.nfe_mean},
                      {"seconds", found.seconds},
                      {"read", files_read().json()}};
    fmt::print("{}\n", report.dump());
  } else {
    fmt::print(stderr, "{} points in {:.2f} s, mean ln p {:.6g} nats{}, {:.1f} evaluations each\n",
               values.size(), found.seconds, mean,
               of_tokens(config) ? " or more (an estimate of a bound)" : "", found.nfe_mean);
    if (found.outside > 0)
      fmt::print(stderr,
                 "{} of the points have numbers outside the levels of this run, which are replaced "
                 "by the nearest level; if the file holds tokens, add --tokens\n",
                 found.outside);
    if (found.spread_unbounded)
      fmt::print(stderr,
                 "the source is rows of data, so the variance of these estimates may be infinite; "
                 "average over many --seed\n");
    if (found.end != 1)
      fmt::print(stderr, "solved from t = {}, where the flow of this run ends\n", found.end);
    fmt::print("{}\n", args.out);
    if (!args.gradient.empty()) fmt::print("{}\n", args.gradient);
  }
}

int write_log_density(const LoglikArguments& args) {
  const Config config = load_run_config(args.request.run);
  check_array_name(args.out);
  check_distinct({{"--points", args.points}, {"--out", args.out}, {"--gradient", args.gradient}});
  files_read().send_to(args.json);
  const Interrupt interrupt;
  const Engine& engine = engine_of(config);
  const bool text = of_tokens(config) && has_ending(args.points, ".txt");
  const NdArray points =
      text ? engine.count_tokens(config, args.request, read_lines(args.points), args.points)
           : read_points(args.points, "loglik");
  DensityRequest request = args.request;
  request.gradient = !args.gradient.empty();
  if (request.gradient) check_array_name(args.gradient);
  const Densities found = engine.log_density(config, request, points);
  write_array(args.out, found.log_density);
  if (request.gradient) write_array(args.gradient, found.gradient);
  print_densities(config, args, found);
  return 0;
}

Action declare_loglik(Options& options) {
  auto args = std::make_shared<LoglikArguments>();
  DensityRequest& request = args->request;
  add_solver(options, request);
  add_file(options, "--points", args->points,
           "the points: .npy or a table of text (CSV) of shape (N, D); tokens: (N, L), or .txt")
      .required();
  options
      .flag(
          "--tokens", request.tokens,
          "for quantized data: the file holds tokens, as written by `sample --tokens`, not points")
      .group(kOfTokens);
  add_file(options, "--out", args->out, "file for ln p, (N): .npy or .csv").required();
  add_file(options, "--gradient", args->gradient,
           "also write the score here, (N, D): the gradient of ln p at the points, "
           "from 40 steps of rk4, or from --steps of a solver with fixed steps")
      .group(kOfContinuous);
  add_divergence(options, request.divergence);
  const Option seed = add_seed(options, request.seed, "seed of the random vectors of an estimate");
  options.flag("--json", args->json, "print one JSON object about the results on stdout");
  return [args, seed] {
    args->request.seed_given = seed.given();
    return write_log_density(*args);
  };
}

}  // namespace

const Verb loglik_verb{
    "loglik", "compute ln p of given points under a run's flow; for tokens a bound",
    "pushforward loglik runs/moons --points samples.npy --out logp.npy", declare_loglik};

}  // namespace pushforward::app
