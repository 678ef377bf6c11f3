// Lists the names of the synthetic sets as messages do, so that a new set needs no change of the
// other tests.
#pragma once

#include <string>

#include "flow/distributions/toy.h"

namespace pushforward::inline PF_REAL {

// Returns the names "moons 8gaussians ... gaussian", in the order of the table.
inline std::string toy_names() {
  std::string names;
  for (const ToyInfo& info : toys()) names += (names.empty() ? "" : " ") + std::string(info.name);
  return names;
}

}  // namespace pushforward::inline PF_REAL
