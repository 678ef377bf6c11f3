// Draws rows of a config's data in the data's units, for `pushforward data`, `plot` and `eval`.
#pragma once

#include "apps/flows/answers.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// Returns the rows of a block: whole chunks of about 2^22 numbers, and at most kBlockRows.
int block_rows(int dim);

// These functions are documented at Engine (apps/engine/engine.h).
NdArray draw_data(const Config& config, int n, std::uint64_t seed);
void draw_data_blocks(const Config& config, int n, std::uint64_t seed, const TakeRows& take);
NdArray draw_data_labels(const Config& config, int n, std::uint64_t seed);
DataRows data_rows(const Config& config, int n, std::uint64_t seed);

}  // namespace pushforward::app::inline PF_REAL
