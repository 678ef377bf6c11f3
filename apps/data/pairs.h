// The two sides of pairs (x0, x1) as distributions, for data of type "pairs".
#pragma once

#include "apps/config/config.h"
#include "apps/data/holdout.h"
#include "apps/run/pairs.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app {

// Returns whether a run with this config makes its pairs itself: its data is of type "pairs" and
// names no file of them.
bool makes_pairs(const Section& config);

// Reads the file of a checked data section of type "pairs". Throws as read_pairs does (apps/run/),
// Failure (exit 2) if the section names no file, since pairs are made when a run is trained, and
// Failure (exit 4) if the file has another number of pairs than the section.
FlowPairs read_section_pairs(const Json& section);

// Throws Failure (exit 2) unless the pairs start from the source of this config.
void check_source(const FlowPairs& pairs, const Section& config);

}  // namespace pushforward::app

namespace pushforward::app::inline PF_REAL {

// Return the two sides as finite sets of rows, without the rows to hold out, which their held_out()
// returns. x1 is in the units of the flow that made the pairs, and restored to the data's units.
// Throw Failure (exit 2) as without_held_out does.
DistributionPtr pair_ends(const FlowPairs& pairs, const Holdout& holdout);
DistributionPtr pair_starts(const FlowPairs& pairs, const Holdout& holdout);

}  // namespace pushforward::app::inline PF_REAL
