// The checked config of a run: what a JSON file, its overrides
// and the table of fields (table.h) say together.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// A part of a config: an object with every key of its
// alternative. Getters take a path from here, "lr" or
// "/time/dim"; nothing is converted or rounded. A path or kind that the table does not have is an
// error of the program, not of the user: they throw std::invalid_argument.
class Section {
 public:
  double number(std::string_view path) const;
  std::int64_t integer(std::string_view path) const;
  bool boolean(std::string_view path) const;
  const std::string& string(std::string_view path) const;
  // Arrays. `numbers` also takes a single number, as one element.
  std::vector<double> numbers(std::string_view path) const;
  std::vector<std::int64_t> integers(std::string_view path) const;
  std::vector<std::vector<double>> matrix(std::string_view path) const;
  const Json& array(std::string_view path) const;
  // The object at `path`.
  Section section(std::string_view path) const;
  // Whether the chosen alternatives have this path.
  bool has(std::string_view path) const;
  // The alternative that this section's `type` picked.
  const std::string& type() const { return string("type"); }
  const Json& json() const { return *here_; }

  // A section of values that were checked already; they must outlive it.
  static Section over(const Json& values) {
    return Section(std::shared_ptr<const Json>(std::shared_ptr<const Json>(), &values));
  }

 protected:
  explicit Section(std::shared_ptr<const Json> root) : root_(std::move(root)), here_(root_.get()) {}

 private:
  const Json& get(std::string_view path, Json::Kind kind, const char* name) const;

  std::shared_ptr<const Json> root_;  // of the whole config, so that a section outlives it
  const Json* here_;
  std::string at_;  // the path of this section from the root, for messages
};

// A whole config.
class Config : public Section {
 public:
  // All of it as JSON, every default written out, in
  // the table's order; reads back to an equal config.
  std::string dump() const;
  // XXH3 (64 bit) of dump().
  std::uint64_t hash() const;
  bool operator==(const Config& other) const { return json() == other.json(); }

 private:
  friend Config parse_config(std::string_view, const std::string&, const std::vector<std::string>&);
  explicit Config(Json values) : Section(std::make_shared<const Json>(std::move(values))) {}
};

// Parses and checks a config; `name` stands for the file in messages. Throws
// Failure(Exit::usage) with every fault, each as "name:line:column: error:
// what" and a line with the cure; faults of overrides name the override.
Config parse_config(std::string_view text, const std::string& name,
                    const std::vector<std::string>& overrides = {});

// parse_config of a file. Throws Failure(Exit::file) when it cannot be read.
Config load_config(const std::string& path, const std::vector<std::string>& overrides = {});

// JSON Schema (draft 2020-12) of configs. It takes what
// parse_config takes, except that it cannot compare two values.
Json config_schema();

// The reference page (docs/config.md), in Markdown.
std::string config_reference_markdown();

// A config to start from, of that data set (empty: the first in the table): every key with its
// default and a comment. Failure (exit 2) where there is no such data set.
std::string starter_config(const std::string& data = "");

// Whether the data of a whole config is tokens.
bool of_tokens(const Section& config);

// The types that a section offers to a config of this data: "sampler".
std::vector<std::string> types_for(const Section& config, std::string_view section);

// Completions of a half-typed override: keys for "opt" or "optimizer.l"
// (ending in "=" or, for sections, "."), values for "optimizer.type=a". What
// a file says is not known here, so keys of all alternatives are offered.
std::vector<std::string> completion_words(std::string_view word);

}  // namespace pushforward::app
