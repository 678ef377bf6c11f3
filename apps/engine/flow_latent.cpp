#include "apps/engine/flow_latent.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/engine/run_flow.h"
#include "apps/failure.h"
#include "apps/formats/arrays.h"
#include "apps/run/data_traits.h"
#include "flow/solve/interpolate.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Returns the options to solve a run's flow from noise to data or back. An SDE cannot be reversed.
SamplerOptions two_way(const RunFlow& flow, const Config& config, const SolverRequest& request) {
  SamplerOptions options = flow.options(config, request);
  if (options.method != SamplingMethod::ode) {
    throw Failure(
        Exit::usage,
        fmt::format("[latent] {} cannot be reversed; give --solver dopri5 or another ODE solver",
                    name_of(options.method)));
  }
  flow.check_label(config, request);
  // A last step to E[x1 | x] cannot be reversed, and given points have no sample
  // number to draw a label from.
  options.denoise_last = false;
  if (!request.label) options.label_of = {};
  return options;
}

SamplerOptions reversed(SamplerOptions options) {
  std::swap(options.begin, options.end);
  std::reverse(options.grid.begin(), options.grid.end());
  return options;
}

// Points x0 in the numbers of the flow to the units of the source's data, with the names of the
// columns they come from, and back.
NdArray from_latents(const RunFlow& flow, const Tensor& x) {
  const Units units = make_units(*flow.source);
  NdArray latents = as_array({std::size_t(x.rows()), std::size_t(x.cols())}, x.values());
  units.to_data(latents.values);
  if (units.need_double()) latents.dtype = "<f8";
  latents.names = flow.units.names;
  return latents;
}

Tensor to_latents(const RunFlow& flow, const NdArray& latents) {
  std::vector<double> x = latents.values;
  make_units(*flow.source).from_data(x);
  return Tensor({static_cast<int>(latents.shape[0]), flow.dim()},
                std::vector<real>(x.begin(), x.end()));
}

void rescale(Tensor& x, double factor) {
  for (real& v : x.values()) v *= static_cast<real>(factor);
}

}  // namespace

NdArray encode_points(const Config& config, const SolverRequest& request, const NdArray& points) {
  const RunFlow flow = load_run_flow(config, request);
  Tensor x = flow.from_data(points, "encode");
  const SamplerOptions options = two_way(flow, config, request);
  Workers workers(request.threads);
  Sampler(flow.field, flow.dim(), reversed(options), workers).transport(x.rows(), x.data());
  rescale(x, 1 / options.source_scale);
  return from_latents(flow, x);
}

NdArray decode_latents(const Config& config, const SolverRequest& request, const NdArray& given) {
  const RunFlow flow = load_run_flow(config, request);
  const NdArray latents = match_columns(given, flow.units.names, "decode", "the run's data");
  if (latents.shape.size() != 2 || latents.shape[1] != flow.units.dim()) {
    throw Failure(
        Exit::file,
        fmt::format("[decode] {}the latents have shape {}, but the run has {} dimensions; "
                    "give a table (N, {})",
                    file_prefix(latents), shape_text(latents.shape), flow.dim(), flow.dim()));
  }
  check_finite(latents, "decode");
  Tensor x = to_latents(flow, latents);
  const SamplerOptions options = two_way(flow, config, request);
  rescale(x, options.source_scale);
  Workers workers(request.threads);
  Sampler(flow.field, flow.dim(), options, workers).transport(x.rows(), x.data());
  return flow.to_data_points(x);
}

NdArray interpolate_points(const Config& config, const SolverRequest& request, const NdArray& a,
                           const NdArray& b, int count, bool linear) {
  const RunFlow flow = load_run_flow(config, request);
  const Tensor from = flow.from_data(a, "interpolate"), to = flow.from_data(b, "interpolate");
  if (from.rows() != to.rows()) {
    throw Failure(Exit::usage,
                  fmt::format("[interpolate] there are {} start points, but {} end points; "
                              "give the same number of each",
                              from.rows(), to.rows()));
  }
  const SamplerOptions options = two_way(flow, config, request);
  Workers workers(request.threads);
  Sampler encode(flow.field, flow.dim(), reversed(options), workers),
      decode(flow.field, flow.dim(), options, workers);
  const LatentBlend how = linear ? LatentBlend::linear : LatentBlend::spherical;
  return flow.to_data_points(interpolate(encode, decode, from, to, count, how));
}

}  // namespace pushforward::app::inline PF_REAL
