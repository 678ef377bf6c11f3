// Computes the minimum cost of an assignment with LEMON's network simplex, for costs that are whole
// numbers.
#pragma once

namespace pushforward {

// Returns the least total cost over all permutations, for a row-major (n, n) matrix of whole
// numbers.
double lemon_min_cost(int n, const double* cost);

}  // namespace pushforward
