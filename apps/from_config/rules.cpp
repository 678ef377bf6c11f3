// Rules that find out by building: path, weights, times, grid and coupling of a config are put
// together as a run would, and what fails in that, or would have no effect, is the config's error.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "apps/config/data_types.h"
#include "apps/config/rows.h"
#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "apps/from_config/sampled_path.h"
#include "apps/from_config/sampler_choice.h"
#include "apps/from_config/token_sampler_choice.h"

namespace pushforward::app {
namespace {

using Found = std::optional<Violation>;

// An error of the engine, "[where] what is wrong; what to do", as a violation.
Violation make_violation(const std::invalid_argument& error) {
  std::string text = error.what();
  if (text.starts_with('[')) text.erase(0, text.find("] ") + 2);
  const std::size_t cut = text.rfind("; ");
  if (cut == std::string::npos) return {text, "choose other values"};
  return {text.substr(0, cut), text.substr(cut + 2)};
}

// What `build` throws.
template <class Build>
Found trial(const Build& build) {
  try {
    build();
  } catch (const std::invalid_argument& error) {
    return make_violation(error);
  } catch (const Failure&) {
    // Two sections that do not suit each other: a rule of its own.
  }
  return {};
}

bool points_are_no_path(const Json& path) {
  return path.at("type") == "table" && table_violation(path).has_value();
}

// --- weights ------------------------------------------------------------------------------------

// Whether the weight is infinite at t. The score's counts as such wherever its target is.
bool infinite_weight(const Parameterization& parameterization, Prediction as, double t) {
  if (as == Prediction::score && parameterization.prediction != as &&
      parameterization.scheduler(t).sigma == 0)
    return true;
  try {
    return !std::isfinite(weight({.as = as}, parameterization, t));
  } catch (const std::invalid_argument&) {
    return true;
  }
}

Found weight_violation(const Json& json) {
  if (points_are_no_path(json.at("path"))) return {};
  const Section config = Section::over(json);
  const Weighting weighting = make_weighting(config);
  if (!weighting.as || std::isfinite(weighting.max_weight)) return {};
  const Parameterization parameterization = make_parameterization(config);
  if (json.at("path").at("noise").at("type") != "none") return {};  // a rule of its own
  for (double t : {0., 1.}) {
    if (!infinite_weight(parameterization, *weighting.as, t)) continue;
    std::string finite = "none";
    for (Prediction as : kPredictions) {
      if (!infinite_weight(parameterization, as, 0) && !infinite_weight(parameterization, as, 1))
        finite += std::string(", ") + name_of(as);
    }
    const bool noise_ends = parameterization.scheduler(t).sigma == 0;
    return Violation{
        std::string("the weight of a ") + name_of(parameterization.prediction) + " network as " +
            name_of(*weighting.as) + " is infinite at t = " + (t == 0 ? "0" : "1") +
            " on this path, where " + (noise_ends ? "sigma" : "alpha") + " is 0",
        "set /loss/most, say to 100, or /loss/weight to one that is finite here: " + finite};
  }
  return {};
}

// --- times --------------------------------------------------------------------------------------

// P(z < x) of a standard normal z.
double normal_share(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.)); }

Found time_violation(const Json& json) {
  const Json& distribution = json.at("loss").at("time");
  if (distribution.at("type") != "noise_level" || points_are_no_path(json.at("path"))) return {};
  const Scheduler path = make_scheduler(Section::over(json).section("/path"));
  const double max_level = path(0).sigma / path(0).alpha, min_level = path(1).sigma / path(1).alpha;
  const double mean = distribution.at("mean").get<double>(),
               std = distribution.at("std").get<double>();
  const double above = 1 - normal_share((std::log(max_level) - mean) / std),
               below = normal_share((std::log(min_level) - mean) / std);
  if (above + below <= 0.5) return {};
  const bool high = above > below;
  return Violation{
      "most of its noise levels are " + std::string(high ? "above" : "below") +
          " those of the path, " + fmt::format("{:.6g}", max_level) + " down to " +
          fmt::format("{:.6g}", min_level) + ", and would all fall on t = " + (high ? "0" : "1"),
      "choose `mean`, the ln of a level, so that exp(mean) lies between them, or another path"};
}

// --- the sampler --------------------------------------------------------------------------------

// Grids of a million steps fail where shorter ones do.
constexpr int kEnoughSteps = 64;

Found sampler_path_violation(const Json& json) {
  if (points_are_no_path(json.at("path")) || points_are_no_path(json.at("sampler").at("path")))
    return {};
  const Section config = Section::over(json);
  return trial([&] { sampled_path(config, make_parameterization(config)); });
}

Found grid_violation(const Json& json) {
  const Json& sampler = json.at("sampler");
  if (!sampler.contains("grid") || !sampler.at("path").contains("type")) return {};
  const std::string& type = sampler.at("grid").at("type").text();
  if (sampler.at("steps") == 0) {
    if (type == "auto") return {};
    return Violation{"with /sampler/steps 0 the steps are adaptive, and no grid spreads them",
                     "set /sampler/steps above 0, or leave the grid out"};
  }
  if (points_are_no_path(json.at("path")) || sampler_path_violation(json)) return {};
  const Section config = Section::over(json);
  SolverRequest request;
  if (type != "list" && sampler.at("steps").get<std::int64_t>() > kEnoughSteps)
    request.steps = kEnoughSteps;
  return trial([&] {
    const SampledPath path = sampled_path(config, make_parameterization(config));
    sampler_options(config, request, path.parameterization, {path.within});
  });
}

// The times that a chain of tokens goes through.
Found chain_violation(const Json& json) {
  const Section config = Section::over(json);
  SolverRequest request;
  if (json.at("sampler").at("grid").at("type") != "list" &&
      json.at("sampler").at("steps").get<std::int64_t>() > kEnoughSteps)
    request.steps = kEnoughSteps;
  return trial([&] {
    const Kappa kappa = make_kappa(config.section("/path/kappa"));
    const TokenSamplerOptions options =
        token_sampler_options(config, request, {kappa, SourceKind::mask, 2});
    chain_times(options.method, options.corrector, kappa, options.grid);
  });
}

// --- couplings ----------------------------------------------------------------------------------

Found pairs_violation(const Json& json) {
  if (json.at("coupling").at("type") != "paired" || json.at("source").at("type") != "data")
    return {};
  for (const char* side : {"data", "source"}) {
    const Json& distribution = json.at(side);
    if (!endless(distribution)) continue;
    return Violation{std::string("rows can only be paired with the rows of a finite set, and /") +
                         side + " (" + innermost(distribution).at("type").get<std::string>() +
                         ") draws fresh rows without end",
                     "take files of pairs (npy, csv), or set it to {\"type\": \"independent\"}"};
  }
  return {};
}

bool label_costs_nothing(const Json& json) {
  const Json& coupling = json.at("coupling");
  return coupling.value("label_weight", 0.) != 0 && unlabelled(json.at("data"));
}

bool embeds_nothing(const Json& json) {
  return json.at("model").at("label").at("type") == "embedding" && unlabelled(json.at("data"));
}

Found bridge_violation(const Json& json) {
  const Json& coupling = json.at("coupling");
  if (coupling.at("type") != "schroedinger_bridge") return {};
  const Json& noise = json.at("path").at("noise");
  const std::string sigma = number_words(coupling.at("sigma").get<double>());
  const Json& path = json.at("path");
  if (path.at("type") != "cond_ot" || path.at("sigma_min") != 0.0)
    return Violation{"the mean of a bridge is straight from x0 to x1, and /path is " +
                         path.at("type").get<std::string>() +
                         (path.at("type") == "cond_ot" ? " with sigma_min above 0" : ""),
                     "set it to {\"type\": \"cond_ot\"}, or take the coupling sinkhorn or ot"};
  if (noise.at("type") == "brownian" && noise.at("scale") == coupling.at("sigma")) return {};
  const std::string cure = "set /path/noise to {\"type\": \"brownian\", \"scale\": " + sigma + "}";
  if (noise.at("type") != "brownian")
    return Violation{"the plan is that of a bridge of Brownian noise " + sigma +
                         ", and the noise on the path is " + noise.at("type").get<std::string>(),
                     cure + ", or take the coupling sinkhorn or ot"};
  return Violation{"the plan is that of a bridge of Brownian noise " + sigma +
                       ", and the scale of the noise on the path is " +
                       number_words(noise.at("scale").get<double>()),
                   cure + ", or `sigma` to its scale"};
}

}  // namespace

std::optional<Violation> table_violation(const Json& path) {
  for (const Json& row : path.at("points")) {
    if (row.size() != 3) return {};  // a rule of its own
  }
  return trial([&] { make_scheduler(Section::over(path)); });
}

Rules built_rules() {
  return {
      for_continuous(found_rule({"loss", "path", "prediction", "sigma_data"}, "/loss/weight",
                                "the weight is infinite at an end of the path",
                                "set /loss/most, or a weight that is finite there",
                                weight_violation)),
      for_continuous(found_rule(
          {"loss", "path"}, "/loss/time", "most of the noise levels it draws are not on the path",
          "choose `mean` between the ln of the path's levels", time_violation)),
      for_continuous(found_rule({"sampler", "path", "prediction", "sigma_data", "precision"},
                                "/sampler/path",
                                "it shares no noise levels with the path of the training",
                                "choose one that does", sampler_path_violation)),
      for_continuous(found_rule(
          {"sampler", "path", "prediction", "sigma_data", "precision", "source", "coupling"},
          "/sampler/grid", "there is no such grid on the path, or steps are adaptive",
          "set /sampler/steps, or other levels or times", grid_violation)),
      for_tokens(found_rule({"sampler", "path"}, "/sampler",
                            "its rates are infinite where a step begins",
                            "take ctmc_kernel, or begin later", chain_violation)),
      found_rule({"coupling", "source", "data"}, "/coupling",
                 "rows of a recipe that draws fresh ones cannot be paired", "take files of pairs",
                 pairs_violation),
      for_continuous(rule({"coupling", "data"}, "/coupling/label_weight",
                          "the data has no labels that could differ",
                          "set it to 0, or take labelled data such as digits or moons",
                          label_costs_nothing)),
      rule({"model", "data"}, "/model/label", "it is an embedding, and the data has no classes",
           "set its type to \"none\", or take labelled data such as digits or moons",
           embeds_nothing),
      for_continuous(found_rule({"coupling", "path"}, "/coupling/sigma",
                                "it is not the scale of Brownian noise on the path",
                                "set /path/noise to {\"type\": \"brownian\", \"scale\": sigma}",
                                bridge_violation))};
}

}  // namespace pushforward::app
