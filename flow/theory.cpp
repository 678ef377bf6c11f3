#include "flow/theory.h"

#include "flow/theory_checks.h"

namespace pushforward {
namespace {

using namespace equations;

constexpr Equation kTheory[] = {
    {"flow_map", "d/dt phi_t(x) = u_t(phi_t(x)), phi_0(x) = x", 1e-8, flow_map},
    {"pushforward", "p_t = [phi_t]_# p_0", 1e-9, conserved_mass},
    {"change_of_variables", "p_t(x) = p_0(phi_t^-1(x)) |det grad phi_t^-1(x)|", 1e-8,
     change_of_variables},
    {"continuity", "dp_t/dt = -div(u_t p_t)", 1e-8, continuity},
    {"log_density", "d/dt ln p_t(phi_t(x)) = -div u_t(phi_t(x))", 1e-8, density_along_flow},
    {"log_density_gradient", "grad ln p_1 through the solve = score", 1e-7, density_gradient},
    {"fm_loss", "E_{x ~ p_t} f(x) = E_{x0, x1} f(psi_t(x0 | x1)), f = |u_theta - u_t|^2", 1e-10,
     fm_loss},
    {"conditional_map", "d/dt psi_t(x | x1) = u_t(psi_t(x | x1) | x1), psi_0(x | x1) = x", 1e-9,
     conditional_map},
    {"marginal_velocity", "u_t(x) = int u_t(x | x1) p_t(x | x1) q(x1) / p_t(x) dx1", 1e-10,
     marginal_velocity},
    {"cfm_loss",
     "E_{x ~ p_t(. | x1)} |u_theta - u_t(x | x1)|^2 = E_{x0} |u_theta(psi) - dpsi/dt|^2", 1e-10,
     two_forms_of_cfm},
    {"cfm_constant", "L_CFM - L_FM = E Var[dx_t | x_t]", 1e-10, cfm_constant},
    {"cfm_gradient", "grad_theta L_CFM = grad_theta L_FM", 1e-12, cfm_gradient},
    {"affine_velocity", "u_t(x | x1) = sigma'/sigma (x - mu) + mu'", 1e-9, affine_velocity},
    {"ve", "u_t(x | x1) = -sigma'_{1-t}/sigma_{1-t} (x - x1); u_t = (sigma^2)'_{1-t}/2 grad ln p_t",
     1e-8, ve_path},
    {"vp", "alpha_t = exp(-1/2 int_0^t beta); u_t = beta_{1-t}/2 (x + grad ln p_t)", 1e-11,
     vp_path},
    {"displacement", "p_t = [(1 - t) id + t T]_# p_0, T the transport of least cost", 1e-12,
     displacement},
    {"cond_ot", "psi_t = (1 - t) x + t x1; u_t(x | x1) = (x1 - x)/(1 - t)", 1e-12, straight_path},
    {"cfm_ot", "L_CFM-OT = E |u_theta(t, (1 - t) x0 + t x1) - (x1 - x0)|^2", 1e-12,
     cfm_on_straight_path},
    {"path_energy", "E|x1 - x0|^2 = int E|u_t|^2 + E Var[dx_t | x_t] dt; int E|u_t|^2 dt >= W2^2",
     1e-10, path_energy},
    {"noise_prediction", "E[x0 | x_t = x] = -sigma grad ln p_t(x)", 1e-9, noise_prediction},
    {"data_prediction", "E[x1 | x_t = x] = (x + sigma^2 grad ln p_t(x)) / alpha", 1e-8,
     data_prediction},
    {"predictions", "velocity, data, noise, score, edm: each from each by one 2x2 solve", 1e-11,
     all_predictions},
    {"edm", "D = c_skip x + c_out F(c_in x, c_noise); Var[target of F] = 1", 1e-12, edm_prediction},
    {"schedule_change", "u_new(x, r) = (s'/s) x + s dt/dr u_old(x/s, t)", 1e-10, schedule_change},
    {"sde", "dp_t/dt = -div((u_t + w grad ln p_t) p_t) + w lap p_t", 1e-7, sde_marginals},
    {"guidance", "(1 + w) u(x | y) - w u(x) has score grad ln(p(x | y)^(1+w) p(x)^-w)", 1e-9,
     guidance},
    {"entropic_plan", "P_ij = exp((f_i + g_j - c_ij) / reg), sum_j P_ij = sum_i P_ij = 1/n", 1e-11,
     entropic_plan},
    {"interpolant",
     "x_t = alpha x1 + sigma x0 + gamma z: dp/dt = -div(E[dx_t | x] p); score = "
     "-E[z | x]/gamma",
     1e-8, interpolant},
    {"bridge", "p_t(x | x0, x1) = N(x; (1 - t) x0 + t x1, s^2 t (1 - t)), a pinned Brownian motion",
     1e-12, bridge},
    {"markov_chain", "P(x_{t+h} = y | x_t = x) = [y = x] + h u_t(y | x) + o(h)", 1e-8,
     markov_chain},
    {"kolmogorov", "dp_t(y)/dt = sum_x p_t(x) u_t(y | x)", 1e-8, kolmogorov},
    {"mixture_path", "p_t(x | x0, x1) = prod_l kappa [x_l = x1_l] + (1 - kappa) [x_l = x0_l]",
     1e-12, mixture_path},
    {"conditional_rate", "u_t(y | x, x1) = kappa'/(1 - kappa) ([y = x1] - [y = x])", 1e-9,
     conditional_rate},
    {"marginal_rate", "u_t(y | x) = E[u_t(y | x, x1) | x_t = x]", 1e-12, marginal_rate},
    {"token_chain", "u_t(y | x) = kappa'/(1 - kappa) (p(x1 = y | x) - [y = x]) takes p_0 to p_t",
     1e-8, token_chain},
    {"exact_kernel", "(kappa_{t+h} - kappa_t)/(1 - kappa_t) = 1 - exp(-int kappa'/(1 - kappa))",
     1e-11, exact_kernel},
    {"mask_posterior", "p(x1_l = v | x_t) = p_1(v | the tokens that are settled), at any t", 1e-12,
     mask_posterior},
    {"uniform_posterior", "p(x1 | x_t) ~ p_1(x1) (1 + V kappa/(1 - kappa))^(tokens that agree)",
     1e-12, uniform_posterior},
    {"corrector", "sum_x p_t(x) eta (E p_t(y | x1) - [y = x]) = 0; balanced = forward + backward",
     1e-8, corrector},
    {"generalised_kl",
     "kappa'/(1 - kappa) (-p(x) + [x = x1] - [x != x1] ln p(x1)) = D(u_t(. | x, x1), u(. | x))",
     1e-12, generalised_kl},
    {"elbo", "int_0^1 E D dt >= -ln p_1(x1), equal from masks", 1e-9, elbo},
    {"same_minimiser", "grad E[-ln p(x1)] = grad E D = 0 where p is the posterior", 1e-11,
     same_minimiser},
    {"token_guidance", "p(v | c)^(1+w) p(v)^-w ~ p(v) p(c | v)^(1+w), given x_t", 1e-12,
     token_guidance},
};

}  // namespace

std::span<const Equation> theory() { return kTheory; }

}  // namespace pushforward
