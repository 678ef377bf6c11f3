// The rows of the table of config fields for the sections /path (the probability path), /path/noise
// and /coupling. To add a path or a coupling, add its row here.
#include "apps/config/rows.h"
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
bool path_levels_swapped(const Json& path) {
  return path.at("sigma_min").get<double>() >= path.at("sigma_max").get<double>();
}
bool betas_swapped(const Json& path) {
  return path.at("beta_min").get<double>() >= path.at("beta_max").get<double>();
}

// Returns the alternatives of /path, each a probability path xt = alpha(t) x1 + sigma(t) x0.
std::vector<Alternative> affine_paths() {
  const auto low = [](double value) {
    return number("sigma_min", value, above_to(0, 1e6), "noise level at t = 1");
  };
  const auto high = [](double value) {
    return number("sigma_max", value, above_to(0, 1e6), "noise level at t = 0");
  };
  const ConfigRule levels =
      rule({"sigma_min", "sigma_max"}, "/sigma_max", "it is not above `sigma_min`",
           "the noise level falls from sigma_max to sigma_min, so set sigma_min < sigma_max",
           path_levels_swapped);
  return {row("cond_ot", "straight lines: alpha = t, sigma = 1 - t (Lipman et al. 2023)",
              {number("sigma_min", 0, from_below(0, 1),
                      "sigma at t = 1: sigma = 1 - (1 - sigma_min) t")}),
          row("polynomial", "alpha = t^power, sigma = 1 - t^power",
              {number("power", 2, above_to(0, 100), "the power")}),
          row("cosine", "alpha = sin(pi t / 2), sigma = cos(pi t / 2)"),
          row("linear_vp", "alpha = t, sigma = sqrt(1 - t^2)"),
          row("vp", "the variance-preserving diffusion, beta linear in t (Song et al. 2021)",
              {number("beta_min", 0.1, above_to(0, 1e6), "beta at t = 1"),
               number("beta_max", 20, above_to(0, 1e6), "beta at t = 0")},
              {rule({"beta_min", "beta_max"}, "/beta_max", "it is not above `beta_min`",
                    "beta falls from beta_max to beta_min, so set beta_min < beta_max",
                    betas_swapped)}),
          row("ve", "the variance-exploding diffusion: alpha = 1, ln sigma linear in t",
              {low(0.02), high(100)}, {levels}),
          row("edm", "alpha = 1, sigma^(1/rho) linear in t (Karras et al. 2022)",
              {low(0.002), high(80),
               number("rho", 7, from_to(1, 100), "sigma^(1 / rho) is linear in t")},
              {levels}),
          row("table", "monotone cubic interpolation of the given points",
              {{.key = "points",
                .kind = FieldKind::matrix,
                .fallback = nullptr,
                .doc = "rows [t, alpha, sigma]; t goes from 0 to 1",
                .fewest = 2}},
              {rule({"points"}, "/points", "its rows do not have three numbers",
                    "give [t, alpha, sigma] in each row", rows_not_three),
               found_rule({"points"}, "/points", "the points do not make a path",
                          "let t go from 0 to 1, alpha never fall and sigma never rise",
                          table_violation)})};
}

}  // namespace

SectionTable path_section() {
  std::vector<Alternative> rows = affine_paths();
  for (Alternative& path : rows)
    path.fields.push_back(section("noise", "path_noise", "noise on the path"));
  return {"path",
          "The path from source to data: xt = alpha x1 + sigma x0; for tokens, a mixture of both. "
          "Paths whose mean and width are functions of x1 are "
          "only in the C++ library (flow/path/gaussian_path.h).",
          "cond_ot", joined(for_continuous(std::move(rows)), token_paths()), "mixture"};
}

SectionTable sampler_path_section() {
  std::vector<Alternative> rows{row("own", "the training path")};
  for (const Alternative& path : affine_paths()) rows.push_back(path);
  return {"sampler_path",
          "The path that samples follow: the same flow with another time and scale.", "own", rows};
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

SectionTable coupling_section() {
  const ConfigField tolerance =
      number("tolerance", 1e-6, above_to(0, 0.1),
             "Sinkhorn stops when the error of the marginals is below this");
  const ConfigField iterations = integer(
      "iterations", 20000, from_to(1, 1e7),
      "after this many iterations Sinkhorn gives up, and the batch has the exact plan instead");
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
           for_continuous(row(
               "sinkhorn", "entropic optimal transport within the batch",
               {number("reg", 0.1, above_to(0, 1e6), "weight of the entropy, in the unit of |x|^2"),
                tolerance, iterations})),
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
               {number("reg", 0.1, above_to(0, 1e6), "weight of the entropy, in the unit of |x|^2"),
                number("mass_cost", 10, above_to(0, 1e6),
                       "the cost of leaving mass out, in the unit of |x|^2: the weight of the "
                       "Kullback-Leibler divergence of the plan's marginals"),
                tolerance,
                integer("iterations", 20000, from_to(1, 1e7),
                        "after this many iterations the plan of the last one is used")})),
           row("paired",
               "row i of the source is paired with row i of the data; for data of type `pairs`, x0 of "
               "a pair with its x1")},
      .pairs_fallback = "paired"};
}

}  // namespace pushforward::app
