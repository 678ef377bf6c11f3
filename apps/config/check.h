// Checks a parsed config against the table of fields and fills in every default.
#pragma once

#include <string>
#include <vector>

#include "apps/config/table.h"
#include "apps/json/document.h"

namespace pushforward::app {

// A fault of a config. `beyond_schema` is true if two values disagree in a way that a
// JSON Schema cannot express.
struct ConfigFault : JsonFault {
  bool beyond_schema = false;
};

// Collects faults. It keeps only the first `max_faults`, so that a hostile file cannot cost hours.
class ConfigFaults {
 public:
  void add(const Place& place, std::string what, std::string cure, bool beyond_schema = false);
  // Adds a warning, which refuses nothing.
  void warn(const Place& place, std::string what, std::string cure);
  bool full() const { return list_.size() >= max_faults; }
  std::size_t count() const { return list_.size(); }
  const std::vector<ConfigFault>& list() const { return list_; }
  const std::vector<ConfigFault>& warnings() const { return warnings_; }

  static constexpr std::size_t max_faults = 200;

 private:
  std::vector<ConfigFault> list_, warnings_;
};

// Returns the config with every key of the chosen alternatives, in the table's order. Numbers
// are doubles, integers have 64 bits. Every fault and warning is added to `faults`; if there is a
// fault, the result must not be used. Rules for new runs are not applied to the config of an
// `earlier_run`. The keys "$schema" and "$comment" of the document are for editors and readers:
// they may hold any string, and the result is without them.
Json check_config(const JsonNode& root, ConfigFaults& faults, bool earlier_run = false);

// Returns the kind of the config's data set, or DataKind::any if the document does not name one.
DataKind find_data_kind(const JsonNode& root);

// Returns the alternative that the object `node` picks. `node` is nullptr if the section was not
// written. Returns nullptr if its `type` is unknown, is required but missing, or is not a string.
const Alternative* chosen_alternative(const SectionTable& table, const JsonNode* node);

// A section of a config: its table, the chosen alternative, and the kind of the config's data.
struct Picked {
  const SectionTable& table;
  const Alternative& alternative;
  DataKind kind;
};

// Adds the fault of a key that is not allowed in the section at path `at` ("" for the top, else a
// path such as "/optimizer").
void add_unknown_key(const std::string& key, const Place& place, const Picked& picked,
                     const std::string& at, ConfigFaults& faults);

}  // namespace pushforward::app
