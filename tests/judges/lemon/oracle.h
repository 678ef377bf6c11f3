// The least cost of an assignment as LEMON's network simplex finds it. Whole numbers only.
#pragma once

namespace pushforward {

// The least total of a row-major (n, n) matrix of whole numbers, over all permutations.
double lemon_min_cost(int n, const double* cost);

}  // namespace pushforward
