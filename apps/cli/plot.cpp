// `pushforward plot RUN`: every picture of a run, as PNG and SVG, and one animation.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <string>

#include "apps/cli/verbs.h"
#include "apps/figures/figures.h"
#include "apps/figures/images.h"
#include "apps/json/json.h"
#include "apps/plot/album.h"
#include "apps/plot/data.h"
#include "apps/plot/tokens.h"
#include "apps/run/config.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

constexpr int kTrajectoryTimes = 61;

// The training curves of a run's metrics.jsonl.
LossCurve read_curve(const std::string& run) {
  LossCurve curve;
  std::istringstream lines(read_file(posix(), join_path(run, "metrics.jsonl")));
  for (std::string line; std::getline(lines, line);) {
    const Json row = Json::parse_or_null(line);
    const Json* loss = row.find("train/loss");
    if (!loss || !loss->is_number()) continue;
    curve.step.push_back(row.value("step", 0.0));
    curve.loss.push_back(loss->get<double>());
    curve.rate.push_back(row.value("lr", 0.0));
    curve.gradient_norm.push_back(row.value("train/grad_norm", 0.0));
  }
  return curve;
}

}  // namespace

int verb_plot(const PlotRequest& plot) {
  const Config config = load_run_config(plot.run);
  const Engine& engine = engine_of(config);
  const std::string name = config.string("/name");
  Album album(plot.out.empty() ? join_path(plot.run, "plots") : plot.out);

  // After the samples: what cannot be drawn leaves no picture behind.
  const auto add_loss = [&] {
    const LossCurve curve = read_curve(plot.run);
    if (!curve.step.empty()) album.add("loss", loss_figure(curve, name + ": training loss"));
  };
  if (of_tokens(config)) {
    plot_tokens(config, plot, album);
    add_loss();
    return 0;
  }
  SampleRequest request;
  static_cast<RunRequest&>(request) = plot;
  request.n = plot.n;
  request.seed = plot.seed;
  const auto images = image_shape(config);
  // Images need few samples, and a path of all of them through time would be large.
  if (images) request.n = std::min(request.n, 500);
  request.times = kTrajectoryTimes;
  const Samples drawn = engine.sample(config, request);
  add_loss();
  const Points samples = as_points(drawn.points);
  const DataRows rows = engine.rows(config, request.n, plot.seed + 1);
  const Points data = as_points(rows.points);
  const Trajectories flow = as_trajectories(drawn.trajectory, drawn.times);
  const std::vector<int> labels = as_labels(drawn.labels);
  // What is asked about points of no class, a network that always saw one cannot answer.
  const bool answers = labels.empty() || plot.label || config.number("/loss/label_dropout") > 0;
  if (!answers)
    fmt::print(stderr,
               "no pictures of density, field or latents: "
               "this network never met a row without label; give --label\n");
  if (images) {
    album.add("samples", images_figure(samples, data, *images, name));
    album.add("strip", images_strip(flow, *images, name + ": from noise to data"));
    if (!labels.empty())
      album.add("classes", images_by_class(samples, labels, *images, name + ": by class"));
    if (samples.rows > 1 && answers)
      album.add("interpolation", images_between(way_between(engine, config, plot, samples), *images,
                                                name + ": between samples, through their latents"));
    album.write("flow.webp", webp(images_animation(flow, *images, name)));
    return 0;
  }
  album.add("samples", samples_figure(samples, data, name));
  if (!labels.empty() && samples.cols > 1) {
    album.add("classes",
              classes_figure(samples, labels, data, as_labels(rows.labels), name + ": by class"));
  }
  album.add("density", density_figure(samples, data, name));
  std::string why;
  if (answers) {
    if (const auto pair = density_pair(engine, config, plot, samples, data, why))
      album.add("likelihood", likelihood_figure(*pair, name + ": density along the flow"));
    else if (!why.empty())
      fmt::print(stderr, "no picture of the likelihood: {}\n", why);
  }
  const bool wide = spreads_widely(config);
  const Trajectories shown = wide ? by_spread(flow, config) : flow;
  const std::string units = wide ? ", each time in units of its spread" : "";
  album.add("trajectories",
            trajectories_figure(shown, name + ": paths from noise to data" + units));
  album.add("strip", flow_strip(shown, name + units));
  album.write("flow.webp", webp(flow_animation(shown, name + units)));
  if (!answers) return 0;
  if (const auto slices = field_slices(engine, config, plot, flow); !slices.empty()) {
    album.add("field",
              field_figure(
                  slices, name + (plot.exact ? ": exact velocity" : ": learned velocity") + units));
  }
  if (const auto pairs = field_pairs(engine, config, plot, flow); !pairs.empty())
    album.add("exact", exact_figure(pairs, name + ": learned and exact velocity"));
  return 0;
}

}  // namespace pushforward::app
