// Counts how many of the lines between the points of pairs cross.
#pragma once

#include <span>

namespace pushforward::app {

// Returns the number of pairs of lines that cross, for lines from x0 (n, 2) to x1 (n, 2). Lines that
// only touch, or that lie on one another, do not count. Throws std::invalid_argument unless x0 and
// x1 have the same even number of coordinates.
int count_crossings(std::span<const double> x0, std::span<const double> x1);

}  // namespace pushforward::app
