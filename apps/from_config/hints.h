// Finds what can be known before the training about a config that is allowed and rarely meant.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"

namespace pushforward::app {

// The size of the data in the units of the flow, over all columns.
struct DataSize {
  double root_mean_square = 0;    // about 0
  double standard_deviation = 0;  // about each column's mean; the root of the mean square
};

// Returns a hint for each, in a line with its cure:
//   a velocity of infinite mean square at an end of the path where times are drawn, so that the
//   losses of single steps are far above the others;
//   data whose standard deviation is not near /sigma_data, for the prediction edm;
//   data that is not small beside the noise at t = 0 on a path that begins with alpha > 0, so that
//   samples start from another distribution than the path does.
std::vector<std::string> training_hints(const Config& config, const DataSize& size);

}  // namespace pushforward::app
