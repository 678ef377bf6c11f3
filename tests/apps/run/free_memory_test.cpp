// Tests that blocks of memory beyond what is free are refused, with both amounts.
#include "apps/run/free_memory.h"

#include <limits>

#include "tests/tools/catch.h"

using namespace pushforward::app;

TEST_CASE("/proc/meminfo is read") {
  CHECK(parse_meminfo("MemTotal: 9 kB\nMemAvailable:    1234 kB\nSwapFree:   6 kB\n") ==
        1240 * 1024);
  CHECK(parse_meminfo("MemAvailable: 7 kB\n") == 7 * 1024);
  CHECK(parse_meminfo("MemTotal: 9 kB\n") == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_meminfo("MemAvailable: x\n") == std::numeric_limits<std::uint64_t>::max());
  CHECK(free_memory() > 0);
}

TEST_CASE("a block beyond the free memory is refused with both amounts") {
  check_free(1);
  check_free(kLargeBlock);
  CHECK_THROWS_AS(check_free(std::size_t{1} << 60), std::bad_alloc);
  CHECK_THROWS_WITH(check_free(std::size_t{3} << 60),
                    Contains("[memory] one array alone needs 3221225472.0 GiB, but ") &&
                        Contains(" GiB are free on this machine; ask for fewer samples"));
  CHECK(std::string(MemoryRefused(std::uint64_t{3} << 29, std::uint64_t{1} << 30).what()) ==
        "[memory] one array alone needs 1.5 GiB, but 1.0 GiB are free on this machine; ask for "
        "fewer samples, a smaller batch or a smaller model");
}
