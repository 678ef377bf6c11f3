// Fuzzes metrics.jsonl. Any bytes either are cut back to complete lines and read, or are refused
// with exit code 4.
#include "apps/run/metrics.h"

#include "apps/failure.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  MemoryFile file(as_text(data, size));
  try {
    MetricsFile metrics("fuzz.jsonl", file);
    metrics.cut_back(10);
    must(file.written <= size, "cutting back makes a file longer");
    read_metrics("fuzz.jsonl", file);
  } catch (const Failure& failure) {
    must(failure.code == Exit::file, "metrics are refused with another code than 4");
  }
  return 0;
}
