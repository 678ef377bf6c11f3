// Distances of points to the closest points of another set.
#pragma once

#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward {

// Returns for each point its distance to the closest point of `others`, in O(n m) time. Fails on sets
// that are empty, not finite or of different dimensions.
std::vector<double> closest_distances(PointSet points, PointSet others, Workers& workers);

// Returns for each point its distance to the closest of the other points of its own set: 0 if the
// point is there twice. Fails on fewer than two points and on numbers that are not finite.
std::vector<double> closest_among(PointSet points, Workers& workers);

}  // namespace pushforward
