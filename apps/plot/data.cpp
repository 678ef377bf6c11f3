#include "apps/plot/data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "apps/config/data_types.h"
#include "apps/config/made.h"
#include "apps/data/images.h"
#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "apps/json/json.h"
#include "apps/plot/no_picture.h"
#include "apps/run/folder.h"
#include "apps/run/metrics.h"
#include "flow/solve/integrate.h"

namespace pushforward::app {
namespace {

// Returns the limits of a column over all times.
Limits column_limits(const Trajectories& flow, std::size_t col) {
  std::vector<double> values;
  for (std::size_t i = col; i < flow.values.size(); i += flow.cols)
    values.push_back(flow.values[i]);
  return robust_limits(values);
}

// Returns an evenly spaced grid over the region that the flow passes through: 22 x 22
// points, or 200 for D = 1.
Points grid_over(const Trajectories& flow) {
  const Limits x = column_limits(flow, 0);
  Points grid;
  grid.cols = flow.cols;
  grid.names = flow.names;
  const auto at = [](Limits l, int i, int n) { return l.low + (l.high - l.low) * (i + 0.5) / n; };
  if (flow.cols == 1) {
    for (int i = 0; i < 200; ++i) grid.values.push_back(at(x, i, 200));
  } else {
    const Limits y = column_limits(flow, 1);
    for (int j = 0; j < 22; ++j) {
      for (int i = 0; i < 22; ++i)
        grid.values.insert(grid.values.end(), {at(x, i, 22), at(y, j, 22)});
    }
  }
  grid.rows = grid.values.size() / grid.cols;
  return grid;
}

NdArray as_array(const Points& points) {
  return {{points.rows, points.cols}, points.values, "<f8"};
}

// Returns at most `max_rows` rows, chosen at even intervals.
Points some(const Points& points, std::size_t max_rows) {
  if (points.rows <= max_rows) return points;
  Points few{{}, max_rows, points.cols};
  for (std::size_t i = 0; i < max_rows; ++i) {
    const double* x = points.values.data() + i * points.rows / max_rows * points.cols;
    few.values.insert(few.values.end(), x, x + points.cols);
  }
  return few;
}

// Returns sqrt(sum |a - b|^2 / sum |b|^2), or -1 if that is not finite.
double relative_error(const std::vector<double>& a, const std::vector<double>& b) {
  double off = 0, size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    off += (a[i] - b[i]) * (a[i] - b[i]);
    size += b[i] * b[i];
  }
  const double error = std::sqrt(off / size);
  return std::isfinite(error) ? error : -1;
}

// Returns a request to solve by dopri5. Its tolerances are loose, because errors below a pixel
// cannot be seen.
template <class Request>
Request by_dopri5(const RunRequest& run) {
  Request request;
  static_cast<RunRequest&>(request) = run;
  request.solver = "dopri5";
  request.rtol = request.atol = 1e-3;
  return request;
}

// Returns a grid that covers samples and data: 400 cells for D = 1, 96 columns for D = 2.
DensityPair empty_pair(const Points& samples, const Points& data) {
  DensityPair pair;
  DensityGrid& grid = pair.model;
  const Projection names = make_projection(data.rows > 0 ? data : samples);
  pair.x_label = names.x_label;
  pair.y_label = names.y_label;
  if (data.cols == 1) {
    grid.columns = 400;
    grid.rows = 1;
    const Limits a = robust_limits(data.values), b = robust_limits(samples.values);
    grid.x = padded({std::min(a.low, b.low), std::max(a.high, b.high)}, 0.12);
    return pair;
  }
  const std::array sets{&data, &samples};
  const View view = make_view(sets, names.named, 1000);
  pair.equal = view.equal;
  grid.columns = 96;
  grid.rows = static_cast<std::size_t>(std::round(96 * view.height / view.width));
  grid.x = view.x;
  grid.y = view.y;
  return pair;
}

Points make_centres(const DensityGrid& grid) {
  Points centres{{}, grid.columns * grid.rows, std::size_t(grid.rows > 1 ? 2 : 1)};
  const auto at = [](Limits l, std::size_t i, std::size_t n) {
    return l.low + l.width() * (double(i) + 0.5) / double(n);
  };
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) {
      centres.values.push_back(at(grid.x, column, grid.columns));
      if (grid.rows > 1) centres.values.push_back(at(grid.y, row, grid.rows));
    }
  }
  return centres;
}

// Returns the number of this key, or NaN if the row has none. metrics.jsonl has null in place of
// NaN and infinity.
double find_number(const Json& row, const char* key) {
  const Json* value = row.find(key);
  return value && value->is_number() ? value->get<double>() : std::nan("");
}

std::vector<double> exponentials(const std::vector<double>& logs) {
  std::vector<double> values;
  for (double l : logs) values.push_back(std::exp(l));
  return values;
}

}  // namespace

Points as_points(const NdArray& array) {
  return {array.values, array.shape[0], array.shape[1], array.names, array.columns};
}

Trajectories as_trajectories(const NdArray& array, std::vector<double> times) {
  return {array.values,     array.shape[0], array.shape[1], array.shape[2],
          std::move(times), false,          array.names};
}

std::vector<int> as_labels(const NdArray& array) {
  return {array.values.begin(), array.values.end()};
}

std::optional<ImageShape> image_shape(const Config& config) {
  const auto rows = image_rows(config);
  if (!rows) return std::nullopt;
  return ImageShape{rows->height, rows->width, rows->low, rows->high};
}

namespace {

// Returns the path of the sampler, which may differ from the path of training.
Scheduler path_of_samples(const Config& config) {
  const Section other = config.section("/sampler/path");
  return other.type() == "own" ? make_scheduler(config) : schedulers()(other);
}

}  // namespace

bool spreads_widely(const Config& config) {
  return !of_tokens(config) && path_of_samples(config).source_scale() > 3;
}

Trajectories by_spread(Trajectories flow, const Config& config) {
  const Scheduler path = path_of_samples(config);
  const std::size_t slice = flow.rows * flow.cols;
  for (std::size_t k = 0; k < flow.times; ++k) {
    const Coefficients c = path(flow.t.at(k));
    const double spread = std::hypot(c.alpha, c.sigma);
    for (std::size_t i = k * slice; i < (k + 1) * slice; ++i) flow.values[i] /= spread;
  }
  return flow;
}

double spread_at(const Config& config, double t) {
  if (!spreads_widely(config)) return 1;
  const Coefficients c = path_of_samples(config)(t);
  return std::hypot(c.alpha, c.sigma);
}

LossCurve read_loss_curve(const std::string& run) {
  LossCurve curve;
  for (const Json& row : read_metrics(RunPaths{run}.metrics())) {
    if (const double valid = find_number(row, "valid/loss"); !std::isnan(valid)) {
      curve.eval_step.push_back(find_number(row, "step"));
      curve.eval_loss.push_back(valid);
    }
    const double loss = find_number(row, "train/loss");
    if (std::isnan(loss)) continue;
    curve.step.push_back(find_number(row, "step"));
    curve.loss.push_back(loss);
    curve.rate.push_back(find_number(row, "lr"));
    curve.gradient_norm.push_back(find_number(row, "train/grad_norm"));
  }
  return curve;
}

std::vector<FieldSlice> find_field(const Engine& engine, const Config& config,
                                   const RunRequest& run, const Trajectories& flow) {
  std::vector<FieldSlice> slices;
  const bool wide = spreads_widely(config);
  const Scheduler path = path_of_samples(config);
  const Trajectories shown = wide ? by_spread(flow, config) : flow;
  const Points grid = grid_over(shown);
  const auto slice = [&](double t) -> FieldSlice {
    const double spread = wide ? std::hypot(path(t).alpha, path(t).sigma) : 1;
    Points at = grid;
    for (double& x : at.values) x *= spread;
    Points u = as_points(engine.velocity(config, run, as_array(at), t).points);
    for (double& v : u.values) v /= spread;
    return {t, grid, u, points_at(shown, t)};
  };
  for (double t : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    try {
      slices.push_back(slice(t));
    } catch (const std::invalid_argument&) {
      slices.push_back(slice(t < 0.5 ? 0.02 : 0.98));
    }
  }
  return slices;
}

std::vector<FieldPair> find_exact_field(const Engine& engine, const Config& config,
                                        const RunRequest& run, const Trajectories& flow) {
  std::vector<FieldPair> pairs;
  RunRequest exact = run;
  exact.exact = true;
  exact.guidance.reset();
  const Points grid = grid_over(flow);
  try {
    for (double t : {0.02, 0.25, 0.5, 0.75, 0.98}) {
      const Points flowing = points_at(flow, t), few = some(flowing, 1000);
      const auto velocity = [&](const RunRequest& of, const Points& at) {
        return as_points(engine.velocity(config, of, as_array(at), t).points);
      };
      pairs.push_back({{t, grid, velocity(run, grid), flowing},
                       velocity(exact, grid),
                       relative_error(velocity(run, few).values, velocity(exact, few).values)});
    }
  } catch (const Failure& failure) {
    if (failure.code != Exit::usage) throw;
    throw NoPicture(Exit::usage, failure.what());  // the exact field is not known
  }
  return pairs;
}

DensityPair find_densities(const Engine& engine, const Config& config, const RunRequest& run,
                           const Points& samples, const Points& data) {
  DensityPair pair = empty_pair(samples, data);
  const NdArray centres = as_array(make_centres(pair.model));
  try {
    const Densities found = engine.log_density(config, by_dopri5<DensityRequest>(run), centres);
    // The solver fails at points of the grid that are far from the training data.
    if (found.failed > 0) throw NoPicture(Exit::diverged, found.notes.front());
    pair.model.density = exponentials(found.log_density.values);
  } catch (const std::invalid_argument& e) {
    throw NoPicture(Exit::usage, e.what());
  } catch (const IntegrationFailure& e) {  // the solver fails at all points
    throw NoPicture(Exit::diverged, e.what());
  }
  // The exact density is that of all classes together, so it is not used for a single class.
  const NdArray log_density =
      run.label ? NdArray{{0}, {}} : engine.data_log_density(config, centres);
  pair.exact = !log_density.values.empty();
  pair.data = pair.model;
  const DensityGrid& grid = pair.model;
  if (pair.exact) {
    pair.data.density = exponentials(log_density.values);
  } else {
    // Synthetic rows are cheap, and more rows allow a narrower kernel.
    constexpr int kMany = 200'000;
    const Points many = endless(config.section("/data").json())
                            ? draw_rows_of_class(engine, config, kMany, 1, run.label).points
                            : data;
    pair.bandwidth = kernel_bandwidth(many, grid.x, grid.y, grid.columns, grid.rows, pair.equal);
    pair.data = kernel_density(many, grid.x, grid.y, grid.columns, grid.rows, pair.bandwidth);
  }
  return pair;
}

LabelledPoints draw_rows_of_class(const Engine& engine, const Config& config, int n,
                                  std::uint64_t seed, std::optional<int> label) {
  const auto draw = [&](int count) {
    const DataRows found = engine.rows(config, count, seed);
    LabelledPoints rows{as_points(found.points), as_labels(found.labels)};
    if (!label || rows.labels.empty()) return rows;
    LabelledPoints kept{{{}, 0, rows.points.cols, rows.points.names}, {}};
    for (std::size_t i = 0; i < rows.points.rows && kept.labels.size() < std::size_t(n); ++i) {
      if (rows.labels[i] != *label) continue;
      const double* x = rows.points.values.data() + i * rows.points.cols;
      kept.points.values.insert(kept.points.values.end(), x, x + rows.points.cols);
      kept.labels.push_back(*label);
      ++kept.points.rows;
    }
    return kept;
  };
  LabelledPoints rows = draw(n);
  const std::size_t found = rows.points.rows, wanted = std::size_t(n);
  // Only a part of the drawn rows is of the class, so more rows are drawn until `wanted` rows of
  // the class are found.
  if (label && found > 0 && found < wanted && endless(config.section("/data").json()))
    rows = draw(int(std::min(4e6, 1.2 * double(wanted) * double(wanted) / double(found))));
  return rows;
}

Trajectories find_way_between(const Engine& engine, const Config& config, const RunRequest& run,
                              const Points& samples) {
  const std::size_t count = std::min<std::size_t>(6, samples.rows / 2);
  const auto part = [&](std::size_t first) {
    const auto at = samples.values.begin() + std::ptrdiff_t(first * samples.cols);
    return NdArray{{count, samples.cols}, {at, at + std::ptrdiff_t(count * samples.cols)}, "<f8"};
  };
  return as_trajectories(
      engine.interpolate(config, by_dopri5<SolverRequest>(run), part(0), part(count), 9, false)
          .points);
}

}  // namespace pushforward::app
