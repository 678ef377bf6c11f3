// The two-sample Kolmogorov-Smirnov distance of two sets of numbers, and its p-value.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <span>

namespace pushforward {

struct KolmogorovSmirnov {
  double distance = 0;  // the largest difference of the two empirical distribution functions
  // The probability of this distance or a larger one, if both sets are draws of one distribution.
  double p = 1;
  // The smallest p that sets of these sizes can have, which is that of sets without overlap.
  double least_p = 1;
  bool exact = true;  // whether p is exact, or that of a limit for many points
};

// Computes the distance of two sets, which it sorts. If the product of their sizes is at most 10^6,
// p is exact, also for repeated numbers. It is then the share, among all ways to divide the numbers
// of both sets into two sets of these sizes, of those with this distance or a larger one (Hodges
// 1958; Schroeer and Trenkler 1995). For larger sets, p is Kolmogorov's limit with the correction
// of Stephens (1970). This limit ignores repetitions, so p is too large if numbers are repeated.
// Fails on empty sets and on numbers that are not finite.
KolmogorovSmirnov kolmogorov_smirnov(std::span<double> a, std::span<double> b);

}  // namespace pushforward
