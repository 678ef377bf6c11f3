// Lists the libraries that the program contains or loads, with the versions that this build uses.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// A library of other people. `licence` is an SPDX expression, as the library's own files state it.
struct Dependency {
  std::string name, version, licence;
  std::string use;     // what the program uses it for
  std::string linked;  // "header" if it is compiled in, "shared" if it is loaded at the start
};

// Returns the libraries that the sources include, in alphabetical order. The libraries on which these
// depend in turn are not listed.
std::vector<Dependency> dependencies();

// Returns the list as an array of objects with the members as keys.
Json dependencies_json();

}  // namespace pushforward::app
