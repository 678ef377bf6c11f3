// Wasserstein distances between two sets of points. The points of a set have equal weights.
#pragma once

#include <span>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// Returns the exact 2-Wasserstein distance W2: its square is the minimum over permutations s of the
// mean of |a_i - b_s(i)|^2. The sets must have equal sizes (subsample the larger one). 10,000
// points in the plane take seconds and little memory. For points of more than 8 dimensions, the
// cost matrix of up to 12,000 points is stored, which takes 8 n^2 bytes for n points. Fails on sets
// that are empty, not finite, or different in size or dimension.
double wasserstein2(PointSet a, PointSet b);

// Returns the p-Wasserstein distance W_p, p >= 1, of two sets of numbers of any sizes. Its p-th
// power is the integral over q in [0, 1] of |A(q) - B(q)|^p, with A and B the quantile functions of
// the sets. Sorts a and b. Fails on empty sets, on NaN, and on p below 1.
double wasserstein_sorting(std::span<double> a, std::span<double> b, double p = 2);

// Returns the sliced 2-Wasserstein distance (Bonneel et al., "Sliced and Radon Wasserstein
// barycenters of measures", JMIV 51, 2015). It is the root of the mean of W2^2 between the
// projections of the sets on `projections` random directions, which are drawn from `stream`. The
// sets may have any sizes. Fails on sets that are empty, not finite or of different dimensions.
double sliced_wasserstein2(PointSet a, PointSet b, int projections, Stream stream,
                           Workers& workers);

// A Gaussian distribution N(mean, covariance) on R^D, or the first two moments of any distribution.
struct GaussianMoments {
  std::vector<double> mean{};        // (D)
  std::vector<double> covariance{};  // (D, D), row-major, symmetric, without negative eigenvalues
};

// Returns the mean and the covariance (divisor n) of a set of points. Fails on a set that is
// empty or not finite.
GaussianMoments gaussian_moments(PointSet points);

// Returns the 2-Wasserstein distance W2 between two Gaussians with covariances A and B, in closed
// form (Dowson and Landau, "The Frechet distance between multivariate normal distributions", J.
// Multivariate Anal. 12, 1982; the trace below is the squared Bures distance):
//   W2^2 = |mean_a - mean_b|^2 + tr(A + B - 2 (A^(1/2) B A^(1/2))^(1/2)).
// Takes O(D^3). For the moments of two sets of points it is the Frechet distance, a lower bound of
// the W2 distance between the sets (Gelbrich 1990). Fails on sizes that differ, on numbers that are
// not finite, and on a covariance that, beyond round-off, is not symmetric or has a negative
// eigenvalue.
double gaussian_wasserstein2(const GaussianMoments& a, const GaussianMoments& b);

}  // namespace pushforward
