// Implements `pushforward doctor`: it shows the environment and warns about
// what slows the program down.
#pragma once

#include <string>
#include <vector>

#include "apps/run/environment.h"

namespace pushforward::app {

// Returns one line for each problem that was found: what is wrong and what to do.
std::vector<std::string> doctor_warnings(const Environment& env);

// Return the environment and the warnings, as text and as a JSON object with the key "warnings". The
// object also has "dependencies": the libraries of the program (apps/report/dependencies.h).
std::string doctor_text(const Environment& env);
Json doctor_object(const Environment& env);

}  // namespace pushforward::app
