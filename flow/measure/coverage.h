// Fidelity and diversity of samples by nearest neighbours: density and coverage.
#pragma once

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020,
// equations 6 and 7. The ball of a true point reaches to its k-th nearest true neighbour.
struct Coverage {
  double density = 0;  // how many balls hold a sample, mean over samples, divided by k: about 1 for
                       // the true distribution, less where samples are far from any true point
  double coverage = 0;  // the part of the true points whose ball holds a sample; see below
};

// Of samples against true points. O(n^2) time. Fails on sets that are empty, differ in dimension or
// are not finite, and unless there are more than k >= 1 true points.
Coverage measure_coverage(PointSet truth, PointSet samples, Workers& workers, int k = 5);

// The coverage that samples of the true distribution have on average: 1 - (n-1)...(n-k) /
// ((n+m-1)...(n+m-k)) for n true points and m samples (Naeem et al., lemma 2). Fails unless there
// are samples and more than k >= 1 true points.
double expected_coverage(int truth, int samples, int k = 5);

}  // namespace pushforward
