// `pushforward train`: trains a flow from a config.
#include <memory>

#include "apps/cli/open_config.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/ranks/caught.h"
#include "apps/ranks/lead.h"
#include "apps/ranks/mpi.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

struct TrainArguments {
  std::string config;
  std::vector<std::string> overrides;
  TrainRequest request;
};

// Takes the steps that process 0 orders. Process 0 does not know of a failure here, so it is printed.
void follow(Ranks& ranks) {
  try {
    if (const auto shared = await_training(ranks))
      engine_of(shared->config).follow(shared->config, ranks, shared->threads);
  } catch (...) {
    const Mute loud(false);
    tell_line(caught_failure().what());
    throw;
  }
}

// With mpirun, this is one of several processes: process 0 trains, and the others follow it.
int train(const TrainArguments& args) {
  const MpiSession session;
  if (session.ranks() && session.ranks()->rank() > 0) {
    follow(*session.ranks());
    return 0;
  }
  Lead lead(session.ranks());
  const Config config = open_config("train", args.config, args.overrides);
  print_warnings(config);
  TrainRequest request = args.request;
  if (lead.ranks()) request.lead = &lead;
  return engine_of(config).train(config, request);
}

Action declare_train(Options& options) {
  auto args = std::make_shared<TrainArguments>();
  TrainRequest& request = args->request;
  request.arguments = options.command_line();
  options.file("config", args->config, FileUse::inside, "the config, a JSON file such as my.json")
      .required()
      .type("CONFIG.json");
  add_overrides(options, args->overrides);
  options.add("--out", request.out, "the run's folder (default: the config's name, in /output/dir)")
      .type("DIR");
  const Option resume = options.flag(
      "--resume", request.resume,
      "go on from the last checkpoint of the run in --out; the result has the same bits as "
      "without a break");
  options.flag("--overwrite", request.overwrite, "replace the run in --out, which is removed")
      .excludes(resume);
  add_threads(options, request.threads);
  options
      .add("--max-steps", request.max_steps,
           "stop after step N, counted from the start of the run, and write a checkpoint to resume "
           "from (default: train all /train/steps)")
      .not_negative()
      .type("N");
  options.flag("-q,--quiet", request.quiet,
               "print no progress and no summary; warnings and errors remain");
  options.flag("--json", request.json, "print one JSON object about the run on stdout");
  return [args] { return train(*args); };
}

}  // namespace

const Verb train_verb{"train", "train a flow from a config",
                      "pushforward train data/configs/moons.json optimizer.lr=3e-4 --threads 2",
                      declare_train};

}  // namespace pushforward::app
