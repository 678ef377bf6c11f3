#include "apps/cli/starter.h"

#include <fmt/format.h>

#include <map>
#include <variant>

#include "apps/config/data_types.h"
#include "apps/config/starter.h"
#include "apps/config/table.h"
#include "apps/data/files.h"
#include "apps/data/table_style.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/json/json.h"
#include "apps/report/files_read.h"
#include "apps/tables/arrays.h"
#include "apps/tables/row_names.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

bool is_file(const std::string& path) {
  return read_status(posix(), path).kind == FileKind::regular;
}

// Returns the request for `what`, without values of its keys.
StarterRequest request_of(const std::string& what) {
  if (what.ends_with(".json") && read_status(posix(), what).kind != FileKind::missing)
    throw Failure(Exit::usage,
                  fmt::format("[config] {} is there already, and init prints a new config; "
                              "`pushforward config show {}` shows it with all keys, and "
                              "`pushforward config init DATA > NEW.json` starts another one",
                              what, what));
  StarterRequest request{what, "", shipped_schema()};
  if (request.schema.empty())
    tell(
        "the config names no schema for an editor, since the program's data folder is not there; "
        "`pushforward config schema > config.schema.json` writes one, which a first key \"$schema\": "
        "\"./config.schema.json\" names");
  const bool named = has_ending(what, ".csv") || has_ending(what, ".tsv"),
             npy = has_ending(what, ".npy"), there = is_file(what);
  if (!named && !npy && (!there || section_table("data").find(what))) return request;
  request.data = npy || (there && is_npy_file(what)) ? "npy" : "csv";
  request.file = what;
  if (read_status(posix(), what).kind == FileKind::missing)
    tell("there is no file {} yet; training will ask for it", what);
  return request;
}

using Values = std::map<std::string, Json>;

// Adds the columns that name the rows of the table in `file` to the value of `drop`, and says so.
void drop_row_names(const Config& config, const std::string& file, Values& values) {
  const Json& section = config.section("/data").json();
  TypedCsvOptions options;
  options.csv = layout_options(section, "data");
  options.guess = section.at("guess") != "no";
  options.label = section.at("label").text();
  add_columns(section, "condition", options.conditions);
  options.missing = section.at("missing").get<std::vector<std::string>>();
  for (const std::string& name : section.at("types").keys())
    options.kinds[name] = ColumnKind::number;
  Json drop = section.at("drop");
  for (const RowNames& names : find_row_names(file, options)) {
    if (const auto* const name = std::get_if<std::string>(&names.column))
      drop.push_back(*name);
    else
      drop.push_back(std::get<std::size_t>(names.column));
    tell("{} {}, so the config leaves it out (\"drop\")", names.words, names.why);
  }
  values["drop"] = drop;
}

}  // namespace

std::string shipped_schema() {
  try {
    return data_file("config.schema.json");
  } catch (const Failure&) {
    return "";
  }
}

void report_table(const Config& config) {
  const Json& inner = innermost(config.section("/data").json());
  if (of_tokens(config) || inner.at("type") != "csv") return;
  const std::string file = inner.at("path").text();
  if (!is_file(file))
    return tell("there is no file {} here, so the kinds of its columns are not known", file);
  files_read().send_to(/*json=*/false);
  engine_of(config).data(config, 1, 0);
}

std::string starter_of(const std::string& what, const std::vector<std::string>& settings) {
  const StarterRequest request = request_of(what);
  if (!settings.empty() && request.data != "csv")
    throw Failure(
        Exit::usage,
        fmt::format("[config] \"{}\" has no effect, since init takes keys only for a table "
                    "of text; change the config that init prints",
                    settings.front()));
  for (const std::string& setting : settings)
    if (!setting.starts_with("data."))
      throw Failure(
          Exit::usage,
          fmt::format("[config] \"{}\" has no effect, since init takes only keys that say "
                      "how the table is read (data.KEY=VALUE); change the config that "
                      "init prints, or set the key when you train",
                      setting));
  const std::string plain = starter_config(request);
  if (request.data != "csv" || request.file.empty()) return plain;
  const Config config = parse_config(plain, what, settings);
  const Json& section = config.section("/data").json();
  Values values;
  for (const std::string& key : section.keys())
    if (key != "type" && key != "path") values[key] = section.at(key);
  try {
    if (is_file(what)) drop_row_names(config, what, values);
    const std::string text = starter_config(request, values);
    if (is_file(what)) report_table(parse_config(text, what));
    return text;
  } catch (const Failure& failure) {
    const std::string fault = failure.what();
    const bool has_key = fault.find("data.") != std::string::npos;
    throw Failure(failure.code,
                  fmt::format("{}\n   so no config is written{}", fault,
                              has_key ? fmt::format("; a key stands after the file: pushforward "
                                                    "config init {} data.KEY=VALUE",
                                                    what)
                                      : ""));
  }
}

}  // namespace pushforward::app
