// `pushforward config`: shows or checks a config, prints the schema, or starts a new config.
#include "apps/config/config.h"

#include <fmt/format.h>

#include <memory>

#include "apps/cli/open_config.h"
#include "apps/cli/run_options.h"
#include "apps/cli/starter.h"
#include "apps/cli/verbs.h"
#include "apps/json/document.h"
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

// A config may name a JSON Schema for an editor as "$schema". Returns the text of a warning if this
// schema is a file that does not exist, else "".
std::string fault_of_schema(const std::string& config) {
  if (read_status(posix(), config).kind != FileKind::regular) return "";  // a pipe is read once
  const JsonDocument document = parse_json(read_file(posix(), config));
  const JsonNode* const schema = document.root.find("$schema");
  if (!schema || schema->text.find("://") != std::string::npos) return "";
  const std::string& named = schema->text;
  const std::string file = named.starts_with('/') ? named : join_path(folder_of(config), named);
  if (read_status(posix(), file).kind == FileKind::regular) return "";
  const std::string shipped = shipped_schema();
  return fmt::format(
      "{}:{}:{}: warning: /$schema: there is no file {}, so an editor finds no schema\n   "
      "`pushforward config schema > {}` writes it{}",
      config, schema->place.line, schema->place.column, file, file,
      shipped.empty() ? "" : fmt::format(", or name {}, which is there", shipped));
}

int print_config(const ConfigArguments& args) {
  if (args.action == "schema") {
    print("{}", args.markdown ? config_reference_markdown() : config_schema().dump(2) + "\n");
  } else if (args.action == "init") {
    print("{}", starter_of(args.config, args.overrides));
  } else {
    const Config config = open_config("config", args.config, args.overrides);
    print_warnings(config);
    if (args.action == "show") {
      print("{}", config.dump());
    } else {
      report_table(config);
      const std::string schema = fault_of_schema(args.config);
      if (!schema.empty()) tell_line(schema);
      const std::size_t warnings = config.warnings().size() + (schema.empty() ? 0 : 1);
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
  Options init = add("init", "print a commented config to start from",
                     "pushforward config init > my.json\n"
                     "  pushforward config init data/geyser.csv > geyser.json");
  init.add("data", args->config,
           "a data set, such as words (see `pushforward list data`), or your own table, such as "
           "my.csv, which is read to find what its config needs")
      .type("NAME");
  init.add("overrides", args->overrides,
           "keys of a table that the config gets, such as data.decimal=comma");
  return [args] { return print_config(*args); };
}

}  // namespace

const Verb config_verb{"config", "show, check or start a config",
                       "pushforward config show data/configs/moons.json train.steps=1000",
                       declare_config};

}  // namespace pushforward::app
