// Declares the checks in the table of theory.cpp. Each maps `wrong` to a residual, as
// Equation::residual does. Comments in the sources explain them.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward::equations {

// flow.cpp: flows and their densities.
double flow_map(double wrong);
double conserved_mass(double wrong);
double change_of_variables(double wrong);
double continuity(double wrong);
double density_along_flow(double wrong);
double density_gradient(double wrong);

// losses.cpp: the regression losses.
double fm_loss(double wrong);
double marginal_velocity(double wrong);
double two_forms_of_cfm(double wrong);
double cfm_constant(double wrong);
double cfm_gradient(double wrong);

// paths.cpp: conditional paths.
double conditional_map(double wrong);
double affine_velocity(double wrong);
double ve_path(double wrong);
double vp_path(double wrong);
double straight_path(double wrong);
double cfm_on_straight_path(double wrong);

// predictions.cpp: predictions other than the velocity, and what follows from them.
double noise_prediction(double wrong);
double data_prediction(double wrong);
double all_predictions(double wrong);
double edm_prediction(double wrong);
double schedule_change(double wrong);
double sde_marginals(double wrong);
double guidance(double wrong);

// couplings.cpp: couplings, and noise on the path.
double displacement(double wrong);
double path_energy(double wrong);
double entropic_plan(double wrong);
double interpolant(double wrong);
double bridge(double wrong);

// discrete_chains.cpp: chains of tokens in continuous time.
double markov_chain(double wrong);
double kolmogorov(double wrong);
double token_chain(double wrong);
double corrector(double wrong);

// discrete_paths.cpp: mixture paths, their rates and steps.
double mixture_path(double wrong);
double conditional_rate(double wrong);
double marginal_rate(double wrong);
double exact_kernel(double wrong);

// discrete_losses.cpp: posteriors, losses and the likelihood bound of tokens.
double mask_posterior(double wrong);
double uniform_posterior(double wrong);
double generalised_kl(double wrong);
double elbo(double wrong);
double same_minimiser(double wrong);
double token_guidance(double wrong);

}  // namespace pushforward::equations
