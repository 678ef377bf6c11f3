// Fuzzes overrides. Each line of the input is an override of a small config. Also calls the
// completion of the shell for the first line.
#include "apps/config/config.h"
#include "apps/failure.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> lines(1);
  for (const char c : as_text(data, size)) {
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back() += c;
  }
  try {
    const Config config = parse_config(R"({"data": {"type": "moons"}})", "fuzz.json", lines);
    must(parse_config(config.dump(), "dump.json") == config, "a config's dump is another config");
  } catch (const Failure& failure) {
    must(failure.code == Exit::usage, "overrides are refused with another code than 2");
  }
  completion_words(lines.front());
  return 0;
}
