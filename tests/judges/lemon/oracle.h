// Computes the minimum cost of an assignment by LEMON's network simplex, for whole numbers.
#pragma once

namespace pushforward {

// Returns the minimum over all permutations of the total of a row-major (n, n)
// matrix of whole numbers.
double lemon_min_cost(int n, const double* cost);

}  // namespace pushforward
