// The methods that move points from noise to data, and their names.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward {

enum class SamplingMethod {
  ode,              // ODE, by SamplerOptions::solver: any Runge-Kutta table (integrate.h)
  euler_maruyama,   // SDE with the noise of SamplerOptions::diffusion (sde.h)
  stochastic_heun,  // the same SDE by Heun's method (sde.h)
  dpm_solver,       // DPM-Solver++(2M) (dpm_solver.h)
  edm_heun,         // Heun's method in the noise level (edm_heun.h)
  jumps,            // jumps of a flow map, with the model jumps_along (flow/maps/flow_map.h)
  bridge_sde        // the SDE of a bridge, with the model bridge_drift (bridge_sde.h)
};
inline constexpr SamplingMethod kMethods[] = {
    SamplingMethod::ode,        SamplingMethod::euler_maruyama, SamplingMethod::stochastic_heun,
    SamplingMethod::dpm_solver, SamplingMethod::edm_heun,       SamplingMethod::jumps,
    SamplingMethod::bridge_sde};

constexpr const char* name_of(SamplingMethod method) {
  switch (method) {
    case SamplingMethod::ode: return "ode";
    case SamplingMethod::euler_maruyama: return "euler_maruyama";
    case SamplingMethod::stochastic_heun: return "stochastic_heun";
    case SamplingMethod::dpm_solver: return "dpm_solver";
    case SamplingMethod::edm_heun: return "edm_heun";
    case SamplingMethod::jumps: return "jumps";
    case SamplingMethod::bridge_sde: return "bridge_sde";
  }
  return "";
}

}  // namespace pushforward
