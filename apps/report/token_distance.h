// How far two sets of token sequences are apart: the total variation of their histograms.
#pragma once

#include <span>

namespace pushforward::app {

// (1 / 2) sum over all sequences of |share in a - share in b|, of a (n, length) and b (m, length):
// 0 for equal histograms, 1 for disjoint ones. Two finite sets of one distribution are apart, too:
// hold it against the value of two fresh sets of as many rows. NaN where either is empty.
double total_variation(std::span<const int> a, std::span<const int> b, int length);

}  // namespace pushforward::app
