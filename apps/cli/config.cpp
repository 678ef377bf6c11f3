// `pushforward config`: shows or checks a config, prints the schema, or starts a new config.
#include "apps/config/config.h"

#include <memory>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/json/json.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

struct ConfigArguments {
  std::string action, config;
  std::vector<std::string> overrides;
  bool markdown = false;
};

int print_config(const ConfigArguments& args) {
  if (args.action == "schema") {
    print("{}", args.markdown ? config_reference_markdown() : config_schema().dump(2) + "\n");
  } else if (args.action == "init") {
    print("{}", starter_config(args.config));
  } else {
    const Config config = load_config(args.config, args.overrides);
    if (args.action == "show") {
      print("{}", config.dump());
    } else {
      print("{}: ok\n", args.config);
    }
  }
  return 0;
}

Action declare_config(Options& options) {
  auto args = std::make_shared<ConfigArguments>();
  const auto add = [&](const char* name, const char* about) {
    return options.add_verb(name, about, args->action);
  };
  for (Options verb : {add("show", "print a config with every default written out"),
                       add("check", "check a config and print what is wrong")}) {
    verb.file("config", args->config, FileUse::inside, "the config, a JSON file")
        .required()
        .type("CONFIG.json");
    add_overrides(verb, args->overrides);
  }
  add("schema", "print the JSON Schema of configs, for editors and validators")
      .flag("--markdown", args->markdown, "print the reference page instead");
  add("init", "print a commented config to start from")
      .add("data", args->config, "its data set, such as words: see `pushforward list data`")
      .type("NAME");
  return [args] { return print_config(*args); };
}

}  // namespace

const Verb config_verb{"config", "show, check or start a config",
                       "pushforward config show data/configs/moons.json train.steps=1000",
                       declare_config};

}  // namespace pushforward::app
