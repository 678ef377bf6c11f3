#include "apps/engine/flow_latent.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/engine/run_flow.h"
#include "apps/failure.h"
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
  return as_array(points.shape, x.values());
}

NdArray decode_latents(const Config& config, const SolverRequest& request, const NdArray& latents) {
  const RunFlow flow = load_run_flow(config, request);
  if (latents.shape.size() != 2 || latents.shape[1] != flow.units.dim()) {
    throw Failure(
        Exit::file,
        fmt::format("[decode] {}the latents have shape {}, but the run has {} dimensions; "
                    "give a table (N, {})",
                    file_prefix(latents), shape_text(latents.shape), flow.dim(), flow.dim()));
  }
  check_finite(latents, "decode");
  Tensor x({static_cast<int>(latents.shape[0]), flow.dim()},
           std::vector<real>(latents.values.begin(), latents.values.end()));
  const SamplerOptions options = two_way(flow, config, request);
  rescale(x, options.source_scale);
  Workers workers(request.threads);
  Sampler(flow.field, flow.dim(), options, workers).transport(x.rows(), x.data());
  return flow.to_data(x);
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
  return flow.to_data(interpolate(encode, decode, from, to, count, how));
}

}  // namespace pushforward::app::inline PF_REAL
