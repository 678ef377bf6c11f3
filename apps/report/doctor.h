// `pushforward doctor`: the environment, and what
// about it makes the program slower than it could be.
#pragma once

#include <string>
#include <vector>

#include "apps/run/environment.h"

namespace pushforward::app {

// One line each: what is amiss and what to do; none if all is well.
std::vector<std::string> doctor_warnings(const Environment& env);

// The environment and the warnings, for people, and as one object with the key "warnings".
std::string doctor_text(const Environment& env);
Json doctor_object(const Environment& env);

}  // namespace pushforward::app
