// Computes the total variation between the histograms of two sets of token sequences.
#pragma once

#include <span>

namespace pushforward::app {

// Returns (1 / 2) sum over all sequences of |share in a - share in b|. The shapes of a and b are
// (n, length) and (m, length). The result is 0 for equal histograms and 1 for disjoint ones. Two
// finite samples of one distribution have a total variation above 0, so compare the result with
// that of two independent sets of the same sizes. Returns NaN if either set is empty.
double total_variation(std::span<const int> a, std::span<const int> b, int length);

}  // namespace pushforward::app
