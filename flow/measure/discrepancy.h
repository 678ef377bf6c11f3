// Distances between distributions that are means over pairs of their
// samples: maximum mean discrepancy and energy distance.
//
// O(n^2) time, little memory. Sums are taken in chunks of a fixed size, so threads change no bit.
#pragma once

#include <span>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// The squared maximum mean discrepancy (Gretton et al., "A kernel two-sample test",
// JMLR 13, 2012, equation 3, unbiased): mean k(a, a') over pairs of different points
// + the same of b - 2 mean k(a, b) over all pairs. The kernel is the mean over
// `bandwidths` s of exp(-|x - y|^2 / (2 s^2)). Zero on average for sets of one distribution,
// so below zero now and then. Fails on sets of fewer than two points, that differ in
// dimension or are not finite, and on bandwidths that are none or not positive.
double mmd2(PointSet a, PointSet b, std::span<const double> bandwidths, Workers& workers);

// The biased estimate of the same (Gretton et al., equation 5, a V-statistic): means over all
// pairs, a point with itself included. Never negative but for round-off, 0 for a set against
// itself, and larger than the unbiased one on average. One point a set is enough. Fails as mmd2.
double biased_mmd2(PointSet a, PointSet b, std::span<const double> bandwidths, Workers& workers);

// The median distance between points of the pooled sets (the usual bandwidth: Gretton et al.,
// section 8), from at most 1,000 points of each, evenly spread over its rows. Fails where it is
// zero: more than half of the pairs coincide.
double median_distance(PointSet a, PointSet b);

// Half, once and twice the median distance: bandwidths for `mmd2` that see what is near and far.
std::vector<double> usual_bandwidths(PointSet a, PointSet b);

// The energy distance (Szekely and Rizzo, "Energy statistics", J. Statist.
// Plann. Inference 143, 2013): D^2 = 2 E|a - b| - E|a - a'| - E|b - b'|, means
// over all pairs, a point with itself included, so never negative; the root is
// taken. Fails on sets that are empty, differ in dimension or are not finite.
double energy_distance(PointSet a, PointSet b, Workers& workers);

}  // namespace pushforward
