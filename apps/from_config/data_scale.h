// Finds what about the numbers of a data set makes a flow learn it badly: a scale far from that of
// the noise, and columns that count the rows.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// Returns a line for each finding, with the change of the config that cures it, ready to paste after
// `pushforward train CONFIG`. `data` is what the config describes. The moments are those of all rows
// of a finite set, else of some thousand rows from a fixed stream.
std::vector<std::string> scale_warnings(const Config& config, const Distribution& data);

}  // namespace pushforward::app::inline PF_REAL
