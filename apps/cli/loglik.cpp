// `pushforward loglik`: points in, log-densities out.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "apps/cli/verbs.h"
#include "apps/formats/arrays.h"
#include "apps/formats/text_lines.h"
#include "apps/json/json.h"
#include "apps/run/config.h"
#include "apps/terminal/interrupt.h"

namespace pushforward::app {

int verb_loglik(const LoglikArguments& args) {
  const Config config = load_run_config(args.request.run);
  check_array_name(args.out);
  check_distinct({{"--points", args.points}, {"--out", args.out}, {"--gradient", args.gradient}});
  const Interrupt interrupt;
  const Engine& engine = engine_of(config);
  const bool text = of_tokens(config) && args.points.ends_with(".txt");
  const NdArray points =
      text ? engine.count_tokens(config, args.request, read_lines(args.points), args.points)
           : read_array(args.points);
  DensityRequest request = args.request;
  request.gradient = !args.gradient.empty();
  if (request.gradient) check_array_name(args.gradient);
  const Densities found = engine.log_density(config, request, points);
  write_array(args.out, found.log_density);
  if (request.gradient) write_array(args.gradient, found.gradient);
  double mean = 0;
  const std::vector<double>& values = found.log_density.values;
  for (double v : values) mean += v / static_cast<double>(values.size());
  if (args.json) {
    const Json report{{"out", args.out},
                      {"n", values.size()},
                      {"nll", std::isfinite(mean) ? Json(-mean) : Json()},
                      {"end", found.end},
                      {"nfe_mean", found.nfe_mean},
                      {"seconds", found.seconds}};
    fmt::print("{}\n", report.dump());
  } else {
    fmt::print(stderr, "{} points in {:.2f} s, mean ln p {:.6g} nats{}, {:.1f} evaluations each\n",
               values.size(), found.seconds, mean,
               of_tokens(config) ? " or more (an estimate of a bound)" : "", found.nfe_mean);
    if (found.outside > 0)
      fmt::print(stderr,
                 "{} of them have numbers outside the levels of this run, "
                 "which count as the nearest level; if the file holds tokens, add --tokens\n",
                 found.outside);
    if (found.spread_unbounded)
      fmt::print(stderr,
                 "the source is rows of data, from which these estimates have no finite spread: "
                 "average over many --seed\n");
    if (found.end != 1)
      fmt::print(stderr, "solved from t = {}, where the flow of this run ends\n", found.end);
    fmt::print("{}\n", args.out);
    if (request.gradient) fmt::print("{}\n", args.gradient);
  }
  return 0;
}

}  // namespace pushforward::app
