// The rows of a large table of text, which are kept in a temporary file while they are trained on.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "apps/formats/npy.h"
#include "flow/distributions/stored_rows.h"

namespace pushforward::app {

// Returns the numbers of a table (N, D) without the columns `left_out`, which ascend, as rows that are in
// a file (PagedList). Returns null for a table that is too small for one (PagedSettings::least). Throws
// FileError if the file cannot be made.
std::shared_ptr<const StoredRows> paged_rows(const NdArray& table,
                                             const std::vector<std::size_t>& left_out);

}  // namespace pushforward::app
