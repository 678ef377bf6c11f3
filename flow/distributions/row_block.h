// Rows of a stream from any row on, for more rows than fit into memory at once.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/distributions/distribution.h"

namespace pushforward::inline PF_REAL {

// Returns rows first .. first + n - 1 of draw_wide_rows(distribution, stream, first + n, units), (n,
// dim) row-major, with the same bits. Throws if n < 0.
std::vector<double> draw_row_block(const Distribution& distribution, Stream stream,
                                   std::uint32_t first, int n, RowUnits units);

}  // namespace pushforward::inline PF_REAL
