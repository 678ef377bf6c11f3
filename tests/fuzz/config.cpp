// Fuzzes configs. Any text either is a config, and reading its dump gives the same config, or is
// refused with exit code 2.
#include "apps/config/config.h"

#include "apps/failure.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Config config = parse_config(as_text(data, size), "fuzz.json");
    must(parse_config(config.dump(), "dump.json") == config, "a config's dump is another config");
  } catch (const Failure& failure) {
    must(failure.code == Exit::usage, "a config is refused with another code than 2");
    must(*failure.what() != '\0', "a config is refused without a word");
  }
  return 0;
}
