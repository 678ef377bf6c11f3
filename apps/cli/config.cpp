// `pushforward config`: show, check, schema, init.
#include <fmt/format.h>

#include <cstdio>

#include "apps/cli/verbs.h"

namespace pushforward::app {

int verb_config(const ConfigArguments& args) {
  if (args.action == "schema") {
    fmt::print("{}", args.markdown ? config_reference_markdown() : config_schema().dump(2) + "\n");
  } else if (args.action == "init") {
    fmt::print("{}", starter_config(args.config));
  } else {
    const Config config = load_config(args.config, args.overrides);
    if (args.action == "show") {
      fmt::print("{}", config.dump());
    } else {
      fmt::print("{}: ok\n", args.config);
    }
  }
  return 0;
}

}  // namespace pushforward::app
