#include "apps/flows/run_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "apps/config/data_types.h"
#include "apps/data/columns.h"
#include "apps/data/data.h"
#include "apps/data/run_data.h"
#include "apps/data/table.h"
#include "apps/failure.h"
#include "apps/from_config/coupling.h"
#include "apps/from_config/path.h"
#include "apps/report/files_read.h"
#include "apps/run/data_traits.h"
#include "apps/tables/arrays.h"
#include "apps/tables/csv_remarks.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/message.h"
#include "flow/oracle/exact_field.h"
#include "flow/path/guidance.h"
#include "flow/path/predicted_field.h"
#include "flow/solve/bridge_sde.h"
#include "flow/train/path_law.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr const char* kFlowDtype = sizeof(real) == 4 ? "<f4" : "<f8";

// Returns whether the exact velocity at a time with the path's coefficients c is finite and smooth
// in x. It is also true at the end of the paths linear_vp and vp, where dsigma is infinite but
// sigma dsigma is finite.
bool finite_at(const Oracle& oracle, const Coefficients& c) {
  const auto has_width = [](const Mixture& m) {
    return std::ranges::all_of(m.stds, [](double std) { return std > 0; });
  };
  if (!(c.alpha > 0 && has_width(oracle.data())) && !(c.sigma > 0 && has_width(oracle.source())))
    return false;
  try {
    oracle.check_velocity(c);
  } catch (const std::invalid_argument&) {
    return false;
  }
  return true;
}

void make_exact_flow(RunFlow& flow, const Config& config) {
  if (on_manifold(config))
    throw Failure(
        Exit::usage,
        "[exact] the exact field is known in flat space only, and the data of this run is on "
        "a manifold; leave --exact out");
  if (has_conditions(config))
    throw Failure(Exit::usage,
                  "[exact] the exact field given the conditions of this run (`condition` of its "
                  "data) is not known; leave --exact out");
  if (config.string("/path/noise/type") != "none")
    throw Failure(Exit::usage,
                  "[exact] the exact field is only known for a path without noise; "
                  "set /path/noise to {\"type\": \"none\"}");
  if (config.string("/coupling/type") != "independent")
    throw Failure(Exit::usage,
                  "[exact] the exact field is only known for the "
                  "coupling independent, but this run's is another (" +
                      config.string("/coupling/type") + "); leave --exact out");
  DataTraits traits;
  const DistributionPtr data = build_run_data(config, &traits);
  flow.code = traits.code;
  flow.check_uncoded("exact", "the exact field of its numbers is not known; leave --exact out");
  flow.units = make_units(*data);
  add_range(*data, flow.units);
  print_columns(config, *data, flow.units);
  flow.source = build_run_source(config, data->dim());
  flow.parameterization = {Prediction::velocity, make_scheduler(config)};
  if (const std::string why = exact_field_too_large(*flow.source, *data); !why.empty())
    throw Failure(Exit::usage, fmt::format("[exact] {}; leave --exact out", why));
  try {
    const std::shared_ptr<const Oracle> oracle = make_oracle(*flow.source, *data);
    flow.field = oracle_field(oracle, flow.parameterization.scheduler);
    const Mixture& rows = oracle->data();
    flow.field_range.ends_in_points =
        std::ranges::count(rows.stds, 0) > 0 && flow.parameterization.scheduler(1).sigma == 0;
    flow.field_range.whole = finite_at(*oracle, flow.parameterization.scheduler(0)) &&
                             finite_at(*oracle, flow.parameterization.scheduler(1));
  } catch (const std::invalid_argument& e) {
    throw Failure(Exit::usage, fmt::format("{}; leave --exact out", e.what()));
  }
}

// Returns the number of components of a mixture or finite set, or 0 for another distribution. Does
// not read the rows of a finite set.
double components_of(const Distribution& distribution) {
  if (distribution.is_finite()) return distribution.row_count();
  const std::optional<Mixture> mixture = distribution.mixture();
  return mixture ? mixture->components() : 0;
}

void make_learned_flow(RunFlow& flow, const Config& config, const RunRequest& request) {
  TrainedRun run =
      load_trained_run(config, request.run, config.boolean("/sampler/ema") && !request.raw);
  flow.model = std::move(run.model);
  flow.units = run.units;
  flow.code = run.code;
  flow.manifold = run.manifold;
  flow.source = build_run_source(config, static_cast<int>(run.units.dim()), flow.manifold);
  flow.parameterization = flow.model->parameterization;
  if (run.condition) {
    flow.given.code = run.condition;
    flow.rows_each = request.rows_each;
    if (!request.conditions.empty())
      flow.given.rows = condition_table({run.condition, request.conditions});
    flow.field = flow.model->field(flow.given.rows);
    if (flow.given.rows) flow.field = guided(flow.field, make_guidance(config, request));
    return;
  }
  flow.field = flow.model->field();
  if (flow.model->has_map()) flow.map = flow.model->map();
  if (flow.model->has_score()) flow.noise = flow.model->bridge_noise();
  if (!flow.model->conditional()) return;
  flow.shares = run.shares;
  flow.classes = run.classes;
  flow.field = guided(flow.field, make_guidance(config, request));
}

// Changes the flow of a trained run so that it follows the probability path of /sampler/path.
void change_path(RunFlow& flow, const Config& config) {
  const SampledPath path = sampled_path(config, flow.parameterization);
  if (path.own) return;
  flow.map = {};
  flow.field = rescheduled(flow.velocity(), flow.parameterization.scheduler,
                           path.parameterization.scheduler);
  flow.parameterization = path.parameterization;
  const bool ends_in_points =
      flow.field_range.ends_in_points && path.parameterization.scheduler(1).sigma == 0;
  flow.field_range = {path.within, false, ends_in_points};
}

}  // namespace

RunFlow flow_of_network(const Config& config, const Model& model, Units units, ClassShares shares,
                        DistributionPtr source, GivenConditions given, ManifoldCodePtr manifold) {
  RunFlow flow;
  flow.manifold = std::move(manifold);
  flow.units = std::move(units);
  flow.source = std::move(source);
  flow.parameterization = model.parameterization;
  flow.given = std::move(given);
  flow.field = model.field(flow.given.rows);
  if (model.has_map()) flow.map = model.map();
  if (model.has_score()) flow.noise = model.bridge_noise();
  if (model.conditional()) flow.shares = std::move(shares);
  change_path(flow, config);
  return flow;
}

RunFlow load_run_flow(const Config& config, const RunRequest& request) {
  check_raw(config, request);
  if (request.exact && request.label)
    throw Failure(Exit::usage,
                  "[exact] --label and --exact cannot be combined, since the exact "
                  "field is that of all classes together; leave one of them out");
  RunFlow flow;
  if (request.exact)
    make_exact_flow(flow, config);
  else
    make_learned_flow(flow, config, request);
  change_path(flow, config);
  if (!flow.given.code) check_guidance(request, flow.shares);
  RunRequest own = request;
  resolve_label(own, flow.shares, flow.classes);
  flow.label = own.label;
  return flow;
}

void RunFlow::check_label(const Config& config, const RunRequest& request) const {
  if (given.code)
    check_without_conditions(config, request, given.code->names());
  else
    check_without_label(config, request, shares, classes);
}

std::function<int(int)> RunFlow::label_of_points() const {
  if (given.code && !given.rows) return {};
  if (given.rows)
    return [last = given.rows->rows() - 1, each = rows_each](int row) {
      return std::min(row / each, last);
    };
  return label ? make_label_function(shares, label, 0) : std::function<int(int)>();
}

Field RunFlow::velocity() const { return converted(field, parameterization, Prediction::velocity); }

Field RunFlow::sampled(const SamplerOptions& options) const {
  if (options.method == SamplingMethod::bridge_sde) {
    if (!noise)
      throw Failure(Exit::usage,
                    "[sample] this field is an ODE's and has no score, which only the network of a "
                    "bridge has; give --solver dopri5");
    return bridge_drift({velocity(), noise, options.bridge_sigma}, options.times());
  }
  if (options.method != SamplingMethod::jumps) return field;
  if (!map)
    throw Failure(Exit::usage,
                  "[sample] this field is an ODE's and has no jumps, which only the network of a "
                  "flow map has on its own path; give --solver dopri5");
  return jumps_along(map, options.times());
}

SamplerOptions RunFlow::options(const Config& config, const SolverRequest& request) const {
  SamplerOptions options = sampler_options(config, request, parameterization, field_range);
  if (manifold && options.method != SamplingMethod::ode && options.method != SamplingMethod::jumps)
    throw Failure(
        Exit::usage,
        fmt::format("[sample] {} moves points in flat space, and the data of this run is on a "
                    "manifold; give --solver dopri5 or another ODE solver",
                    name_of(options.method)));
  if (manifold) options.solver.manifold = manifold->shared();
  options.label_of =
      given.code ? label_of_points() : make_label_function(shares, label, request.seed);
  options.interrupted = &Interrupt::requested;
  return options;
}

DistributionPtr RunFlow::start(const Config& config, const SamplerOptions& options) const {
  if (!options.starts_on_path) return source;
  Problem problem;
  try {
    problem.data = build_run_data(config);
  } catch (const std::runtime_error& e) {
    throw begins_without_data(e.what(), "flow", options.begin);
  }
  problem.source =
      config.string("/data/type") == "pairs" ? build_training_source(config, dim()) : source;
  problem.scheduler = options.parameterization.scheduler;
  problem.noise = make_path_noise(config);
  problem.coupling = build_coupling(config.section("/coupling").json());
  return PathLaw(std::move(problem), options.begin,
                 static_cast<int>(config.integer("/train/batch")), options.label_of);
}

std::vector<std::string> RunFlow::notes(const SamplerOptions& options) const {
  std::vector<std::string> notes;
  const auto mix = [&](double t) {
    const Coefficients c = options.parameterization.scheduler(t);
    return fmt::format("{:.4g} x1 + {:.4g} x0", c.alpha, c.sigma);
  };
  if (options.starts_on_path)
    notes.push_back(fmt::format(
        "the flow begins at t = {:.6g}, so samples start from the law of the path there, "
        "{} with x1 from the run's data",
        options.begin, mix(options.begin)));
  const bool cut = options.end < std::min(0.998, field_range.within.end - 0.002);
  const double left = options.parameterization.scheduler(options.end).sigma;
  if (cut && options.denoise_last)
    notes.push_back(
        fmt::format("the flow ends at t = {:.6g}, so samples are the means of x1 given x "
                    "there: they spread less than the data (/sampler/end)",
                    options.end));
  else if (cut && left > 0)
    notes.push_back(
        fmt::format("the flow ends at t = {:.6g}, so samples are {}: the noise {:.4g} x0 "
                    "is left in them (/sampler/end, /sampler/denoise)",
                    options.end, mix(options.end), left));
  return notes;
}

std::vector<std::string> failure_notes(const RowFailures& failures, const Tensor& x,
                                       const char* result) {
  if (failures.count == 0) return {};
  return failure_notes(failures, x.rows(), x.row(failures.first), result);
}

std::vector<std::string> failure_notes(const RowFailures& failures, int rows,
                                       std::span<const real> row, const char* result) {
  if (failures.count == 0) return {};
  std::string why = failures.why;
  if (!std::ranges::all_of(row, [](real v) { return std::isfinite(v); }))
    why = fmt::format("in the units of the flow its numbers are beyond what {} holds, {:.2g}{}",
                      sizeof(real) == 4 ? "float32" : "float64",
                      static_cast<double>(std::numeric_limits<real>::max()),
                      sizeof(real) == 4 ? "; a run with /precision float64 holds more" : "");
  if (failures.count == rows)
    throw IntegrationFailure(
        fmt::format("no row has {}; of row {}: {}", result, failures.first, why), failures.first, 0,
        0);
  return {
      fmt::format("{} of {} rows have no {}, so they are NaN; the first is row {} (counted from "
                  "0): {}",
                  failures.count, rows, result, failures.first, why)};
}

void RunFlow::check_uncoded(const char* what, const char* why) const {
  if (!coded()) return;
  throw Failure(Exit::usage,
                fmt::format("[{}] the columns of this run's table are encoded for the flow, so {}",
                            what, why));
}

void RunFlow::check_flat(const char* what, const char* why) const {
  if (!manifold) return;
  throw Failure(Exit::usage,
                fmt::format("[{}] the points of this run are on a manifold ({}), and {}", what,
                            manifold->manifold().words(), why));
}

Tensor RunFlow::from_data(const NdArray& asked, const char* what) const {
  return encode(asked, what, noise_of(0)).x;
}

std::vector<std::string> RunFlow::column_names() const {
  return coded() ? code->names() : manifold ? manifold->names() : units.names;
}

void RunFlow::check_columns(const NdArray& points, const char* what) const {
  const std::size_t columns = coded()    ? code->columns().size()
                              : manifold ? manifold->columns()
                                         : units.dim();
  if (points.shape.size() == 2 && points.shape[1] == columns) return;
  const std::vector<std::string> names = column_names();
  throw Failure(
      Exit::file,
      fmt::format("[{}] {}the points have shape {}, but the run's data has {} column{}{}; "
                  "give a table (N, {})",
                  what, file_prefix(points), shape_text(points.shape), columns,
                  columns == 1 ? "" : "s",
                  names.empty() ? "" : fmt::format(" ({})", joined(names, 50)), columns));
}

CodedPoints RunFlow::encode(const NdArray& asked, const char* what, Stream stream,
                            std::size_t first) const {
  const std::vector<std::string> names = column_names();
  NdArray points = match_columns(asked, names, what, "the run's data");
  check_columns(points, what);
  check_finite(points, what);
  const std::size_t n = points.shape[0], columns = points.shape[1];
  std::vector<double> x, log_slopes(n, 0);
  if (coded()) {
    code->check(points, what);
    x.resize(n * units.dim());
    for (std::size_t row = 0; row < n; ++row)
      log_slopes[row] =
          code->encode(std::span(points.values).subspan(row * columns, columns),
                       code_noise(stream, static_cast<std::uint32_t>(row), units.dim()),
                       std::span(x).subspan(row * units.dim(), units.dim()));
  } else if (manifold) {
    manifold->check(points, what);
    x = manifold->encode(points.values);
  } else {
    x = points.values;
  }
  FarRows far;
  if (!manifold) far = find_far_rows(units, code.get(), points, x, first);
  units.from_data(x);
  return {Tensor({static_cast<int>(n), dim()}, std::vector<real>(x.begin(), x.end())),
          std::move(log_slopes), std::move(far)};
}

NdArray RunFlow::to_data(const Tensor& x) const {
  std::vector<std::size_t> shape;
  for (int k = 0; k < x.shape().rank; ++k) shape.push_back(static_cast<std::size_t>(x.shape()[k]));
  NdArray array = as_array(std::move(shape), x.values());
  units.to_data(array.values);
  if (units.need_double()) array.dtype = "<f8";
  if (manifold) {
    array.values = manifold->decode(array.values);
    array.shape.back() = manifold->columns();
  }
  if (array.shape.size() == 2) array.names = manifold ? manifold->names() : units.names;
  return array;
}

NdArray RunFlow::to_data_points(const Tensor& x) const {
  NdArray array = to_data(x);
  if (manifold) return array;
  units.set_constants(array.values);
  if (!code) return array;
  const std::size_t d = code->columns().size();
  if (coded()) {
    std::vector<double> rows(array.values.size() / units.dim() * d);
    for (std::size_t row = 0; row < rows.size() / d; ++row)
      code->decode(std::span(array.values).subspan(row * units.dim(), units.dim()),
                   std::span(rows).subspan(row * d, d));
    array.values = std::move(rows);
    array.shape.back() = d;
    array.dtype = "<f8";
  }
  if (array.shape.size() != 2) return array;
  array.names = code->names();
  array.columns = code->types();
  return array;
}

std::string exact_field_too_large(const Distribution& source, const Distribution& data) {
  const double pairs = components_of(source) * components_of(data),
               numbers = data.dim() > 4 ? 8 : 2 * data.dim() + 8,
               gib = pairs * numbers * kSamplerChunkRows * sizeof(real) / 0x1p30;
  if (gib <= 1) return "";
  return fmt::format(
      "the exact field of {:.0f} pairs of rows or components needs {:.1f} GiB in each thread, and is "
      "computed up to 1 GiB",
      pairs, gib);
}

void print_columns(const Config& config, const Distribution& data, const Units& units) {
  // Columns of a file become coordinates whose digits are other ones than those of the file.
  if (on_manifold(config)) return;
  const bool told =
      innermost(config.section("/data").json()).at("type") == "csv" && files_read().heard();
  for (const std::string& line :
       describe_columns(data, units, told ? Constants::told : Constants::named))
    tell("warning: {}", line);
}

NdArray as_array(std::vector<std::size_t> shape, std::span<const real> values) {
  return {std::move(shape), std::vector<double>(values.begin(), values.end()), kFlowDtype};
}

}  // namespace pushforward::app::inline PF_REAL
