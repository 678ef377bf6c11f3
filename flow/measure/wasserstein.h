// Wasserstein distances between two sets of points. The points of a set have equal weights.
#pragma once

#include <span>

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// Returns the exact 2-Wasserstein distance: W2^2 is the minimum over permutations s of the mean of
// |a_i - b_s(i)|^2. The sets must have equal sizes (subsample the larger one). 10,000 points in
// the plane take seconds and little memory. In more than 8 dimensions, the cost matrix of up to
// 12,000 points is stored, which takes 8 n^2 bytes. Fails on sets that are empty, not finite, or
// different in size or dimension.
double wasserstein2(PointSet a, PointSet b);

// Returns the p-Wasserstein distance, p >= 1, of two sets of numbers of any sizes: W_p^p is the
// integral over q of |A(q) - B(q)|^p, with A and B the quantile functions. Sorts both sets.
double wasserstein_sorting(std::span<double> a, std::span<double> b, double p = 2);

// Returns the sliced 2-Wasserstein distance (Bonneel et al., "Sliced and Radon Wasserstein
// barycenters of measures", JMIV 51, 2015): the root of the mean of W2^2 between the projections of
// the sets on `projections` random directions from the stream. The sets may have any sizes. Fails
// on sets that are empty, not finite or of different dimensions.
double sliced_wasserstein2(PointSet a, PointSet b, int projections, Stream stream,
                           Workers& workers);

}  // namespace pushforward
