#include "apps/from_config/hints.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "apps/from_config/path.h"

namespace pushforward::app {
namespace {

// Two distances from an end of the path. They are far enough apart to distinguish growth as 1 /
// distance from slower growth.
constexpr double kNear = 1e-8, kFar = 1e-5;
// A share of the times so small that it shows whether their density is positive at an end.
constexpr double kShare = 1e-12;
// Data is small beside the noise if its size is below kSmall times the noise's. Two standard
// deviations are near if their ratio is at most kNearby.
constexpr double kSmall = 0.2, kNearby = 2;

// Returns whether the mean square of the velocity's coefficients dalpha and dsigma, over the times
// near `end`, is infinite. It is infinite if dalpha^2 + dsigma^2 grows as fast as 1 / distance from
// the end, or faster.
bool infinite_mean_square(const Scheduler& path, const TimeDistribution& times, double end) {
  const auto growth = [&](double distance) {
    const Coefficients c = path(std::abs(end - distance));
    return (c.dalpha * c.dalpha + c.dsigma * c.dsigma) * distance;
  };
  const double near = growth(kNear), far = growth(kFar);
  if (!(near > 0.5 * far && std::isfinite(near)) || near < 1e-4) return false;
  // If the density of times is positive at `end`, about kShare of the times are within kShare of
  // `end`.
  const double inside = std::abs(end - times.quantile(std::abs(end - kShare)));
  return inside < 100 * kShare;
}

std::optional<std::string> steep_velocity(const Config& config) {
  if (config.string("/prediction") != "velocity" || make_weighting(config).as) return {};
  const Scheduler path = make_scheduler(config);
  const TimeDistribution times = make_time_distribution(config);
  for (const double end : {0., 1.}) {
    if (!infinite_mean_square(path, times, end)) continue;
    return fmt::format(
        "hint: on {} the velocity grows without bound towards t = {:.0f}, and its mean square is "
        "infinite, so some steps have losses far above the others; set /prediction to \"data\" or "
        "\"noise\", which are as large as the ends of the path",
        path.name, end);
  }
  return {};
}

std::optional<std::string> other_sigma_data(const Config& config, const DataSize& size) {
  if (config.string("/prediction") != "edm") return {};
  const double given = config.number("/sigma_data"), std = size.standard_deviation;
  if (std < kNearby * given && std > given / kNearby) return {};
  return fmt::format(
      "hint: the data has standard deviation {:.3g} in the units of the flow, but /sigma_data is "
      "{:.3g}, to which the network is scaled; set it to {:.3g}, or standardize the data",
      std, given, std);
}

std::optional<std::string> data_beside_noise(const Config& config, const DataSize& size) {
  const Coefficients first = make_scheduler(config)(0);
  if (first.alpha * size.root_mean_square <= kSmall * first.sigma) return {};
  return fmt::format(
      "hint: at t = 0 the path is {:.3g} x1 + {:.3g} x0, and samples start from {:.3g} x0 alone, but "
      "the data has a root mean square of {:.3g} in the units of the flow; standardize the data, or "
      "begin the path with more noise",
      first.alpha, first.sigma, first.sigma, size.root_mean_square);
}

}  // namespace

std::vector<std::string> training_hints(const Config& config, const DataSize& size) {
  std::vector<std::string> hints;
  for (const auto& hint :
       {steep_velocity(config), other_sigma_data(config, size), data_beside_noise(config, size)})
    if (hint) hints.push_back(*hint);
  return hints;
}

}  // namespace pushforward::app
