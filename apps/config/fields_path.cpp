// The rows of the table of config fields for the sections /path (the probability path), /path/noise
// and /coupling. To add a path, add its row and its maker here. To add a coupling, add its row here and
// its maker in apps/from_config/coupling.cpp.
#include "apps/config/made.h"
#include "flow/path/noise.h"

namespace pushforward::app {
namespace {

// The conditions of rules for the keys of a path. rows_not_three checks the shape of the points (t,
// alpha, sigma) of the path type "table". ScheduleTable does the other checks of these points, and
// its message names the bad one.
bool rows_not_three(const Json& table) {
  for (const Json& row : table.at("points")) {
    if (row.size() != 3) return true;
  }
  return false;
}

ConfigField low_level(double value) {
  return number("sigma_min", value, above_to(0, 1e6), "noise level at t = 1");
}
ConfigField high_level(double value) {
  return number("sigma_max", value, above_to(0, 1e6), "noise level at t = 0");
}
ConfigRule level_rule() {
  return rule({"sigma_min", "sigma_max"}, "/sigma_max", "it is not above `sigma_min`",
              "the noise level falls from sigma_max to sigma_min, so set sigma_min < sigma_max",
              reaches("sigma_min", "sigma_max"));
}

Scheduler scheduler_of_points(const Section& path) {
  std::vector<SchedulePoint> points;
  for (const std::vector<double>& point : path.matrix("points"))
    points.push_back({point[0], point[1], point[2]});
  return tabulated(ScheduleTable(points));
}

}  // namespace

const Makers<Scheduler>& schedulers() {
  static const Makers<Scheduler> rows{
      {row("cond_ot", "straight lines: alpha = t, sigma = 1 - t (Lipman et al. 2023)",
           {number("sigma_min", 0, from_below(0, 1),
                   "sigma at t = 1: sigma = 1 - (1 - sigma_min) t")}),
       [](const Section& v) { return cond_ot(v.number("sigma_min")); }},
      {row("polynomial", "alpha = t^power, sigma = 1 - t^power",
           {number("power", 2, above_to(0, 100), "the power")}),
       [](const Section& v) { return polynomial(v.number("power")); }},
      {row("cosine", "alpha = sin(pi t / 2), sigma = cos(pi t / 2)"),
       [](const Section&) { return cosine(); }},
      {row("linear_vp", "alpha = t, sigma = sqrt(1 - t^2)"),
       [](const Section&) { return linear_vp(); }},
      {row("vp", "the variance-preserving diffusion, beta linear in t (Song et al. 2021)",
           {number("beta_min", 0.1, above_to(0, 1e6), "beta at t = 1"),
            number("beta_max", 20, above_to(0, 1e6), "beta at t = 0")},
           {rule({"beta_min", "beta_max"}, "/beta_max", "it is not above `beta_min`",
                 "beta falls from beta_max to beta_min, so set beta_min < beta_max",
                 reaches("beta_min", "beta_max"))}),
       [](const Section& v) { return vp(v.number("beta_min"), v.number("beta_max")); }},
      {row("ve", "the variance-exploding diffusion: alpha = 1, ln sigma linear in t",
           {low_level(0.02), high_level(100)}, {level_rule()}),
       [](const Section& v) { return ve(v.number("sigma_min"), v.number("sigma_max")); }},
      {row("edm", "alpha = 1, sigma^(1/rho) linear in t (Karras et al. 2022)",
           {low_level(0.002), high_level(80),
            number("rho", 7, from_to(1, 100), "sigma^(1 / rho) is linear in t")},
           {level_rule()}),
       [](const Section& v) {
         return edm(v.number("sigma_min"), v.number("sigma_max"), v.number("rho"));
       }},
      {row("table", "monotone cubic interpolation of the given points",
           {matrix_field("points", "rows [t, alpha, sigma]; t goes from 0 to 1", 2)},
           {rule({"points"}, "/points", "its rows do not have three numbers",
                 "give [t, alpha, sigma] in each row", rows_not_three),
            found_rule({"points"}, "/points", "the points do not make a path",
                       "let t go from 0 to 1, alpha never fall and sigma never rise",
                       table_violation)}),
       scheduler_of_points}};
  return rows;
}

SectionTable path_section() {
  std::vector<Alternative> rows = schedulers().alternatives();
  for (Alternative& path : rows)
    path.fields.push_back(section("noise", "path_noise", "noise on the path"));
  return {"path",
          "The path from source to data: xt = alpha x1 + sigma x0; for tokens, a mixture of both. "
          "Paths whose mean and width are functions of x1 are "
          "only in the C++ library (flow/path/gaussian_path.h).",
          "cond_ot", joined(for_continuous(std::move(rows)), token_paths()), "mixture"};
}

SectionTable sampler_path_section() {
  return {"sampler_path",
          "The path that samples follow: the same flow with another time and scale.", "own",
          joined({row("own", "the training path")}, schedulers().alternatives())};
}

SectionTable path_noise_section() {
  std::vector<Alternative> rows;
  for (const PathNoise& noise : path_noises()) {
    std::vector<ConfigField> fields;
    if (noise.shape) fields.push_back(number("scale", 0.1, above_to(0, 1000), "factor on gamma"));
    rows.push_back(row(noise.name, noise.doc, fields));
  }
  return {"path_noise", "Noise on the path: gamma(t) z is added to xt, with z standard normal.",
          "none", rows};
}

const Members<SinkhornOptions>& sinkhorn_members() {
  using O = SinkhornOptions;
  static const Members<O> members{
      with_default(
          field("reg", &O::reg, above_to(0, 1e6), "weight of the entropy, in the unit of |x|^2"),
          0.1),
      field("tolerance", &O::tolerance, above_to(0, 0.1),
            "Sinkhorn stops when the error of the marginals is below this"),
      field("iterations", &O::max_iterations, from_to(1, 1e7),
            "after this many iterations Sinkhorn gives up, and the batch has the exact plan "
            "instead")};
  return members;
}

const Members<UnbalancedOptions>& unbalanced_members() {
  using O = UnbalancedOptions;
  static const Members<O> members{
      field("reg", &O::reg, above_to(0, 1e6), "weight of the entropy, in the unit of |x|^2"),
      field("mass_cost", &O::mass_cost, above_to(0, 1e6),
            "the cost of leaving mass out, in the unit of |x|^2: the weight of the "
            "Kullback-Leibler divergence of the plan's marginals"),
      field("tolerance", &O::tolerance, above_to(0, 0.1),
            "Sinkhorn stops when the error of the marginals is below this"),
      field("iterations", &O::max_iterations, from_to(1, 1e7),
            "after this many iterations the plan of the last one is used")};
  return members;
}

SectionTable coupling_section() {
  return {
      .name = "coupling",
      .doc = "The joint distribution of (x0, x1) that a batch is drawn from.",
      .fallback = "independent",
      .alternatives =
          {row("independent", "x0 and x1 are drawn independently"),
           for_continuous(row(
               "ot", "exact optimal transport within the batch (Pooladian et al., Tong et al.)",
               {number("label_weight", 0, from_to(0, 1e12),
                       "for labelled data: added to the cost of a pair whose labels differ (C2OT)"),
                boolean("within_classes", false,
                        "for labelled data: no pair has different labels, as if label_weight were "
                        "infinite (C2OT)"),
                number(
                    "condition_weight", 0, from_to(0, 1e12),
                    "for a table with `condition`: times the squared distance of the conditions, as "
                    "the network gets them, in the cost of a pair (C2OT)")})),
           for_continuous(row("sinkhorn", "entropic optimal transport within the batch",
                              fields_of(sinkhorn_members()))),
           for_continuous(
               row("schroedinger_bridge",
                   "entropic optimal transport with reg = 2 sigma^2, for the path noise `brownian`",
                   {number("sigma", 1, above_to(0, 1e3), "the noise scale of the bridge"),
                    choice("method", "sinkhorn", {"sinkhorn", "exact"},
                           "exact: the plan without entropy, which is the limit of small sigma")})),
           for_continuous(row(
               "partial",
               "partial optimal transport: the dearest rows of a batch are left out (Chapel et al. "
               "2020), those of the source too",
               {number("mass", 0.9, above_to(0, 1), "the share of the rows that is paired")})),
           for_continuous(row(
               "unbalanced",
               "unbalanced entropic optimal transport: rows that are dear to reach are drawn seldom, "
               "those of the source too (Eyring et al. 2024)",
               fields_of(unbalanced_members()))),
           row("paired",
               "row i of the source is paired with row i of the data; for data of type `pairs`, x0 of "
               "a pair with its x1")},
      .pairs_fallback = "paired"};
}

}  // namespace pushforward::app
