// `pushforward config`: shows or checks a config, prints the schema, or starts a new config.
#include "apps/config/config.h"

#include <fmt/format.h>

#include <memory>

#include "apps/cli/open_config.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/from_config/data_files.h"
#include "apps/json/json.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

struct ConfigArguments {
  std::string action, config;
  std::vector<std::string> overrides;
  bool markdown = false;
};

// Makes the request for `config init`. `what` is the name of a data set or the file of a table.
StarterRequest starter_of(const std::string& what) {
  // Editors check the new config against the schema that is installed with the program.
  StarterRequest request{what, "", data_file("config.schema.json")};
  for (const char* type : {"csv", "npy"}) {
    if (!what.ends_with(std::string(".") + type)) continue;
    request.data = type;
    request.file = what;
    if (read_status(posix(), what).kind == FileKind::missing)
      tell("there is no file {} yet; training will ask for it", what);
  }
  return request;
}

int print_config(const ConfigArguments& args) {
  if (args.action == "schema") {
    print("{}", args.markdown ? config_reference_markdown() : config_schema().dump(2) + "\n");
  } else if (args.action == "init") {
    print("{}", starter_config(starter_of(args.config)));
  } else {
    const Config config = open_config("config", args.config, args.overrides);
    print_warnings(config);
    if (args.action == "show") {
      print("{}", config.dump());
    } else {
      const std::size_t warnings = config.warnings().size();
      print("{}: ok{}\n", args.config,
            warnings == 0 ? "" : fmt::format(", with {} of the warnings above", warnings));
    }
  }
  return 0;
}

Action declare_config(Options& options) {
  auto args = std::make_shared<ConfigArguments>();
  const auto add = [&](const char* name, const char* about, const char* example) {
    return options.add_verb(name, about, example, args->action);
  };
  for (Options verb : {add("show", "print a config with every default written out",
                           "pushforward config show data/configs/moons.json train.steps=1000"),
                       add("check", "check a config and print what is wrong or has no effect",
                           "pushforward config check data/configs/moons.json path=vp")}) {
    verb.file("config", args->config, FileUse::inside, "the config, a JSON file")
        .required()
        .type("CONFIG.json");
    add_overrides(verb, args->overrides);
  }
  add("schema", "print the JSON Schema of configs, for editors and validators",
      "pushforward config schema > config.schema.json")
      .flag("--markdown", args->markdown, "print the reference page instead");
  add("init", "print a commented config to start from",
      "pushforward config init > my.json\n"
      "  pushforward config init data/geyser.csv > geyser.json")
      .add("data", args->config,
           "a data set, such as words (see `pushforward list data`), or your own table, such as "
           "my.csv")
      .type("NAME");
  return [args] { return print_config(*args); };
}

}  // namespace

const Verb config_verb{"config", "show, check or start a config",
                       "pushforward config show data/configs/moons.json train.steps=1000",
                       declare_config};

}  // namespace pushforward::app
