// Tests Arena, the memory for the values of a tape: alignment, counts of bytes, and rewinding to a
// mark, which is an earlier fill level.
#include "autograd/arena.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "tests/tools/catch.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define PF_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define PF_TEST_ASAN 1
#endif
#endif

namespace pushforward {

TEST_CASE("an arena hands out aligned memory that does not overlap", "[arena]") {
  Arena arena(1024);
  std::vector<std::pair<std::uint8_t*, std::size_t>> parts;
  for (std::size_t k = 0; k < 200; ++k) {
    const std::size_t n = 1 + k * 37 % 500;
    auto* p = arena.array<std::uint8_t>(n);
    CHECK(reinterpret_cast<std::uintptr_t>(p) % 64 == 0);
    std::memset(p, static_cast<int>(k), n);
    parts.emplace_back(p, n);
  }
  for (std::size_t k = 0; k < parts.size(); ++k) {
    for (std::size_t i = 0; i < parts[k].second; ++i)
      if (parts[k].first[i] != static_cast<std::uint8_t>(k)) CHECK(false);
  }
}

TEST_CASE("an arena counts the bytes in use, the bytes reserved and the largest use so far",
          "[arena]") {
  Arena arena(1024);
  CHECK(arena.bytes_used() == 0);
  CHECK(arena.bytes_reserved() == 0);
  arena.array<double>(8);
  CHECK(arena.bytes_used() == 64);
  CHECK(arena.bytes_reserved() == 1024);
  arena.array<char>(1);  // takes a whole cache line
  CHECK(arena.bytes_used() == 128);
  const Arena::Mark mark = arena.mark();
  arena.array<char>(2000);  // needs a new block, at least twice as large as the last one
  CHECK(arena.bytes_used() == 128 + 2048);
  CHECK(arena.bytes_reserved() == 1024 + 2048);
  arena.array<char>(10000);
  CHECK(arena.bytes_reserved() == 1024 + 2048 + 10048);
  CHECK(arena.bytes_peak() == 128 + 2048 + 10048);
  arena.rewind(mark);
  CHECK(arena.bytes_used() == 128);
  CHECK(arena.bytes_reserved() == 1024 + 2048 + 10048);
  CHECK(arena.bytes_peak() == 128 + 2048 + 10048);
}

TEST_CASE("a rewound arena gives the same memory again and keeps its blocks", "[arena]") {
  Arena arena(512);
  char* first = arena.array<char>(100);
  const Arena::Mark mark = arena.mark();
  std::vector<char*> before, after;
  const auto fill = [&](std::vector<char*>& into) {
    for (std::size_t n : {100U, 1000U, 64U, 5000U, 1U}) into.push_back(arena.array<char>(n));
  };
  fill(before);
  const std::size_t held = arena.bytes_reserved(), used = arena.bytes_used();
  for (int k = 0; k < 5; ++k) {
    arena.rewind(mark);
    after.clear();
    fill(after);
    CHECK(after == before);
    CHECK(arena.bytes_reserved() == held);
    CHECK(arena.bytes_used() == used);
  }
  first[0] = 'x';
}

TEST_CASE("marks can be nested, also across blocks", "[arena]") {
  Arena arena(256);
  const Arena::Mark start = arena.mark();
  char* a = arena.array<char>(200);
  std::memset(a, 1, 200);
  const Arena::Mark one = arena.mark();
  char* b = arena.array<char>(2000);
  std::memset(b, 2, 2000);
  const Arena::Mark two = arena.mark();
  arena.array<char>(9000);
  arena.rewind(two);
  CHECK(b[1999] == 2);
  CHECK(arena.bytes_used() == 256 + 2048);
  arena.rewind(one);
  CHECK(a[199] == 1);
  CHECK(arena.bytes_used() == 256);
  arena.rewind(start);
  CHECK(arena.bytes_used() == 0);
  CHECK(arena.array<char>(1) == a);
}

TEST_CASE("a block that is too small for the next piece is replaced", "[arena]") {
  Arena arena(256);
  arena.array<char>(256);
  const Arena::Mark mark = arena.mark();
  arena.array<char>(512);
  arena.rewind(mark);
  arena.array<char>(100000);  // does not fit into the 512-byte block
  CHECK(arena.bytes_used() == 256 + 100032);
  arena.rewind(mark);
  arena.array<char>(512);  // fits into the block that was made for the 100000 bytes
  CHECK(arena.bytes_used() == 256 + 512);
  CHECK(arena.bytes_reserved() == 256 + 100032);
}

TEST_CASE("empty arrays and rewinding an empty arena are allowed", "[arena]") {
  Arena arena;
  arena.rewind(arena.mark());
  CHECK(arena.array<double>(0) != nullptr);
  CHECK(arena.bytes_used() == 0);
}

#ifdef PF_TEST_ASAN
TEST_CASE("memory after a rewind is marked invalid for the address sanitizer, used memory is not",
          "[arena]") {
  Arena arena(1024);
  char* kept = arena.array<char>(64);
  const Arena::Mark mark = arena.mark();
  char* gone = arena.array<char>(64);
  char* far = arena.array<char>(5000);
  CHECK_FALSE(__asan_address_is_poisoned(gone));
  CHECK_FALSE(__asan_address_is_poisoned(far + 4999));
  arena.rewind(mark);
  CHECK_FALSE(__asan_address_is_poisoned(kept));
  CHECK(__asan_address_is_poisoned(gone));
  CHECK(__asan_address_is_poisoned(far + 4999));
  CHECK(arena.array<char>(64) == gone);
  CHECK_FALSE(__asan_address_is_poisoned(gone));
  CHECK(__asan_address_is_poisoned(gone + 64));
}
#endif

}  // namespace pushforward
