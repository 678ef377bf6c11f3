#include "apps/config/data_types.h"

#include <algorithm>
#include <initializer_list>

#include "flow/distributions/toy.h"

namespace pushforward::app {
namespace {

// Returns the 2D data set of the type in the section `data`, or nullptr if that type is not a 2D
// data set.
const ToyInfo* find_toy_info(const Json& data) {
  for (const ToyInfo& toy : toys()) {
    if (data.at("type") == toy.name) return &toy;
  }
  return nullptr;
}

// Returns whether the type of the section is one of these.
bool is_one_of(const Json& data, std::initializer_list<const char*> types) {
  return std::any_of(types.begin(), types.end(),
                     [&](const char* type) { return data.at("type") == type; });
}

}  // namespace

const Json& innermost(const Json& data) {
  return data.contains("of") ? innermost(data.at("of")) : data;
}

bool endless(const Json& data) {
  const Json& inner = innermost(data);
  return find_toy_info(inner) ||
         is_one_of(inner, {"gaussian", "mixture", "text", "vmf_mixture", "wrapped_mixture"});
}

bool names_conditions(const Json& data) {
  const Json* columns = innermost(data).find("condition");
  return columns && columns->size() > 0;
}

bool is_given(const Json& config) {
  return config.at("model").at("label").at("type") != "none" || names_conditions(config.at("data"));
}

bool chooses_rows(const Json& choice) { return !choice.is_number() || choice != 0.0; }

bool holds_tokens_out(const Json& data) {
  const Json* choice = data.find("held_out");
  return choice && chooses_rows(*choice);
}

bool unlabelled(const Json& data) {
  const Json& inner = innermost(data);
  if (is_one_of(inner, {"csv"})) return inner.at("label") == "";
  if (is_one_of(inner, {"npy", "tokens"})) return inner.at("labels") == "";
  if (is_one_of(inner, {"gaussian", "geyser", "text"})) return true;
  const ToyInfo* toy = find_toy_info(inner);
  if (!toy) return false;
  ToyValues values{};
  int k = 0;
  for (const ToyParameter& p : toy->parameter_list()) values[k++] = inner.at(p.name).get<double>();
  return toy->classes(values) == 0;
}

bool is_manifold_data(std::string_view type) {
  return type == "vmf_mixture" || type == "wrapped_mixture" || type == "manifold";
}

bool on_manifold(const Section& config) {
  return is_manifold_data(config.section("/data").json().at("type").text());
}

}  // namespace pushforward::app
