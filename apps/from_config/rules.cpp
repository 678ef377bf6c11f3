// Rules that check a config by building its parts. Path, weights, times, grid and coupling are
// built as for a run. An exception while building, or a part without effect, is an error of the
// config.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "apps/config/data_types.h"
#include "apps/config/made.h"
#include "apps/config/map_loss.h"
#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "apps/from_config/sampler_choice.h"

namespace pushforward::app {
namespace {

using Found = std::optional<Violation>;

// Converts an error of the engine, "[where] what is wrong; what to do", to a violation.
Violation make_violation(const std::invalid_argument& error) {
  std::string text = error.what();
  if (text.starts_with('[')) text.erase(0, text.find("] ") + 2);
  const std::size_t cut = text.rfind("; ");
  if (cut == std::string::npos) return {text, "choose other values"};
  return {text.substr(0, cut), text.substr(cut + 2)};
}

// Calls `build`. Returns the error that it throws as a violation, or nothing if it throws none.
template <class Build>
Found trial(const Build& build) {
  try {
    build();
  } catch (const std::invalid_argument& error) {
    return make_violation(error);
  } catch (const Failure&) {
    // This error says that two sections cannot be combined, which another rule reports.
  }
  return {};
}

bool points_are_no_path(const Json& path) {
  return path.at("type") == "table" && table_violation(path).has_value();
}

// --- rules about the weights of the loss --------------------------------------------------------

// Returns whether the weight is infinite at time t. The weight of the score counts as infinite
// wherever the score is infinite.
bool infinite_weight(const Parameterization& parameterization, Prediction as, double t) {
  if (as == Prediction::score && parameterization.prediction != as &&
      parameterization.scheduler(t).sigma == 0)
    return true;
  try {
    return !std::isfinite(loss_weight({.as = as}, parameterization, t));
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
  if (json.at("path").at("noise").at("type") != "none") return {};  // a rule about noise reports it
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
        "set /loss/most, for example to 100, or set /loss/weight to one that is finite here: " +
            finite};
  }
  return {};
}

// --- rules about the times of training ---------------------------------------------------------

// Returns P(z < x) for a standard normal variable z.
double normal_share(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.)); }

Found time_violation(const Json& json) {
  const Json& distribution = json.at("loss").at("time");
  if (distribution.at("type") != "noise_level" || points_are_no_path(json.at("path"))) return {};
  const Scheduler path = schedulers()(Section::over(json).section("/path"));
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
          fmt::format("{:.6g}", min_level) + ", and would all become t = " + (high ? "0" : "1"),
      "choose `mean` so that the noise level exp(mean) lies between them, or choose another path"};
}

// --- rules about flow maps ---------------------------------------------------------------------

// Checks the path for a flow map: a jump starts at the source itself, so the path must begin there,
// and its velocity must be finite, also at its ends.
Found map_path_violation(const Json& json) {
  if (!is_map_loss(json.at("loss").at("type").text()) || points_are_no_path(json.at("path")))
    return {};
  const std::string type = json.at("path").at("type").text();
  const Scheduler path = schedulers()(Section::over(json).section("/path"));
  const Coefficients first = path(0), last = path(1);
  std::string what;
  if (first.alpha != 0 || first.sigma != 1)
    what = fmt::format(
        "a flow map starts at the source, but /path ({}) starts at {:.4g} x1 + {:.4g} x0", type,
        first.alpha, first.sigma);
  for (const double slope : {first.dalpha, first.dsigma, last.dalpha, last.dsigma})
    if (!std::isfinite(slope) && what.empty())
      what = fmt::format(
          "the velocity of /path ({}) is infinite at an end, and a flow map is a mean of it", type);
  if (what.empty()) return {};
  return Violation{what,
                   "choose the path cond_ot, cosine, or polynomial with a power of 1 or more, or "
                   "the loss mse"};
}

// --- rules about the sampler -------------------------------------------------------------------

// A grid of 64 steps fails for the same reasons as one of a million steps.
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
    return Violation{"/sampler/steps is 0, so the steps are adaptive and a grid has no effect",
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

// Checks the times of a token sampler.
Found chain_violation(const Json& json) {
  const Section config = Section::over(json);
  SolverRequest request;
  if (json.at("sampler").at("grid").at("type") != "list" &&
      json.at("sampler").at("steps").get<std::int64_t>() > kEnoughSteps)
    request.steps = kEnoughSteps;
  return trial([&] {
    const Section path = config.section("/path");
    TokenPath tried{linear_kappa(), SourceKind::mask, 2};
    if (path.type() == "metric")
      tried = {linear_kappa(), SourceKind::uniform, 2,
               std::make_shared<const TokenMetric>(TokenMetric::Distance::absolute, 2,
                                                   path.number("c"), path.number("a"))};
    else
      tried.kappa = kappas()(path.section("kappa"));
    const TokenSamplerOptions options = token_sampler_options(config, request, tried);
    options.remasking.with_loop(
        chain_times(options.method, options.corrector, tried, options.grid));
  });
}

// --- rules about couplings of source and data -------------------------------------------------

Found pairs_violation(const Json& json) {
  if (json.at("coupling").at("type") != "paired" || json.at("source").at("type") != "data" ||
      json.at("data").at("type") == "pairs")
    return {};
  for (const char* side : {"data", "source"}) {
    const Json& distribution = json.at(side);
    if (!endless(distribution)) continue;
    return Violation{std::string("only rows of a finite data set can be paired, but /") + side +
                         " (" + innermost(distribution).at("type").get<std::string>() +
                         ") draws new rows without end",
                     "use files of pairs (npy, csv), or set it to {\"type\": \"independent\"}"};
  }
  return {};
}

bool has_no_labels(const Json& json) { return unlabelled(json.at("data")); }

Found bridge_violation(const Json& json) {
  const Json& coupling = json.at("coupling");
  if (coupling.at("type") != "schroedinger_bridge") return {};
  const Json& noise = json.at("path").at("noise");
  const std::string sigma = number_words(coupling.at("sigma").get<double>());
  const Json& path = json.at("path");
  if (path.at("type") != "cond_ot" || path.at("sigma_min") != 0.0)
    return Violation{"the mean of a bridge is the straight line from x0 to x1, but /path is " +
                         path.at("type").get<std::string>() +
                         (path.at("type") == "cond_ot" ? " with sigma_min above 0" : ""),
                     "set it to {\"type\": \"cond_ot\"}, or choose the coupling sinkhorn or ot"};
  if (noise.at("type") == "brownian" && noise.at("scale") == coupling.at("sigma")) return {};
  const std::string cure = "set /path/noise to {\"type\": \"brownian\", \"scale\": " + sigma + "}";
  if (noise.at("type") != "brownian")
    return Violation{"the coupling is that of a bridge with Brownian noise of scale " + sigma +
                         ", but the noise on the path is " + noise.at("type").get<std::string>(),
                     cure + ", or choose the coupling sinkhorn or ot"};
  return Violation{"the coupling is that of a bridge with Brownian noise of scale " + sigma +
                       ", but the scale of the noise on the path is " +
                       number_words(noise.at("scale").get<double>()),
                   cure + ", or set `sigma` to the scale of the noise"};
}

}  // namespace

std::optional<Violation> table_violation(const Json& path) {
  for (const Json& row : path.at("points")) {
    if (row.size() != 3) return {};  // the rule about the number of columns reports it
  }
  return trial([&] { schedulers()(Section::over(path)); });
}

std::optional<Violation> distance_violation(const Json& distance) {
  const Json& rows = distance.at("rows");
  for (const Json& row : rows) {
    if (row.size() != rows.size())
      return Violation{
          fmt::format("it has {} rows, but a row of {} numbers", rows.size(), row.size()),
          "give a row of V distances for each of V tokens"};
  }
  const Json path{{"c", 1.0}, {"a", 1.0}};
  return trial([&] {
    token_metrics()(Section::over(distance), Section::over(path), static_cast<int>(rows.size()));
  });
}

Rules built_rules() {
  return {
      for_continuous(found_rule({"loss", "path", "prediction", "sigma_data"}, "/loss/weight",
                                "the weight is infinite at an end of the path",
                                "set /loss/most, or choose a weight that is finite there",
                                weight_violation)),
      for_continuous(
          found_rule({"loss", "path"}, "/path",
                     "a flow map needs a path from the source itself whose velocity is finite",
                     "choose the path cond_ot, or the loss mse", map_path_violation)),
      for_continuous(found_rule({"loss", "path"}, "/loss/time",
                                "most of the noise levels it draws are outside those of the path",
                                "choose `mean` so that exp(mean) is a noise level of the path",
                                time_violation)),
      for_continuous(
          found_rule({"sampler", "path", "prediction", "sigma_data", "precision", "data"},
                     "/sampler/path", "it shares no noise levels with the training path",
                     "choose a path that does", sampler_path_violation)),
      for_continuous(
          found_rule({"sampler", "path", "prediction", "sigma_data", "precision", "source",
                      "coupling", "data", "loss"},
                     "/sampler/grid", "the path has no such grid, or the steps are adaptive",
                     "set /sampler/steps, or choose other levels or times", grid_violation)),
      for_tokens(found_rule({"sampler", "path"}, "/sampler",
                            "its rates are infinite at the start of a step",
                            "use ctmc_kernel, or begin later", chain_violation)),
      found_rule({"coupling", "source", "data"}, "/coupling",
                 "only rows of a finite data set can be paired", "use files of pairs",
                 pairs_violation),
      for_continuous(rule({"coupling", "data"}, "/coupling/label_weight", "the data has no labels",
                          "set it to 0, or choose labelled data such as digits or moons",
                          when(is_not("/coupling/label_weight", 0), has_no_labels))),
      for_continuous(rule({"coupling", "data"}, "/coupling/within_classes",
                          "the data has no labels",
                          "set it to false, or choose labelled data such as digits or moons",
                          when(is("/coupling/within_classes", true), has_no_labels))),
      for_continuous(rule(
          {"coupling"}, "/coupling/label_weight",
          "no pair has different labels (`within_classes`), so it has no effect", "set one of them",
          when(is("/coupling/within_classes", true), is_not("/coupling/label_weight", 0)))),
      for_continuous(
          rule({"coupling", "data"}, "/coupling/condition_weight", "the data names no conditions",
               "set it to 0, or name columns of a csv in `condition`",
               when(is_not("/coupling/condition_weight", 0),
                    [](const Json& json) { return !names_conditions(json.at("data")); }))),
      rule({"model", "data"}, "/model/label", "it is an embedding, but the data has no classes",
           "set its type to \"none\", or choose labelled data such as digits or moons",
           when(is("/model/label/type", "embedding"), has_no_labels)),
      for_continuous(found_rule({"coupling", "path"}, "/coupling/sigma",
                                "it is not the scale of Brownian noise on the path",
                                "set /path/noise to {\"type\": \"brownian\", \"scale\": sigma}",
                                bridge_violation))};
}

}  // namespace pushforward::app
