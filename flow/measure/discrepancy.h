// Distances between distributions that are means over pairs of samples: maximum mean discrepancy
// and energy distance.
//
// Each of these distances takes O(n^2) time and little memory. Sums are taken in chunks of a fixed
// size, so the number of threads changes no bit.
#pragma once

#include <span>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// Returns the unbiased estimate of the squared maximum mean discrepancy (Gretton et al., "A kernel
// two-sample test", JMLR 13, 2012, equation 3). It is the mean of k(a, a') over pairs of different
// points of a, plus the same mean for b, minus 2 times the mean of k(a, b) over all pairs. The
// kernel k is the mean over `bandwidths` s of exp(-|x - y|^2 / (2 s^2)). For two sets from one
// distribution the expectation is 0, so the result may be negative. Fails on sets of fewer than two
// points, on sets that are not finite or of different dimensions, and unless there is at least one
// bandwidth and all are positive.
double mmd2(PointSet a, PointSet b, std::span<const double> bandwidths, Workers& workers);

// Returns the biased estimate of the squared maximum mean discrepancy, a V-statistic (Gretton et
// al., equation 5): the means include the pairs of a point with itself. It is never negative except
// for round-off, it is 0 if both sets are the same, and on average it is larger than the unbiased
// estimate. One point per set is enough. Otherwise it fails as mmd2 does.
double biased_mmd2(PointSet a, PointSet b, std::span<const double> bandwidths, Workers& workers);

// Returns the median distance between points of the pooled sets, which is a common choice of the
// kernel's bandwidth (Gretton et al., section 8). Uses at most 1,000 points of each set, evenly
// spaced over its rows. Fails if the median is 0, that is, if more than half of the pairs coincide.
double median_distance(PointSet a, PointSet b);

// Returns half, once and twice the median distance, as bandwidths for `mmd2`.
std::vector<double> usual_bandwidths(PointSet a, PointSet b);

// Returns the energy distance D (Szekely and Rizzo, "Energy statistics", J. Statist. Plann.
// Inference 143, 2013): D^2 = 2 E|a - b| - E|a - a'| - E|b - b'|, for points a, a' of one set and
// b, b' of the other. The means are over all pairs, including each point with itself, so D^2 is
// never negative. Fails on sets that are empty, not finite or of different dimensions.
double energy_distance(PointSet a, PointSet b, Workers& workers);

}  // namespace pushforward
