#include "apps/page/path_message.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "apps/data/data.h"
#include "apps/from_config/path.h"
#include "apps/run/data_traits.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The path ends in the data points, where the posterior is that of the nearest one. The page stops
// just before.
constexpr int kTimes = 991;
constexpr double kTimeStep = 0.001;

void add_coefficients(PageMessage& message, const Scheduler& scheduler) {
  std::vector<double> t, alpha, sigma, dalpha, dsigma;
  for (int k = 0; k < kTimes; ++k) {
    t.push_back(k * kTimeStep);
    const Coefficients c = scheduler(t.back());
    alpha.push_back(c.alpha);
    sigma.push_back(c.sigma);
    dalpha.push_back(c.dalpha);
    dsigma.push_back(c.dsigma);
  }
  const std::vector<std::size_t> shape{t.size()};
  message.add("t", shape, t);
  message.add("alpha", shape, alpha);
  message.add("sigma", shape, sigma);
  message.add("dalpha", shape, dalpha);
  message.add("dsigma", shape, dsigma);
}

std::string reason_against_posterior(const Config& config, const std::optional<Mixture>& source) {
  const bool smooth = source && std::all_of(source->stds.begin(), source->stds.end(),
                                            [](double s) { return s > 0; });
  if (!smooth) return "the source is neither a Gaussian nor a mixture of Gaussians";
  if (config.string("/path/noise/type") != "none") return "the path has noise";
  return "";
}

}  // namespace

PageMessage path_message(const Config& config, const Distribution& data) {
  const std::optional<Mixture> source = build_run_source(config, data.dim())->mixture();
  PageMessage message("path");
  message.head["unknown"] = reason_against_posterior(config, source);
  message.head["rows"] = data.all() ? data.all()->rows() : 0;
  message.head["independent"] = config.string("/coupling/type") == "independent";
  const Units units = make_units(data);
  Json shift = Json::array(), scale = Json::array();
  for (const double v : units.shift) shift.push_back(v);
  for (const double v : units.scale) scale.push_back(v);
  message.head["shift"] = std::move(shift);
  message.head["scale"] = std::move(scale);
  if (!message.head.at("unknown").text().empty()) return message;
  add_coefficients(message,
                   sampled_path(config, make_parameterization(config)).parameterization.scheduler);
  const auto parts = static_cast<std::size_t>(source->components());
  message.add("weights", {parts}, source->weights);
  message.add("means", {parts, units.dim()}, source->means);
  message.add("stds", {parts}, source->stds);
  return message;
}

PageMessage path_message_of(const Config& config) {
  return path_message(config, *build_run_data(config));
}

}  // namespace pushforward::app::inline PF_REAL
