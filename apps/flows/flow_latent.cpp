#include "apps/flows/flow_latent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/failure.h"
#include "apps/flows/data_rows.h"
#include "apps/flows/run_flow.h"
#include "apps/from_config/path.h"
#include "apps/run/data_traits.h"
#include "apps/tables/arrays.h"
#include "flow/solve/interpolate.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The directions in which a flow is solved.
enum class Directions { to_data, both };

// Returns the options for solving a run's flow in these directions. An SDE cannot be reversed.
// Jumps can be reversed only if they were trained in both directions.
SamplerOptions latent_options(const RunFlow& flow, const Config& config,
                              const SolverRequest& request, Directions directions) {
  if (directions == Directions::both) check_all_times(config, "latent", "the way back to a latent");
  SamplerOptions options = flow.options(config, request);
  const bool jumps = options.method == SamplingMethod::jumps;
  if (jumps && directions == Directions::both && config.string("/loss/directions") != "both")
    throw Failure(Exit::usage,
                  "[latent] the jumps of this run were trained from noise to data only "
                  "(/loss/directions is \"forward\"), so none leads back; give --solver dopri5, or "
                  "train with \"both\"");
  const bool bridge = options.method == SamplingMethod::bridge_sde;
  if (options.method != SamplingMethod::ode && !jumps && !bridge) {
    throw Failure(
        Exit::usage,
        fmt::format("[latent] {} cannot be reversed; give --solver dopri5 or another ODE solver",
                    name_of(options.method)));
  }
  flow.check_label(config, request);
  // A last step that replaces x by E[x1 | x] cannot be reversed. Labels belong to sample numbers,
  // which given points do not have. Given points have conditions of their own.
  options.denoise_last = false;
  options.solver.skips_failures = true;
  options.label_of = flow.label_of_points();
  return options;
}

SamplerOptions reversed(SamplerOptions options) {
  std::swap(options.begin, options.end);
  std::reverse(options.grid.begin(), options.grid.end());
  return options;
}

// Returns the note for a flow that begins after t = 0: its latents (the points at its first time)
// do not have the distribution of the source.
std::string latents_on_path(const SamplerOptions& options) {
  return fmt::format(
      "the flow begins at t = {:.6g}, so latents are points of the path there, not of "
      "the source (/sampler/begin)",
      options.begin);
}

// Returns the rows r of an interpolation (count, n, D) for which some of the `count` points is not
// finite.
RowFailures failures_of(const Tensor& way) {
  RowFailures failures;
  const int count = way.shape()[0], n = way.shape()[1], d = way.shape()[2];
  for (int r = 0; r < n; ++r) {
    bool finite = true;
    for (int k = 0; k < count; ++k)
      for (int j = 0; j < d; ++j)
        finite = finite && std::isfinite(way.data()[(std::size_t(k) * n + r) * d + j]);
    if (!finite) failures.add({1, r, "one of its ends cannot be taken to the noise and back"});
  }
  return failures;
}

// from_latents converts latents x0 from the flow's units to the units of the source's data, with
// the column names of that data, and to_latents converts them back. If the flow begins after t = 0,
// latents are points of the path at that time and stay in the flow's units.
NdArray from_latents(const RunFlow& flow, const SamplerOptions& options, const Tensor& x) {
  NdArray latents = as_array({std::size_t(x.rows()), std::size_t(x.cols())}, x.values());
  if (flow.manifold) {
    // Latents are points of the source, which is on the same manifold, in the flow's units.
    latents.values = flow.manifold->decode(latents.values);
    latents.shape[1] = flow.manifold->columns();
    latents.names = flow.manifold->names();
    return latents;
  }
  if (!options.starts_on_path) {
    const Units units = make_units(*flow.source);
    units.to_data(latents.values);
    if (units.need_double()) latents.dtype = "<f8";
  }
  latents.names = flow.units.names;
  return latents;
}

Tensor to_latents(const RunFlow& flow, const SamplerOptions& options, const NdArray& latents) {
  std::vector<double> x = latents.values;
  if (flow.manifold) {
    flow.manifold->check(latents, "decode");
    x = flow.manifold->encode(x);
  } else if (!options.starts_on_path)
    make_units(*flow.source).from_data(x);
  return Tensor({static_cast<int>(latents.shape[0]), flow.dim()},
                std::vector<real>(x.begin(), x.end()));
}

void rescale(Tensor& x, double factor) {
  for (real& v : x.values()) v *= static_cast<real>(factor);
}

// The number of rows of a block, for points of `dim` numbers.
using BlockRows = int (*)(int dim);

// The first dimension of a table of points.
int rows_of(const NdArray& table) {
  return table.shape.empty() ? 0 : static_cast<int>(table.shape[0]);
}

// Moves the points of a table along the flow, with these options, block by block. `read` converts a
// block to the flow's units, and `write` converts the moved points. `take` gets each block. Returns
// notes about the rows that failed, without points; `result` names what such a row lacks.
template <class Next, class Take, class Read, class Write>
Moved move_points(const RunFlow& flow, const SamplerOptions& options, const SolverRequest& request,
                  int n, int most, const Next& next, const Take& take, Read read, Write write,
                  const char* result) {
  Workers workers(request.threads);
  Sampler sampler(flow.sampled(options), flow.dim(), options, workers);
  RowFailures failures;
  std::vector<real> failed;  // the first row that failed
  int first = 0;
  do {  // a table without rows is moved too
    Tensor x = read(next(static_cast<std::size_t>(std::min(most, n - first))));
    const Tensor given = x;
    sampler.transport(x.rows(), x.data(), nullptr, request.seed, first);
    const RowFailures& of_block = sampler.failures();
    if (failures.count == 0 && of_block.count > 0) {
      const std::span<const real> row = given.row(of_block.first - first);
      failed.assign(row.begin(), row.end());
    }
    failures.add(of_block);
    first += x.rows();
    take(write(x));
  } while (first < n);
  return {{}, failure_notes(failures, n, failed, result)};
}

template <class Next, class Take>
Moved encode_rows(const Config& config, const SolverRequest& request, const NdArray& table,
                  BlockRows most, const Next& next, const Take& take) {
  const RunFlow flow = load_run_flow(config, request);
  // The columns of a table with names are matched first.
  if (table.names.empty()) flow.check_columns(table, "encode");
  const SamplerOptions options = latent_options(flow, config, request, Directions::both);
  FarRows far;
  Moved out = move_points(
      flow, reversed(options), request, rows_of(table), most(flow.dim()), next, take,
      [&](const NdArray& points) {
        CodedPoints coded =
            flow.encode(points, "encode", RunFlow::noise_of(request.seed), far.rows);
        far.add(coded.far);
        return std::move(coded.x);
      },
      [&](Tensor& x) {
        rescale(x, 1 / options.source_scale);
        return from_latents(flow, options, x);
      },
      "latent");
  add_notes(far.notes(), out.notes);
  if (flow.given.rows)
    add_notes(notes_of_far_conditions(*flow.given.code, request.conditions), out.notes);
  if (options.starts_on_path) out.notes.push_back(latents_on_path(options));
  return out;
}

// Counts the latents (N, D) that a normal source with this standard deviation practically never draws.
// `first` is the number of the first row.
FarRows find_far_latents(const NdArray& latents, double std, std::size_t first) {
  constexpr double kFar = 10;  // standard deviations: its probability is 1.5e-23
  FarRows far{latents.shape[0]};
  const std::size_t d = latents.shape[1];
  for (std::size_t row = 0; row < far.rows; ++row)
    for (std::size_t j = 0; j < d; ++j) {
      const double x = latents.values[row * d + j];
      if (!(std::abs(x) > kFar * std)) continue;
      if (far.count++ == 0)
        far.first = fmt::format("row {} has {:.6g} in column {}, {:.3g} standard deviations from 0",
                                first + row, x, column_name(latents.names, j), std::abs(x) / std);
      break;
    }
  return far;
}

template <class Next, class Take>
Moved decode_rows(const Config& config, const SolverRequest& request, const NdArray& table,
                  BlockRows most, const Next& next, const Take& take) {
  const RunFlow flow = load_run_flow(config, request);
  const std::size_t columns = flow.manifold ? flow.manifold->columns() : flow.units.dim();
  const auto check_shape = [&](const NdArray& latents) {
    if (latents.shape.size() == 2 && latents.shape[1] == columns) return;
    throw Failure(
        Exit::file,
        fmt::format("[decode] {}the latents have shape {}, but the run has {} dimensions; "
                    "give a table (N, {})",
                    file_prefix(latents), shape_text(latents.shape), columns, columns));
  };
  // The columns of a table with names are matched first.
  if (table.names.empty()) check_shape(table);
  SamplerOptions options = latent_options(flow, config, request, Directions::to_data);
  // If the exact flow ends in the rows of the data but is solved only up to a time before 1, this
  // last step takes the points to the rows.
  options.denoise_last = flow.field_range.ends_in_points && options.end < 1;
  const bool normal = config.string("/source/type") == "gaussian" && !options.starts_on_path;
  FarRows far;
  Moved out = move_points(
      flow, options, request, rows_of(table), most(flow.dim()), next, take,
      [&](const NdArray& asked) {
        const NdArray latents =
            match_columns(asked, flow.manifold ? flow.manifold->names() : flow.units.names,
                          "decode", "the run's data");
        check_shape(latents);
        check_finite(latents, "decode");
        if (normal && !flow.manifold)
          far.add(find_far_latents(latents, config.number("/source/std"), far.rows));
        Tensor x = to_latents(flow, options, latents);
        rescale(x, options.source_scale);
        return x;
      },
      [&](const Tensor& x) { return flow.to_data_points(x); }, "point");
  if (far.count > 0)
    out.notes.push_back(fmt::format(
        "{} of {} row{} {} no latent that the source draws: {}; `pushforward encode` makes latents of "
        "points of the data",
        far.count, far.rows, far.rows == 1 ? "" : "s", far.count == 1 ? "is" : "are", far.first));
  if (options.starts_on_path) out.notes.push_back(latents_on_path(options));
  return out;
}

// One block for all points that are in memory.
int all_rows(int) { return std::numeric_limits<int>::max(); }

}  // namespace

Moved encode_points(const Config& config, const SolverRequest& request, const NdArray& points) {
  NdArray moved;
  Moved out = encode_rows(
      config, request, points, all_rows, [&](std::size_t) -> const NdArray& { return points; },
      [&](NdArray block) { moved = std::move(block); });
  out.points = std::move(moved);
  return out;
}

Moved encode_in_blocks(const Config& config, const SolverRequest& request, const NdArray& table,
                       const NextPoints& next, const TakeRows& take) {
  return encode_rows(config, request, table, block_rows, next, take);
}

Moved decode_latents(const Config& config, const SolverRequest& request, const NdArray& latents) {
  NdArray moved;
  Moved out = decode_rows(
      config, request, latents, all_rows, [&](std::size_t) -> const NdArray& { return latents; },
      [&](NdArray block) { moved = std::move(block); });
  out.points = std::move(moved);
  return out;
}

Moved decode_in_blocks(const Config& config, const SolverRequest& request, const NdArray& table,
                       const NextPoints& next, const TakeRows& take) {
  return decode_rows(config, request, table, block_rows, next, take);
}

Moved interpolate_points(const Config& config, const SolverRequest& request, const NdArray& a,
                         const NdArray& b, int count, bool linear) {
  const RunFlow flow = load_run_flow(config, request);
  flow.check_flat(
      "interpolate",
      "latents are mixed along lines and great circles of flat space; encode the points, "
      "mix them on the manifold, and decode them");
  const CodedPoints start = flow.encode(a, "interpolate", RunFlow::noise_of(0)),
                    goal = flow.encode(b, "interpolate", RunFlow::noise_of(0));
  const Tensor &from = start.x, &to = goal.x;
  if (from.rows() != to.rows()) {
    throw Failure(Exit::usage,
                  fmt::format("[interpolate] there are {} start points, but {} end points; "
                              "give the same number of each",
                              from.rows(), to.rows()));
  }
  const SamplerOptions options = latent_options(flow, config, request, Directions::both),
                       back = reversed(options);
  if (options.method == SamplingMethod::bridge_sde)
    throw Failure(
        Exit::usage,
        "[interpolate] bridge_sde is random, so a point does not come back from its latent; "
        "give --solver dopri5 or another ODE solver");
  Workers workers(request.threads);
  Sampler encode(flow.sampled(back), flow.dim(), back, workers),
      decode(flow.sampled(options), flow.dim(), options, workers);
  Moved out;
  add_notes(start.far.notes(), out.notes);
  add_notes(goal.far.notes(), out.notes);
  const bool normal = config.string("/source/type") == "gaussian" && !options.starts_on_path;
  if (!normal && !linear)
    out.notes.push_back(fmt::format(
        "latents are mixed along a line: {}, and the great circle keeps the norm of Gaussian "
        "latents only",
        options.starts_on_path ? fmt::format("the flow begins at t = {:.6g}", options.begin)
                               : "the source is " + config.string("/source/type")));
  const LatentBlend how = linear || !normal ? LatentBlend::linear : LatentBlend::spherical;
  const Tensor way = interpolate(encode, decode, from, to, count, how);
  out.points = flow.to_data_points(way);
  for (const std::string& note : failure_notes(failures_of(way), from, "way to the other end"))
    out.notes.push_back(note);
  return out;
}

}  // namespace pushforward::app::inline PF_REAL
