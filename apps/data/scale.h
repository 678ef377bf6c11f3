// Finds properties of a data set with which a flow learns badly: a scale far from that of the
// noise, and columns that count the rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// Returns a line for each property of `data` that makes a flow learn it badly, with an override
// that cures it, to be pasted after `pushforward train CONFIG`. `data` is the distribution that the
// config describes. Means and standard deviations are those of all rows of a finite set, otherwise
// of at most 4096 rows drawn with a fixed seed.
std::vector<std::string> scale_warnings(const Config& config, const Distribution& data);

// Returns a hint about a finite set that has a single point, or in which at least half of the rows
// repeat other rows. Returns nothing for other data, and for sets of more than 65,536 rows.
std::optional<std::string> repeated_rows(const Distribution& data);

}  // namespace pushforward::app::inline PF_REAL
