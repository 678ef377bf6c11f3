// The losses that train a flow map, a network of two times, and their settings.
#pragma once

#include <optional>
#include <string_view>

#include "apps/config/config.h"
#include "flow/maps/loss.h"
#include "flow/maps/times.h"

namespace pushforward::app {

// Returns whether the loss of this type trains a flow map.
bool is_map_loss(std::string_view type);

// Returns whether a run with this config has a flow map.
bool learns_map(const Section& config);

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
