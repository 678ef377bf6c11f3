// Reads one JSON document per line and prints the config parser's verdict on each. With the
// argument `schema` it prints the JSON Schema instead. tests/judges/schema_agreement.py compares
// the parser with the schema.
#include <algorithm>
#include <iostream>
#include <string>

#include "apps/config/check.h"
#include "apps/config/config.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns "ok", "beyond" if only a comparison of two values fails (a schema cannot express these),
// or "wrong" and the first error.
std::string verdict(const std::string& line) {
  ConfigFaults faults;
  try {
    const JsonDocument document = parse_json(line);
    if (!document.faults.empty()) return "wrong duplicate key";
    check_config(document.root, faults);
  } catch (const JsonSyntax& syntax) {
    return "wrong " + syntax.fault.what;
  }
  if (faults.count() == 0) return "ok";
  for (const ConfigFault& fault : faults.list()) {
    if (!fault.beyond_schema) return "wrong " + fault.what;
  }
  return "beyond " + faults.list().front().what;
}

}  // namespace

int main(int argc, char**) {
  if (argc > 1) {
    std::cout << config_schema().dump(2) << "\n";
    return 0;
  }
  for (std::string line; std::getline(std::cin, line);) std::cout << verdict(line) << "\n";
}
