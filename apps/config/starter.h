// Makes a commented config whose data section has values that are not the defaults.
#pragma once

#include <map>
#include <string>

#include "apps/config/config.h"

namespace pushforward::app {

// Returns starter_config(request) with these values of keys of the data set. Throws as it does.
std::string starter_config(const StarterRequest& request,
                           const std::map<std::string, Json>& values);

}  // namespace pushforward::app
