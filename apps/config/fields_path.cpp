// The rows of /path, /path/noise and /coupling. To add a path or a coupling, add its row here.
#include "apps/config/rows.h"
#include "flow/path/noise.h"

namespace pushforward::app {
namespace {

// The checks of a table of points; ScheduleTable says more of them, with the row.
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

// The affine paths.
std::vector<Alternative> affine_paths() {
  const auto low = [](double value) {
    return number("sigma_min", value, above_to(0, 1e6), "noise level at t = 1");
  };
  const auto high = [](double value) {
    return number("sigma_max", value, above_to(0, 1e6), "noise level at t = 0");
  };
  const ConfigRule levels =
      rule({"sigma_min", "sigma_max"}, "/sigma_max", "it is not above `sigma_min`",
           "noise falls from sigma_max to sigma_min", path_levels_swapped);
  return {
      row("cond_ot", "straight lines: alpha = t, sigma = 1 - t (Lipman et al. 2023)",
          {number("sigma_min", 0, from_below(0, 1),
                  "sigma at t = 1: sigma = 1 - (1 - sigma_min) t")}),
      row("polynomial", "alpha = t^power, sigma = 1 - t^power",
          {number("power", 2, above_to(0, 100), "the power")}),
      row("cosine", "alpha = sin(pi t / 2), sigma = cos(pi t / 2)"),
      row("linear_vp", "alpha = t, sigma = sqrt(1 - t^2)"),
      row("vp", "the variance-preserving diffusion with linear beta (Song et al. 2021)",
          {number("beta_min", 0.1, above_to(0, 1e6), "beta at t = 1"),
           number("beta_max", 20, above_to(0, 1e6), "beta at t = 0")},
          {rule({"beta_min", "beta_max"}, "/beta_max", "it is not above `beta_min`",
                "beta falls from beta_max to beta_min", betas_swapped)}),
      row("ve", "the variance-exploding diffusion: alpha = 1, sigma geometric in t",
          {low(0.02), high(100)}, {levels}),
      row("edm", "alpha = 1, sigma^(1/rho) linear in t (Karras et al. 2022)",
          {low(0.002), high(80), number("rho", 7, from_to(1, 100), "the root that is linear")},
          {levels}),
      row("table", "through points of yours, monotone cubics in between",
          {{.key = "points",
            .kind = FieldKind::matrix,
            .fallback = nullptr,
            .doc = "rows [t, alpha, sigma], t from 0 to 1",
            .fewest = 2}},
          {rule({"points"}, "/points", "its rows are no triples",
                "give [t, alpha, sigma] in each row", rows_not_three),
           found_rule({"points"}, "/points", "they are no path",
                      "t from 0 to 1, alpha never falling, sigma never rising", table_violation)})};
}

}  // namespace

SectionTable path_section() {
  std::vector<Alternative> rows = affine_paths();
  for (Alternative& path : rows)
    path.fields.push_back(section("noise", "path_noise", "noise on the path"));
  return {
      "path",
      "The path from source to data: xt = alpha x1 + sigma x0; of tokens, a mixture of both. "
      "Paths whose shift and width are functions of x1 are for programs (flow/path/gaussian_path.h).",
      "cond_ot", joined(for_continuous(std::move(rows)), token_paths()), "mixture"};
}

SectionTable sampler_path_section() {
  std::vector<Alternative> rows{row("own", "the path of the training")};
  for (const Alternative& path : affine_paths()) rows.push_back(path);
  return {"sampler_path",
          "The path that samples go along: the same flow at another pace and scale.", "own", rows};
}

SectionTable path_noise_section() {
  std::vector<Alternative> rows;
  for (const PathNoise& noise : path_noises()) {
    std::vector<ConfigField> fields;
    if (noise.shape) fields.push_back(number("scale", 0.1, above_to(0, 1000), "factor on gamma"));
    rows.push_back(row(noise.name, noise.doc, fields));
  }
  return {"path_noise", "Noise on the path: xt has gamma(t) z added, z normal.", "none", rows};
}

SectionTable coupling_section() {
  const ConfigField tolerance =
      number("tolerance", 1e-6, above_to(0, 0.1), "error of the marginals at which Sinkhorn stops");
  const ConfigField iterations =
      integer("iterations", 20000, from_to(1, 1e7), "Sinkhorn gives up after so many");
  return {
      "coupling",
      "The joint distribution of (x0, x1) that a batch is drawn from.",
      "independent",
      {row("independent", "x0 and x1 drawn apart"),
       for_continuous(
           row("ot", "exact optimal transport within the batch (Pooladian et al., Tong et al.)",
               {number("label_weight", 0, from_to(0, 1e12),
                       "labelled data: added to the cost of a pair whose labels differ (C2OT)")})),
       for_continuous(
           row("sinkhorn", "entropic optimal transport within the batch",
               {number("reg", 0.1, above_to(0, 1e6), "weight of the entropy, in units of |x|^2"),
                tolerance, iterations})),
       for_continuous(row("schroedinger_bridge",
                          "entropic transport with reg = 2 sigma^2, for the path noise `brownian`",
                          {number("sigma", 1, above_to(0, 1e3), "the noise scale of the bridge"),
                           choice("method", "sinkhorn", {"sinkhorn", "exact"},
                                  "exact: the plan without entropy, its limit for small sigma")})),
       row("paired", "row i of the source's set meets row i of the data's")}};
}

}  // namespace pushforward::app
