// Builds what a flow map's training needs, such as its loss, from a checked config.
#pragma once

#include <optional>

#include "apps/config/config.h"
#include "flow/maps/loss.h"
#include "flow/maps/times.h"

namespace pushforward::app {

// The settings of /loss for a flow map.
struct MapSettings {
  MapLoss loss;
  MapTimes times;
  double diagonal = 0.5;          // the share of the rows that train the diagonal
  double sharpness = 25;          // of alpha_flow
  bool averaged_teacher = false;  // the teacher's weights are the moving average

  // Returns the loss after the part `progress` of training, from 0 to 1.
  MapLoss loss_after(double progress) const;
};

// Returns the settings of the config, or nothing if its loss trains no flow map.
std::optional<MapSettings> make_map_settings(const Section& config);

}  // namespace pushforward::app
