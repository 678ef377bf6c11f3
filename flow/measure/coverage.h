// Fidelity and diversity of samples by nearest neighbours: density and coverage.
#pragma once

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// The measures of Naeem et al., "Reliable fidelity and diversity metrics for generative models",
// ICML 2020, equations 6 and 7. Each true point has a ball, whose radius is the distance to its
// k-th nearest true neighbour. Copies of a point have one ball together, because the ball of a
// point with k copies would have radius 0. In `coverage`, each copy counts as a true point.
struct Coverage {
  // The number of balls that contain a sample, averaged over the samples and divided by k: about 1
  // for samples of the true distribution, and less if samples are far from all true points.
  double density = 0;
  // The fraction of true points whose ball contains a sample (see expected_coverage).
  double coverage = 0;
};

// Returns the number of distinct points of a set.
int count_distinct(PointSet points);

// Compares samples with true points, in O(n^2) time. Fails on sets that are empty, not finite or of
// different dimensions, and unless there are more than k >= 1 distinct true points.
Coverage measure_coverage(PointSet truth, PointSet samples, Workers& workers, int k = 5);

// Returns the expected coverage of m samples of the true distribution, given n distinct true
// points:
//   1 - (n-1)...(n-k) / ((n+m-1)...(n+m-k))
// (Naeem et al., lemma 2). Fails unless there are samples, and more than k >= 1 true points.
double expected_coverage(int truth, int samples, int k = 5);

}  // namespace pushforward
