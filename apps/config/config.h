// The checked config of a run: a JSON file with the overrides of the command line. Keys that are
// not given have the defaults of the table of fields (table.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// A section of a config: a JSON object with every key of its type. The functions that read values
// take a path relative to this section, such as "lr" or "/time/dim". They neither convert nor
// round. They throw std::invalid_argument if the path does not exist or the value is of another
// kind. Such an error is a bug of the program, not of the config.
class Section {
 public:
  double number(std::string_view path) const;
  std::int64_t integer(std::string_view path) const;
  bool boolean(std::string_view path) const;
  const std::string& string(std::string_view path) const;
  // `numbers`, `integers` and `matrix` return arrays. `numbers` returns a single number as an array
  // of one element.
  std::vector<double> numbers(std::string_view path) const;
  std::vector<std::int64_t> integers(std::string_view path) const;
  std::vector<std::vector<double>> matrix(std::string_view path) const;
  const Json& array(std::string_view path) const;
  // Returns the section at `path`, an object within this one.
  Section section(std::string_view path) const;
  // Returns whether a value exists at `path`, which depends on the types that the config chose.
  bool has(std::string_view path) const;
  // Returns the value of this section's `type`.
  const std::string& type() const { return string("type"); }
  const Json& json() const { return *here_; }

  // Makes a section from values that have been checked. The section only refers to `values`, which
  // must outlive it.
  static Section over(const Json& values) {
    return Section(std::shared_ptr<const Json>(std::shared_ptr<const Json>(), &values));
  }

 protected:
  explicit Section(std::shared_ptr<const Json> root) : root_(std::move(root)), here_(root_.get()) {}

 private:
  const Json& get(std::string_view path, Json::Kind kind, const char* name) const;

  std::shared_ptr<const Json> root_;  // the whole config, shared so that a section may outlive it
  const Json* here_;
  std::string at_;  // the path of this section from the root, shown in messages
};

struct ConfigOrigin;

// A whole config, checked and with all defaults.
class Config : public Section {
 public:
  // Returns the config as JSON with every default written out, in the table's order. Parsing the
  // text gives an equal config.
  std::string dump() const;
  // Returns the XXH3 hash (64 bit) of dump(). The config that `with_text` returns keeps the hash of
  // the config that it was made from.
  std::uint64_t hash() const;
  // Returns the same config with another text at `path`, such as the path of a file that was moved. A
  // member kFileMemory of a data section is no setting, and dump() leaves it out (file_memory.h).
  Config with_text(std::string_view path, const std::string& text) const;
  bool operator==(const Config& other) const { return json() == other.json(); }
  // Returns messages about settings that have no effect or an effect that is easily missed. Each
  // message has the place of the setting and the cure (what to do).
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  friend Config parse_config(std::string_view, const std::string&, const std::vector<std::string>&,
                             const ConfigOrigin&);
  explicit Config(Json values, std::vector<std::string> warnings = {})
      : Section(std::make_shared<const Json>(std::move(values))), warnings_(std::move(warnings)) {}

  std::vector<std::string> warnings_;
  std::optional<std::uint64_t> original_hash_;
};

// Facts about the origin of a config's text. With `earlier_run`, it is the config of an existing
// run, which is read even if a new run with it would be refused. If the config has no key `name`,
// its name is `run_name`.
struct ConfigOrigin {
  bool earlier_run = false;
  std::string run_name = "run";
};

// Parses and checks a config; `name` is the file's name in messages. Throws Failure(Exit::usage)
// with all faults. Each fault is a line "name:line:column: error: what is wrong" and a line with
// the cure. If the value comes from an override on the command line, the message names the override
// instead of the place in the file.
Config parse_config(std::string_view text, const std::string& name,
                    const std::vector<std::string>& overrides = {},
                    const ConfigOrigin& origin = {});

// Reads the file and calls parse_config. A config without a name gets the file's name: moons for
// configs/moons.json, my_moons for "my moons.json". Throws Failure(Exit::file) if the file cannot
// be read.
Config load_config(const std::string& path, const std::vector<std::string>& overrides = {},
                   bool earlier_run = false);

// Returns the JSON Schema (draft 2020-12) of configs. It accepts all configs that parse_config
// accepts, and more, since a schema cannot compare two values.
Json config_schema();

// Returns the reference page (docs/config.md) in Markdown.
std::string config_reference_markdown();

// The data for which a starter config (a commented config to begin with) is made.
struct StarterRequest {
  std::string data = {};    // the type of the data set; empty: the first in the table
  std::string file = {};    // the file of a table; empty: a placeholder
  std::string schema = {};  // the JSON Schema for editors; empty: left out
};

// Returns a config to start from, with every key, its default and a comment. A table of measured
// numbers is standardized. Throws Failure (exit 2) if there is no such data set.
std::string starter_config(const StarterRequest& request = {});

// Returns whether the config's data is tokens. `config` must be a whole config.
bool of_tokens(const Section& config);

// Returns the types that a section, such as "sampler", offers for the data of this config.
std::vector<std::string> types_for(const Section& config, std::string_view section);

// Returns the completions of a half-typed override: keys for "opt" or "optimizer.l" (they end in
// "=", or in "." for sections), and values for "optimizer.type=a". The function does not know the
// config file, so it offers the keys of all alternatives (types) of a section.
std::vector<std::string> completion_words(std::string_view word);

}  // namespace pushforward::app
