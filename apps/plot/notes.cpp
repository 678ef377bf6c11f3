#include "apps/plot/notes.h"

#include <fmt/format.h>

#include <utility>

#include "apps/from_config/path.h"

namespace pushforward::app {
namespace {

// Returns the name of a data set. Sections around it that only change its units or turn it into
// tokens are skipped.
std::string data_words(const Json& data) {
  const Json* inner = data.find("of");
  if (inner && inner->is_object()) return data_words(*inner);
  return data.at("type").get<std::string>();
}

std::string guidance_words(const Config& config, const RunRequest& request) {
  double scale = request.guidance.value_or(0);
  const Json& sampler = config.section("/sampler").json();
  if (!request.guidance && sampler.contains("guidance"))
    scale = sampler.at("guidance").at("scale").get<double>();
  return scale == 0 ? "" : fmt::format(", guidance {:g}", scale);
}

}  // namespace

std::string source_words(const Config& config) {
  const Section source = config.section("/source");
  if (source.type() == "data") return data_words(source.json().at("of"));
  constexpr std::pair<const char*, const char*> kNoise[] = {{"gaussian", "Gaussian noise"},
                                                            {"uniform", "uniform noise"},
                                                            {"uniform_tokens", "uniform tokens"},
                                                            {"mask", "masks"}};
  for (const auto& [type, words] : kNoise)
    if (source.type() == type) return words;
  return source.type();
}

std::string solver_words(const Config& config, const SolverRequest& request) {
  const Section sampler = config.section("/sampler");
  const std::string name = request.solver.value_or(sampler.type());
  const bool own = name == sampler.type();
  const Json& json = sampler.json();
  const auto steps = [&](std::int64_t count) {
    return fmt::format("{}, {} {}", name, count, count == 1 ? "step" : "steps");
  };
  if (request.steps) return steps(*request.steps);
  const bool adaptive = own && json.contains("rtol");
  if (adaptive || request.rtol || request.atol) {
    const auto tolerance = [&](const std::optional<double>& given, const char* key) {
      return given ? *given : adaptive ? json.at(key).get<double>() : 0;
    };
    const double rtol = tolerance(request.rtol, "rtol"), atol = tolerance(request.atol, "atol");
    std::string words = name;
    if (rtol > 0) words += fmt::format(", rtol {:g}", rtol);
    if (atol > 0) words += fmt::format(", atol {:g}", atol);
    return words;
  }
  if (own && json.contains("steps")) return steps(json.at("steps").get<std::int64_t>());
  return name;
}

std::string weight_words(const Config& config, const RunRequest& request) {
  if (request.exact) return "exact field";
  const bool average = config.number("/ema/decay") > 0 && config.boolean("/sampler/ema");
  return average && !request.raw ? "EMA weights" : "raw weights";
}

std::string class_words(const RunRequest& request) {
  return "class " + (request.class_name.empty() ? std::to_string(request.label.value_or(0))
                                                : request.class_name);
}

std::string class_words_of_samples(const Config& config, const RunRequest& request) {
  if (!request.condition_text.empty())
    return "given " + request.condition_text + guidance_words(config, request);
  if (!of_tokens(config) && has_conditions(config) && !request.exact)
    return "conditions of rows of the data" + guidance_words(config, request);
  if (!sees_labels(config) || request.exact) return "";
  if (request.label) return class_words(request) + guidance_words(config, request);
  return "classes drawn by the data's shares" + guidance_words(config, request);
}

std::string class_words_of_field(const Config& config, const RunRequest& request) {
  if (!request.condition_text.empty())
    return "given " + request.condition_text + guidance_words(config, request);
  if (!of_tokens(config) && has_conditions(config) && !request.exact)
    return "no condition: all rows together";
  if (!sees_labels(config) || request.exact) return "";
  if (request.label) return class_words(request) + guidance_words(config, request);
  return "no label: all classes";
}

}  // namespace pushforward::app
