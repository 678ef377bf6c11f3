// Tests gzip files that Python's gzip module wrote: intact, concatenated, damaged, truncated and
// too large.
#include "apps/formats/gzip.h"

#include "apps/failure.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// The text "to be, or not to be\n", compressed.
const std::string hamlet(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x2b\xc9\x57\x48\x4a\xd5\x51\xc8\x2f\x52"
    "\xc8\xcb\x2f\x51\x28\x01\xf1\xb8\x00\x84\xcd\xe8\x4b\x14\x00\x00\x00",
    37);

}  // namespace

TEST_CASE("a gzip file is read, and two concatenated ones are read as one") {
  CHECK(is_gzip(hamlet));
  CHECK(!is_gzip("to be"));
  CHECK(!is_gzip(""));
  CHECK(gunzip(hamlet, "h.gz") == "to be, or not to be\n");
  CHECK(gunzip(hamlet + hamlet, "h.gz") == "to be, or not to be\nto be, or not to be\n");
  CHECK(gunzip(hamlet + std::string(7, '\0'), "h.gz") == "to be, or not to be\n");
}

TEST_CASE("every truncation and every damaged byte of a gzip file is found") {
  for (std::size_t size = 0; size < hamlet.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS(gunzip(hamlet.substr(0, size), "h.gz"), Failure);
  }
  CHECK_THROWS_WITH(gunzip(hamlet.substr(0, 20), "h.gz"),
                    Contains("h.gz: its compressed data is truncated"));
  // The loop leaves out bytes 3 to 9 of the header: flags, time and operating system are not
  // protected by the checksum.
  for (std::size_t at = 10; at < hamlet.size(); ++at) {
    CAPTURE(at);
    std::string damaged = hamlet;
    damaged[at] = char(damaged[at] ^ 0x10);
    CHECK_THROWS_AS(gunzip(damaged, "h.gz"), Failure);
  }
  CHECK_THROWS_WITH(gunzip("\x1f\x8bno gzip at all", "h.gz"), Contains("damaged"));
}

TEST_CASE("a gzip file with more content than the limit is refused") {
  CHECK(gunzip(hamlet, "h.gz", 20).size() == 20);
  CHECK_THROWS_WITH(gunzip(hamlet, "h.gz", 19), Contains("holds more than 0 MiB"));
}
