// Lists every setting of a config beside its default.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"

namespace pushforward::app {

// One key of a config. A key whose default is not a fixed value has `default_words` and no
// `fallback`. A key that must be given has neither.
struct ConfigSetting {
  std::string path;  // such as "/optimizer/lr"
  Json value;
  Json fallback;              // the default, or null
  std::string default_words;  // describes a default that is not a fixed value
  bool differs = false;       // false if the value is the default
  std::string doc;            // what the key is, from the table of fields
};

// Returns the settings of a whole config in the order of the table of fields. The `type` of a
// section comes first, and its `doc` is that of the chosen alternative.
std::vector<ConfigSetting> config_settings(const Config& config);

}  // namespace pushforward::app
