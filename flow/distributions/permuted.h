// Random access to a random permutation.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <array>
#include <cstdint>

namespace pushforward {

// Entry `position` of a random permutation of 0 .. n - 1 that the key chooses, found without making
// the others: a Feistel network on the next power of 4, walked until it falls below n (Black and
// Rogaway, "Ciphers with arbitrary finite domains", 2002). Fails unless place < n.
std::uint32_t permuted(std::uint32_t position, std::uint32_t n,
                       const std::array<std::uint32_t, 4>& key);

}  // namespace pushforward
