// Checks a parsed config against the table of fields and writes every default out.
#pragma once

#include <string>
#include <vector>

#include "apps/config/table.h"
#include "apps/json/document.h"

namespace pushforward::app {

// A fault of a config. `beyond_schema`: two values disagree in a way that a JSON Schema cannot say.
struct ConfigFault : JsonFault {
  bool beyond_schema = false;
};

// Faults found so far; keeps the first few hundred, for a hostile file must not cost hours.
class ConfigFaults {
 public:
  void add(const Place& place, std::string what, std::string cure, bool beyond_schema = false);
  bool full() const { return list_.size() >= max_faults; }
  std::size_t count() const { return list_.size(); }
  const std::vector<ConfigFault>& list() const { return list_; }

  static constexpr std::size_t max_faults = 200;

 private:
  std::vector<ConfigFault> list_;
};

// The config with every key of the chosen alternatives, in the table's
// order: numbers are doubles, integers 64 bit. What is wrong goes to
// `faults`, all of it; with any fault the result must not be used.
Json check_config(const JsonNode& root, ConfigFaults& faults);

// The kind of a config: of its data set; any where the document does not say.
DataKind find_data_kind(const JsonNode& root);

// The alternative that the object `node` (nullptr: nothing was written) picks; nullptr where its
// `type` is unknown, missing or no string.
const Alternative* chosen_alternative(const SectionTable& table, const JsonNode* node);

// A section as a config of some kind has it: its table and the alternative that is chosen.
struct Picked {
  const SectionTable& table;
  const Alternative& alternative;
  DataKind kind;
};

// The fault of a key that is not legal at `at` ("" for the top, else "/optimizer").
void add_unknown_key(const std::string& key, const Place& place, const Picked& picked,
                     const std::string& at, ConfigFaults& faults);

}  // namespace pushforward::app
