// The methods that move points from noise to data, by name.
#pragma once

namespace pushforward {

enum class Method {
  ode,              // ODE, by SamplerOptions::solver: any Runge-Kutta table (integrate.h)
  euler_maruyama,   // SDE with the noise of SamplerOptions::diffusion (sde.h)
  stochastic_heun,  // the same SDE by Heun's method (sde.h)
  dpm_solver,       // DPM-Solver++(2M) (dpm_solver.h)
  edm_heun          // Heun's method in the noise level (edm_heun.h)
};
inline constexpr Method kMethods[] = {Method::ode, Method::euler_maruyama, Method::stochastic_heun,
                                      Method::dpm_solver, Method::edm_heun};

constexpr const char* name_of(Method method) {
  switch (method) {
    case Method::ode: return "ode";
    case Method::euler_maruyama: return "euler_maruyama";
    case Method::stochastic_heun: return "stochastic_heun";
    case Method::dpm_solver: return "dpm_solver";
    case Method::edm_heun: return "edm_heun";
  }
  return "";
}

}  // namespace pushforward
