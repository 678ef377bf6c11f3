// Finds settings that are allowed but probably a mistake, as far as they are known before training.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"

namespace pushforward::app {

// The size of the data in the units of the flow, over all columns.
struct DataSize {
  double root_mean_square = 0;    // the root of the mean square
  double standard_deviation = 0;  // the root mean square deviation from each column's mean
};

// Returns a line with its cure for each of these findings:
//   On the path, the velocity has an infinite mean square at an end where times are drawn. Then the
//   losses of single steps are far above the others.
//   The prediction is edm, and the standard deviation of the data is not near /sigma_data.
//   The path begins with alpha > 0, and at t = 0 the data is not small beside the noise. Then
//   samples start from another distribution than the path.
std::vector<std::string> training_hints(const Config& config, const DataSize& size);

}  // namespace pushforward::app
