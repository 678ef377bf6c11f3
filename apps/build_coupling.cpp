#include "apps/build_coupling.h"

#include <nlohmann/json.hpp>
#include <string>

namespace pushforward::inline PF_REAL {

Coupling build_coupling(const Json& section) {
  const std::string type = section.at("type").get<std::string>();
  if (type == "paired") return paired_coupling();
  return independent_coupling();
}

}  // namespace pushforward::inline PF_REAL
