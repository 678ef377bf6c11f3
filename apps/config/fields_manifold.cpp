// The rows of the table of config fields for data and sources on manifolds, and the rules about them.
#include <fmt/format.h>

#include <numbers>
#include <set>
#include <string>
#include <vector>

#include "apps/config/data_types.h"
#include "apps/config/rows.h"
#include "flow/solve/method.h"

namespace pushforward::app {
namespace {

using Found = std::optional<Violation>;

Found mixture_violation(const Json& mixture, const char* widths, std::size_t least) {
  const Json& means = mixture.at("means");
  for (const Json& mean : means) {
    if (mean.size() != means.front().size())
      return Violation{"the rows of `means` have different lengths",
                       "give each mean the same number of coordinates"};
    if (mean.size() < least)
      return Violation{fmt::format("a row of `means` has {} number", mean.size()),
                       fmt::format("give at least {}", least)};
    double square = 0;
    for (const Json& one : mean) square += one.get<double>() * one.get<double>();
    if (least == 2 && square == 0)
      return Violation{"a row of `means` is the null vector, which has no direction",
                       "give points of the sphere"};
  }
  for (const char* key : {widths, "weights"})
    if (mixture.at(key).size() != 0 && mixture.at(key).size() != means.size())
      return Violation{fmt::format("`{}` has {} numbers and `means` {} rows", key,
                                   mixture.at(key).size(), means.size()),
                       "give one for each mean, or []"};
  return {};
}
Found vmf_violation(const Json& mixture) { return mixture_violation(mixture, "kappas", 2); }
Found wrapped_violation(const Json& mixture) { return mixture_violation(mixture, "stds", 1); }

Found columns_violation(const Json& data) {
  std::set<std::string> seen;
  for (const char* key : {"latlong", "sphere", "rotation", "angles"})
    for (const Json& column : data.at(key))
      if (!seen.insert(column.dump()).second)
        return Violation{fmt::format("the column {} is named twice", column.dump()),
                         "give each column to one of latlong, sphere, rotation and angles"};
  if (seen.empty())
    return Violation{
        "no columns are named, so the data would be on no manifold",
        "name columns in latlong, sphere, rotation or angles, or leave \"manifold\" out"};
  if (const std::size_t n = data.at("latlong").size(); n != 0 && n != 2)
    return Violation{fmt::format("`latlong` has {} columns", n),
                     "give two, the latitude and the longitude"};
  if (const std::size_t n = data.at("sphere").size(); n == 1)
    return Violation{"`sphere` has 1 column",
                     "give the coordinates of a unit vector, at least two"};
  if (const std::size_t n = data.at("rotation").size(); n != 0 && n != 4 && n != 9)
    return Violation{fmt::format("`rotation` has {} columns", n),
                     "give 4, a quaternion (w, x, y, z), or 9, a matrix row by row"};
  if (data.at("angles").size() == 0 && data.at("angle_unit") != "radians")
    return Violation{"`angle_unit` has no effect, since no `angles` are named", "leave it out"};
  return {};
}

// --- rules about the whole config ----------------------------------------------------------------

bool of_manifold(const Json& config) {
  return is_manifold_data(config.at("data").at("type").text());
}

bool is_within_another(const Json& data) {
  for (const Json* inner = data.find("of"); inner; inner = inner->find("of"))
    if (is_manifold_data(inner->at("type").text())) return true;
  return false;
}
Found wrapper_violation(const Json& config) {
  const Json& data = config.at("data");
  if (!is_within_another(data)) return {};
  return Violation{"data on a manifold is inside the data set " + data.at("type").text() +
                       ", which would move its points off the manifold",
                   "make it all of /data"};
}

Found source_violation(const Json& config) {
  const Json& source = config.at("source");
  const std::string& type = source.at("type").text();
  const bool here = of_manifold(config), wrapped = type == "vmf" || type == "wrapped";
  if (!here && wrapped)
    return Violation{"this source is on a manifold, and /data (" +
                         config.at("data").at("type").text() + ") is not",
                     "choose gaussian, or data of type vmf_mixture, wrapped_mixture or manifold"};
  if (here && type == "gaussian")
    return Violation{"a normal source is not on the manifold of /data",
                     "choose uniform, vmf, wrapped, or leave /source out"};
  if (here && type == "uniform" && (source.at("low") != -1.0 || source.at("high") != 1.0))
    return Violation{"`low` and `high` have no effect on a manifold, where uniform is by volume",
                     "leave them out"};
  if (here && type == "data" && !is_manifold_data(source.at("of").at("type").text()))
    return Violation{"the data set of this source is on no manifold, and /data is",
                     "use one of type vmf_mixture, wrapped_mixture or manifold"};
  if (!here && type == "data" &&
      (is_manifold_data(source.at("of").at("type").text()) || is_within_another(source.at("of"))))
    return Violation{"the data set of this source is on a manifold, and /data is not",
                     "give both on the same manifold"};
  return {};
}

bool couples_by_other_costs(const Json& config) {
  const Json& coupling = config.at("coupling");
  return of_manifold(config) && coupling.at("type") == "ot" &&
         (coupling.at("within_classes") == true || coupling.at("condition_weight") != 0.0);
}
Found sampler_violation(const Json& config) {
  if (!of_manifold(config)) return {};
  const Json& sampler = config.at("sampler");
  const std::string& type = sampler.at("type").text();
  for (const SamplingMethod method : kMethods)
    if (method != SamplingMethod::ode && method != SamplingMethod::jumps && type == name_of(method))
      return Violation{
          "a solver on a manifold is one of ODEs or jumps, and this one moves points in flat space",
          "choose dopri5 or another ODE solver"};
  if (sampler.at("path").at("type") != "own")
    return Violation{"samples on a manifold follow the geodesic path of training, and not another",
                     "leave `path` out"};
  if (sampler.at("begin") != 0.0)
    return Violation{"a flow on a manifold begins at the source, at t = 0", "leave `begin` out"};
  if (sampler.at("denoise") == "yes")
    return Violation{"E[x1 | x] is no point of the manifold", "leave `denoise` out"};
  return {};
}

}  // namespace

std::vector<Alternative> manifold_data_rows(ConfigField wrapped) {
  const char* const weights = "relative weight of each component; [] means all equal";
  return for_continuous(std::vector<Alternative>{
      row("vmf_mixture",
          "a mixture of von Mises-Fisher distributions on a sphere; points are unit vectors",
          {matrix_field("means",
                        "the mean directions, one per row; three numbers for the sphere in space"),
           numbers_field("kappas", from_to(0, 1e8),
                         "concentration of each component, 0 is uniform; [] means all 1"),
           numbers_field("weights", above(0), weights)},
          {found_rule({"means", "kappas", "weights"}, "/means", "lengths differ, or a mean is null",
                      "give one number for each mean", vmf_violation)}),
      row("wrapped_mixture",
          "a mixture of normal distributions of angles, wrapped to [-pi, pi), on a flat torus",
          {matrix_field("means", "the mean angles in radians, one row per component", 1,
                        from_to(-2 * std::numbers::pi, 2 * std::numbers::pi)),
           numbers_field("stds", above_to(0, 100),
                         "standard deviation of each component in radians; [] means all 1"),
           numbers_field("weights", above(0), weights)},
          {found_rule({"means", "stds", "weights"}, "/means", "lengths differ",
                      "give one number for each mean", wrapped_violation)}),
      row("manifold",
          "the rows of a file as points of a manifold: places on a globe, unit vectors, angles, "
          "rotations, and plain numbers in the columns that are not named, which are standardized",
          {std::move(wrapped),
           columns_field("latlong",
                         "the columns of latitude and longitude in degrees: a point of the "
                         "unit sphere; longitudes come back from -180 to 180"),
           columns_field("sphere", "the columns of a unit vector"),
           columns_field("rotation",
                         "the columns of a rotation: 4 of a unit quaternion (w, x, y, z), "
                         "or 9 of a matrix, row by row"),
           columns_field("angles",
                         "columns of angles, each of which is a circle; they come back "
                         "between -1/2 and 1/2 turn"),
           choice("angle_unit", "radians", {"radians", "degrees"}, "the unit of `angles`")},
          {found_rule({"latlong", "sphere", "rotation", "angles", "angle_unit"}, "/latlong",
                      "the columns are of no manifold", "name columns of the file",
                      columns_violation)})});
}

std::vector<Alternative> manifold_source_rows() {
  return for_continuous(std::vector<Alternative>{
      row("vmf", "a von Mises-Fisher distribution, for data on one sphere",
          {{.key = "mean",
            .kind = FieldKind::numbers,
            .fallback = nullptr,
            .doc = "the mean direction, a number for each coordinate",
            .fewest = 2},
           number("kappa", 1, from_to(0, 1e8), "concentration; 0 is uniform")}),
      row("wrapped", "normal angles around 0, wrapped to [-pi, pi), for data on a torus",
          {number("std", 1, above_to(0, 100), "standard deviation of each angle in radians")})});
}

Rules manifold_rules() {
  const Rules of_flat_wrappers{found_rule({"data"}, "/data",
                                          "data on a manifold is inside another data set",
                                          "make it all of /data", wrapper_violation)};
  return joined(
      of_flat_wrappers,
      for_continuous(Rules{
          found_rule({"data", "source"}, "/source", "source and data are not on the same manifold",
                     "choose uniform, vmf or wrapped for data on a manifold", source_violation),
          rule({"data", "path"}, "/path", "the path on a manifold is a geodesic of constant speed",
               "set it to {\"type\": \"cond_ot\"} without sigma_min, or leave it out",
               when(of_manifold, negated(straight_path()))),
          rule({"data", "path"}, "/path/noise",
               "the path on a manifold is a geodesic, without noise", "leave it out",
               when(of_manifold, is_not("/path/noise/type", "none"))),
          rule({"data", "prediction"}, "/prediction",
               "on a manifold the network predicts the velocity, a tangent vector",
               "set it to \"velocity\"", when(of_manifold, is_not("/prediction", "velocity"))),
          rule({"data", "loss"}, "/loss",
               "a step of alpha_flow is a straight line, which leaves the manifold of /data",
               "choose the flow maps lagrangian, eulerian or semigroup, or mse",
               when(of_manifold, is("/loss/type", "alpha_flow"))),
          rule({"data", "loss"}, "/loss/weight",
               "this weight is that of a prediction in flat space", "set it to \"none\"",
               when(of_manifold, is_not("/loss/weight", "none"),
                    is_not("/loss/weight", "velocity"))),
          rule({"data", "coupling"}, "/coupling",
               "this coupling is by straight distances, and /data is on a manifold",
               "choose ot, whose cost is the squared length of geodesics, or independent",
               when(of_manifold,
                    negated(is_any("/coupling/type", {"independent", "ot", "paired"})))),
          rule(
              {"data", "coupling"}, "/coupling",
              "`within_classes` and `condition_weight` are settings of transport in flat space, and "
              "/data is on a manifold",
              "leave them out; `label_weight` adds to the squared length of geodesics",
              couples_by_other_costs),
          found_rule({"data", "sampler"}, "/sampler", "the sampler is one of flat space",
                     "choose dopri5 or another ODE solver", sampler_violation)}));
}

}  // namespace pushforward::app
