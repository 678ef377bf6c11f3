// Wasserstein distances between two sets of points, each point of a set of equal weight.
#pragma once

#include <span>

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// The 2-Wasserstein distance, exactly: W2^2 = min over permutations s of the mean of |a_i -
// b_s(i)|^2; the root is taken. Sets of equal size (subsample the larger one). 10,000 points of the
// plane take seconds and little memory; in more than 8 dimensions the costs of up to 12,000 points
// are kept, 8 n^2 bytes. Fails on sets that differ in size or dimension, are empty, or not finite.
double wasserstein2(PointSet a, PointSet b);

// The p-Wasserstein distance of numbers, p >= 1, of any two sizes: W_p^p is the integral over q of
// |A(q) - B(q)|^p, A and B the quantile functions. Sorts both.
double wasserstein_sorting(std::span<double> a, std::span<double> b, double p = 2);

// The sliced 2-Wasserstein distance (Bonneel et al., "Sliced and Radon Wasserstein barycenters of
// measures", JMIV 51, 2015): the root of the mean, over `projections` random directions of the
// stream, of W2^2 between the sets' projections. Sets of any two sizes. Fails as above.
double sliced_wasserstein2(PointSet a, PointSet b, int projections, Stream stream,
                           Workers& workers);

}  // namespace pushforward
