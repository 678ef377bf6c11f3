// Computes the total variation between the histograms of two sets of token sequences.
#pragma once

#include <span>

namespace pushforward::app {

// Returns (1 / 2) sum over all sequences of |share in a - share in b|, for a (n, length) and b (m,
// length): 0 for equal histograms, 1 for disjoint ones. It is not 0 even for two finite sets of
// the same distribution, so compare it with the value for two new sets of the same size. Returns
// NaN if either set is empty.
double total_variation(std::span<const int> a, std::span<const int> b, int length);

}  // namespace pushforward::app
