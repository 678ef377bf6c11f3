// The rows of the table of config fields for losses and samplers of tokens.
#include "apps/config/made.h"

namespace pushforward::app {
namespace {

// --- Conditions of the rules about how tokens are unmasked ---------------------------------------

bool kernel(const Json& sampler) { return sampler.at("type") == "ctmc_kernel"; }
bool remasking(const Json& sampler) { return sampler.at("remasking").at("type") != "none"; }
bool ordered(const Json& sampler) { return sampler.at("order") != "random"; }
bool correcting(const Json& sampler) { return sampler.at("corrector").at("type") != "none"; }

Rules unmasking_rules() {
  return {
      rule({"type", "remasking"}, "/remasking", "it is of the exact kernel, and `type` is another",
           "set it to {\"type\": \"none\"}, or choose ctmc_kernel",
           when(remasking, negated(kernel))),
      rule({"type", "order"}, "/order", "it is of the exact kernel, and `type` is another",
           "set it to \"random\", or choose ctmc_kernel", when(ordered, negated(kernel))),
      rule({"remasking", "corrector"}, "/remasking", "it and `corrector` both mask tokens again",
           "set one of them to {\"type\": \"none\"}", when(remasking, correcting)),
      rule({"order", "corrector", "remasking"}, "/order",
           "tokens that `corrector` or `remasking` masks again would be unmasked at once",
           "set it to \"random\", or both of them to {\"type\": \"none\"}",
           [](const Json& sampler) {
             return ordered(sampler) && (correcting(sampler) || remasking(sampler));
           }),
      rule({"top_k", "temperature"}, "/top_k",
           "it has no effect, since a temperature of 0 always takes the likeliest token",
           "set `temperature` above 0, or `top_k` to 0",
           when(is_not("/top_k", 0), is("/temperature", 0.0)))};
}

Makers<CtmcMethod>::Row sampler(CtmcMethod method, const char* type, const char* doc) {
  return {row(type, doc,
              joined(fields_of(token_sampler_members()), time_range_fields(), steering_fields()),
              joined({time_range_rule()}, listed_times_without_effect(), choice_without_effect(),
                     unmasking_rules())),
          [method](const Section&) { return method; }};
}

}  // namespace

std::vector<Alternative> token_losses() {
  return for_tokens(std::vector<Alternative>{
      row("cross_entropy", "-ln p(x1 | xt) of the true tokens, all times weighted equally",
          {time_distribution_field(), label_dropout_field()}),
      row("generalised_kl", "the bound on -ln p(x1); times are weighted by kappa' / (1 - kappa)",
          {time_distribution_field(), label_dropout_field()})});
}

const Members<TokenSamplerOptions>& token_sampler_members() {
  using O = TokenSamplerOptions;
  using Order = UnmaskingOrder;
  static const Members<O> members{
      steps_field(O().steps),
      grid_field(),
      section("corrector", "corrector", "whether and how tokens are resampled while sampling"),
      field("temperature", &O::temperature, from_to(0, 1000),
            "the logits are divided by it; 0: always take the likeliest token"),
      field("top_p", &O::top_p, above_to(0, 1),
            "draw only from the likeliest tokens whose probabilities add up to this"),
      field("top_k", &O::top_k, from_to(0, 65535),
            "draw only from this number of likeliest tokens, before top_p; 0: from all"),
      section("remasking", "remasking",
              "whether and how unmasked tokens are masked again while sampling"),
      field("order", &O::order, {Order::random, Order::confidence, Order::entropy, Order::margin},
            "which masked tokens a step unmasks: any, or those whose posterior has the greatest "
            "probability, the least entropy or the greatest margin between its two likeliest "
            "tokens")};
  return members;
}

const Makers<CtmcMethod>& token_samplers() {
  static const Makers<CtmcMethod> rows{
      sampler(CtmcMethod::kernel, "ctmc_kernel",
              "tokens jump with the exact transition probability of the path over each step"),
      sampler(CtmcMethod::euler, "ctmc_euler",
              "the rates at the start of a step are used for the whole step, order 1"),
      sampler(CtmcMethod::adaptive, "ctmc_adaptive",
              "like ctmc_euler, with steps so short that no probability exceeds 1")};
  return rows;
}

const Makers<Remasking>& remaskings() {
  using Kind = Remasking::Kind;
  const auto eta = [](double value, const char* doc) {
    return number("eta", value, above_to(0, 1), doc);
  };
  const auto by = [](Kind kind) {
    return [kind](const Section& v) { return Remasking{kind, v.number("eta")}; };
  };
  static const Makers<Remasking> rows{
      {row("none", "never"), [](const Section&) { return Remasking{}; }},
      {row("cap", "sigma = min(eta, sigma_max)", {eta(0.02, "the limit of sigma")}), by(Kind::cap)},
      {row("rescale", "sigma = eta sigma_max", {eta(0.05, "the share of sigma_max")}),
       by(Kind::rescale)},
      {row("confidence",
           "sigma = eta sigma_max times softmax(-psi) over the unmasked tokens, psi the "
           "probability a token was drawn with; does not keep the distribution",
           {eta(1, "the share of sigma_max")}),
       by(Kind::confidence)},
      {row("loop",
           "the time stops at `at` for `steps` additional steps with sigma = min(eta, "
           "sigma_max); no other step remasks",
           {eta(0.02, "the limit of sigma"),
            number("at", 0.9, {0, 1, true, true},
                   "the time of the loop, between `begin` and `end`"),
            integer("steps", 32, from_to(1, 1e6), "steps at that time, beside /sampler/steps")}),
       [](const Section& v) {
         return Remasking{Kind::loop, v.number("eta"), v.number("at"),
                          static_cast<int>(v.integer("steps"))};
       }}};
  return rows;
}

SectionTable remasking_section() {
  return {"remasking",
          "How unmasked tokens become masks again in a step from t to s (ReMDM, Wang et al. 2025): "
          "with probability sigma, at most sigma_max = min(1, (1 - kappa(s)) / kappa(t)). Masked "
          "tokens are unmasked more often to make up for it.",
          "none", remaskings().alternatives()};
}

const Makers<Corrector>& correctors() {
  using Kind = Corrector::Kind;
  const auto by = [](Kind kind, const char* doc, double scale) {
    return Makers<Corrector>::Row{
        row(name_of(kind).c_str(), doc,
            {number("scale", scale, from_to(0, 1000), "factor on eta(t)")}),
        [kind](const Section& v) {
          return Corrector{kind, v.number("scale")};
        }};
  };
  static const Makers<Corrector> rows{
      {row("none", "never"), [](const Section&) { return Corrector{}; }},
      by(Kind::constant, "eta = scale", 1),
      by(Kind::bump, "eta = 4 scale t (1 - t)", 4),
      by(Kind::balanced, "eta = scale kappa' / (kappa (1 - kappa))", 1),
      by(Kind::remask,
         "eta = scale kappa' / (1 - kappa): "
         "an unmasked token is masked again with the rate scale kappa' (Campbell et al. 2024)",
         1),
      by(Kind::exchange,
         "from uniform_tokens: tokens only jump to x1 and from it, from x1 to each other token with "
         "the rate eta = scale (Campbell et al. 2024)",
         0.1)};
  return rows;
}

SectionTable corrector_section() {
  return {"corrector",
          "eta(t), the rate at which tokens are resampled from p(xt | x1). "
          "Any choice has the same marginals.",
          "none", correctors().alternatives()};
}

}  // namespace pushforward::app
