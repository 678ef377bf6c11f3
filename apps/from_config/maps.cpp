#include "apps/from_config/maps.h"

#include "apps/config/map_loss.h"
#include "apps/from_config/path.h"

namespace pushforward::app {
namespace {

MapCondition condition_of(const std::string& type) {
  for (const MapCondition condition :
       {MapCondition::eulerian, MapCondition::semigroup, MapCondition::alpha_flow})
    if (type == name_of(condition)) return condition;
  return MapCondition::lagrangian;
}

VelocityAtStart velocity_named(const std::string& name) {
  return name == "sample" ? VelocityAtStart::sample : VelocityAtStart::network;
}

}  // namespace

MapLoss MapSettings::loss_after(double progress) const {
  MapLoss now = loss;
  if (now.condition == MapCondition::alpha_flow) now.alpha = alpha_after(progress, sharpness);
  return now;
}

std::optional<MapSettings> make_map_settings(const Section& config) {
  if (!learns_map(config)) return {};
  const Section section = config.section("/loss");
  MapSettings settings;
  settings.loss.condition = condition_of(section.type());
  if (section.has("tangent")) {
    settings.loss.eulerian = {velocity_named(section.string("tangent")),
                              velocity_named(section.string("target")),
                              section.string("gradient") == "through_time"};
  }
  if (section.has("teacher")) {
    settings.averaged_teacher = section.string("teacher") == "average";
    settings.loss.end_velocity = section.boolean("end_velocity");
  }
  if (section.has("middle")) settings.loss.uniform_middle = section.string("middle") == "uniform";
  if (section.has("sharpness")) settings.sharpness = section.number("sharpness");
  settings.loss.weight_power = section.number("weight_power");
  settings.loss.weight_floor = section.number("weight_floor");
  settings.times.each = make_time_distribution(config, "/loss/pair_time");
  settings.times.from_start = section.number("from_start");
  settings.times.both_ways = section.string("directions") == "both";
  settings.diagonal = section.number("diagonal");
  return settings;
}

}  // namespace pushforward::app
