// `pushforward train`: from the command line to the engine of the config's precision.
#include "apps/cli/verbs.h"

namespace pushforward::app {

int verb_train(const TrainArguments& args) {
  const Config config = load_config(args.config, args.overrides);
  return engine_of(config).train(config, args.request);
}

}  // namespace pushforward::app
