#include "flow/distributions/permuted.h"

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

// The last step of the hash function MurmurHash3: each bit of x affects every bit of the result.
std::uint32_t stir(std::uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85ebca6b;
  x = (x ^ (x >> 13)) * 0xc2b2ae35;
  return x ^ (x >> 16);
}

}  // namespace

std::uint32_t permuted(std::uint32_t position, std::uint32_t n,
                       const std::array<std::uint32_t, 4>& key) {
  check(position < n, "permuted", "place ", position, " of a permutation of ", n,
        "; places are below it");
  constexpr int kRounds = 8;
  int half = 2;  // the number of bits in each half of a number that the Feistel network permutes
  while ((std::uint64_t{1} << (2 * half)) < n) ++half;
  const std::uint32_t mask = (std::uint32_t{1} << half) - 1;
  do {
    std::uint32_t left = position >> half, right = position & mask;
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      const std::uint32_t next = left ^ (stir(right ^ stir(key[round % 4] + round)) & mask);
      left = right;
      right = next;
    }
    position = left << half | right;
  } while (position >= n);
  return position;
}

}  // namespace pushforward
