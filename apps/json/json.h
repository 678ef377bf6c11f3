// The JSON type of the program.
#pragma once

#include <nlohmann/json.hpp>

namespace pushforward::app {

// Keys stay in the order of insertion.
using Json = nlohmann::ordered_json;

}  // namespace pushforward::app
