// Random access to a random permutation.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <array>
#include <cstdint>

namespace pushforward {

// Returns entry `position` of a random permutation of 0 .. n - 1 that `key` selects, without
// computing the other entries. A Feistel network permutes the numbers below the next power of 4,
// and is applied again until its result is below n (Black and Rogaway, "Ciphers with arbitrary
// finite domains", 2002). Throws unless position < n.
std::uint32_t permuted(std::uint32_t position, std::uint32_t n,
                       const std::array<std::uint32_t, 4>& key);

}  // namespace pushforward
