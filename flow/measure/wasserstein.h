// Wasserstein distances between two sets of points, each point of a set of equal weight.
#pragma once

#include <span>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// The 2-Wasserstein distance, exactly: W2^2 = min over permutations s of the mean of |a_i -
// b_s(i)|^2; the root is taken. Sets of equal size (subsample the larger one). 10,000 points of the
// plane take seconds and little memory; in more than 8 dimensions the costs of up to 12,000 points
// are kept, 8 n^2 bytes. Fails on sets that differ in size or dimension, are empty, or not finite.
double wasserstein2(PointSet a, PointSet b);

// The p-Wasserstein distance of numbers, p >= 1, of any two sizes: W_p^p is the integral over q of
// |A(q) - B(q)|^p, A and B the quantile functions. Sorts both. Fails on empty sets, on numbers that
// are NaN, and on p below 1.
double wasserstein_sorting(std::span<double> a, std::span<double> b, double p = 2);

// The sliced 2-Wasserstein distance (Bonneel et al., "Sliced and Radon Wasserstein barycenters of
// measures", JMIV 51, 2015): the root of the mean, over `projections` random directions of the
// stream, of W2^2 between the sets' projections. Sets of any two sizes. Fails as above.
double sliced_wasserstein2(PointSet a, PointSet b, int projections, Stream stream,
                           Workers& workers);

// A Gaussian distribution N(mean, covariance) on R^D, or what of any distribution its first two
// moments say.
struct GaussianMoments {
  std::vector<double> mean{};        // (D)
  std::vector<double> covariance{};  // (D, D), row-major, symmetric, no eigenvalue below 0
};

// The mean and the covariance (divisor n) of a set of points. Fails on a set that is empty or not
// finite.
GaussianMoments gaussian_moments(PointSet points);

// The 2-Wasserstein distance between two Gaussians, in closed form (Dowson and Landau, "The Frechet
// distance between multivariate normal distributions", J. Multivariate Anal. 12, 1982; the second
// term is the Bures distance of the covariances A and B):
//   W2^2 = |mean_a - mean_b|^2 + tr(A + B - 2 (A^(1/2) B A^(1/2))^(1/2)); the root is taken.
// O(D^3). Of the moments of two sets, it is the Frechet distance between them, a lower bound of
// their W2 (Gelbrich 1990). Fails on sizes that differ, on numbers that are not finite, and on a
// covariance that is not symmetric or has a negative eigenvalue, beyond round-off.
double gaussian_wasserstein2(const GaussianMoments& a, const GaussianMoments& b);

}  // namespace pushforward
