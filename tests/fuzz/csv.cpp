// Fuzzes CSV. Any text either is a table with as many numbers as its shape says, or is refused with
// exit code 4. The first byte selects the options.
#include "apps/tables/csv.h"

#include "apps/failure.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  CsvOptions options;
  const unsigned choice = data[0];
  options.header = static_cast<CsvHeader>(choice % 3);
  if (choice & 4u) options.separator = ",; \t"[choice >> 3 & 3u];
  if (choice & 32u) options.columns.emplace_back(std::size_t{choice >> 6});
  if (choice & 64u) options.columns.emplace_back(std::string("x"));
  try {
    const CsvTable table = parse_csv(as_text(data + 1, size - 1), "fuzz.csv", options);
    must(table.shape.size() == 2, "a CSV file is no table");
    must(table.shape[0] * table.shape[1] == table.values.size(), "numbers and shape disagree");
    must(table.names.empty() || table.names.size() == table.shape[1], "names and shape disagree");
  } catch (const Failure& failure) {
    must(failure.code == Exit::file, "a CSV file is refused with another code than 4");
  }
  return 0;
}
