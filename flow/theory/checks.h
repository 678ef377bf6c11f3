// Declares the checks of equations that the table in theory.cpp lists. Each function returns the
// residual of its equation, with the library's value multiplied by 1 + wrong, as Equation::residual
// describes. Comments in the sources explain the checks.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward::equations {

// Checks of flows and their densities, in flow.cpp.
double flow_map(double wrong);
double conserved_mass(double wrong);
double change_of_variables(double wrong);
double continuity(double wrong);
double density_along_flow(double wrong);
double density_gradient(double wrong);

// Checks of the regression losses, in losses.cpp.
double fm_loss(double wrong);
double marginal_velocity(double wrong);
double two_forms_of_cfm(double wrong);
double cfm_constant(double wrong);
double cfm_gradient(double wrong);

// Checks of conditional probability paths, in paths.cpp.
double conditional_map(double wrong);
double affine_velocity(double wrong);
double ve_path(double wrong);
double vp_path(double wrong);
double straight_path(double wrong);
double cfm_on_straight_path(double wrong);

// Checks of predictions other than the velocity, and what follows from them, in predictions.cpp.
double noise_prediction(double wrong);
double data_prediction(double wrong);
double all_predictions(double wrong);
double edm_prediction(double wrong);
double schedule_change(double wrong);
double sde_marginals(double wrong);
double guidance(double wrong);

// Checks of couplings, and of noise on the path, in couplings.cpp.
double displacement(double wrong);
double path_energy(double wrong);
double entropic_plan(double wrong);
double interpolant(double wrong);
double bridge(double wrong);

// Checks of flow maps, in maps.cpp.
double lagrangian_map(double wrong);
double eulerian_map(double wrong);
double semigroup_map(double wrong);
double terminal_map(double wrong);
double one_step(double wrong);

// Checks of flows on manifolds, in manifolds.cpp.
double geodesic(double wrong);
double manifold_density(double wrong);
double manifold_map(double wrong);

// Checks of bridges with two heads, and of transport that leaves mass out, in bridges.cpp.
double bridge_heads(double wrong);
double bridge_sde(double wrong);
double partial_transport(double wrong);
double unbalanced_transport(double wrong);

// Checks of chains of tokens in continuous time, in discrete_chains.cpp.
double markov_chain(double wrong);
double kolmogorov(double wrong);
double token_chain(double wrong);
double corrector(double wrong);
double exchange(double wrong);

// Checks of mixture paths, their rates and steps, in discrete_paths.cpp.
double mixture_path(double wrong);
double conditional_rate(double wrong);
double marginal_rate(double wrong);
double exact_kernel(double wrong);

// Checks of posteriors, losses and the likelihood bound of tokens, in discrete_losses.cpp.
double mask_posterior(double wrong);
double uniform_posterior(double wrong);
double generalised_kl(double wrong);
double elbo(double wrong);
double same_minimiser(double wrong);
double token_guidance(double wrong);

// Checks of remasking and of three-part paths, in three_parts.cpp.
double remasking(double wrong);
double three_part_path(double wrong);
double three_part_rate(double wrong);
double three_part_step(double wrong);
double three_part_elbo(double wrong);

// Checks of metric-induced paths, in metric_paths.cpp.
double metric_path(double wrong);
double metric_rate(double wrong);
double metric_step(double wrong);
double metric_elbo(double wrong);

}  // namespace pushforward::equations
