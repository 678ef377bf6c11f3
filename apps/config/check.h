// Checks a parsed config against the table of fields and fills in every default.
#pragma once

#include <string>
#include <vector>

#include "apps/config/table.h"
#include "apps/json/document.h"

namespace pushforward::app {

// A fault of a config. `beyond_schema` is true if a JSON Schema cannot express the broken rule,
// because the rule compares two values.
struct ConfigFault : JsonFault {
  bool beyond_schema = false;
};

// Collects faults. It keeps only the first `max_faults` of them, which bounds the time that a bad
// file can take.
class ConfigFaults {
 public:
  void add(const Place& place, std::string what, std::string cure, bool beyond_schema = false);
  // Adds a warning. A config with warnings is accepted.
  void warn(const Place& place, std::string what, std::string cure);
  bool full() const { return list_.size() >= max_faults; }
  std::size_t count() const { return list_.size(); }
  const std::vector<ConfigFault>& list() const { return list_; }
  const std::vector<ConfigFault>& warnings() const { return warnings_; }

  static constexpr std::size_t max_faults = 200;

 private:
  std::vector<ConfigFault> list_, warnings_;
};

// Returns the config with every key of the chosen alternatives (the types of its sections), in the
// order of the table of fields. Numbers are doubles, integers have 64 bits. Adds every fault and
// warning to `faults`. If there is a fault, the result must not be used. Rules for new runs are not
// applied to the config of an `earlier_run`. The document may have the keys "$schema" and
// "$comment", for editors and readers. They may hold any string, and the result does not contain
// them.
Json check_config(const JsonNode& root, ConfigFaults& faults, bool earlier_run = false);

// Returns the kind of the config's data set (tokens or continuous), or DataKind::any if the
// document does not name a known one.
DataKind find_data_kind(const JsonNode& root);

// Returns the alternative of the section `table` that the object `node` selects by its `type`.
// `node` is nullptr if the document has no such section; the default alternative is then selected.
// Returns nullptr if `type` is unknown, is required but missing, or is not a string.
const Alternative* chosen_alternative(const SectionTable& table, const JsonNode* node);

// A section of a config: its table of fields, the selected alternative, and the kind of the
// config's data.
struct Picked {
  const SectionTable& table;
  const Alternative& alternative;
  DataKind kind;
};

// Adds a fault for a key that is not allowed in the section at path `at`, such as "/optimizer". The
// path of the whole document is "".
void add_unknown_key(const std::string& key, const Place& place, const Picked& picked,
                     const std::string& at, ConfigFaults& faults);

}  // namespace pushforward::app
