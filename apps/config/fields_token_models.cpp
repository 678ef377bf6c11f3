// The rows of the table of config fields for networks, losses and samplers of tokens.
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

bool heads_uneven(const Json& transformer) {
  return transformer.at("width").get<int>() % transformer.at("heads").get<int>() != 0;
}
bool turns_half_a_pair(const Json& transformer) {
  return transformer.at("positions") == "rotary" && !heads_uneven(transformer) &&
         transformer.at("width").get<int>() / transformer.at("heads").get<int>() % 2 != 0;
}

ConfigField activation_field() {
  return choice("activation", "silu",
                {"silu", "gelu", "relu", "tanh", "softplus", "sigmoid", "selu"},
                "the function between linear layers");
}

// --- Conditions of the rules about how tokens are unmasked ---------------------------------------

bool kernel(const Json& sampler) { return sampler.at("type") == "ctmc_kernel"; }
bool remasking(const Json& sampler) { return sampler.at("remasking").at("type") != "none"; }
bool ordered(const Json& sampler) { return sampler.at("order") != "random"; }
bool correcting(const Json& sampler) { return sampler.at("corrector").at("type") != "none"; }

bool remasks_by_rates(const Json& sampler) { return remasking(sampler) && !kernel(sampler); }
bool orders_by_rates(const Json& sampler) { return ordered(sampler) && !kernel(sampler); }
bool remasks_twice(const Json& sampler) { return remasking(sampler) && correcting(sampler); }
bool orders_corrected(const Json& sampler) {
  return ordered(sampler) && (correcting(sampler) || remasking(sampler));
}
bool cuts_the_likeliest(const Json& sampler) {
  return sampler.at("top_k") != 0 && sampler.at("temperature") == 0.0;
}
Rules unmasking_rules() {
  return {
      rule({"type", "remasking"}, "/remasking", "it is of the exact kernel, and `type` is another",
           "set it to {\"type\": \"none\"}, or choose ctmc_kernel", remasks_by_rates),
      rule({"type", "order"}, "/order", "it is of the exact kernel, and `type` is another",
           "set it to \"random\", or choose ctmc_kernel", orders_by_rates),
      rule({"remasking", "corrector"}, "/remasking", "it and `corrector` both mask tokens again",
           "set one of them to {\"type\": \"none\"}", remasks_twice),
      rule({"order", "corrector", "remasking"}, "/order",
           "tokens that `corrector` or `remasking` masks again would be unmasked at once",
           "set it to \"random\", or both of them to {\"type\": \"none\"}", orders_corrected),
      rule({"top_k", "temperature"}, "/top_k",
           "it has no effect, since a temperature of 0 always takes the likeliest token",
           "set `temperature` above 0, or `top_k` to 0", cuts_the_likeliest)};
}

Alternative sampler(const char* type, const char* doc) {
  std::vector<ConfigField> fields{
      steps_field(64),
      grid_field(),
      section("corrector", "corrector", "whether and how tokens are resampled while sampling"),
      number("temperature", 1, from_to(0, 1000),
             "the logits are divided by it; 0: always take the likeliest token"),
      number("top_p", 1, above_to(0, 1),
             "draw only from the likeliest tokens whose probabilities add up to this"),
      integer("top_k", 0, from_to(0, 65535),
              "draw only from this number of likeliest tokens, before top_p; 0: from all"),
      section("remasking", "remasking",
              "whether and how unmasked tokens are masked again while sampling"),
      choice("order", "random", {"random", "confidence", "entropy", "margin"},
             "which masked tokens a step unmasks: any, or those whose posterior has the greatest "
             "probability, the least entropy or the greatest margin between its two likeliest "
             "tokens")};
  return row(type, doc, joined(joined(std::move(fields), time_range_fields()), steering_fields()),
             joined(joined(joined({time_range_rule()}, listed_times_without_effect()),
                           choice_without_effect()),
                    unmasking_rules()));
}

}  // namespace

std::vector<Alternative> token_models() {
  return for_tokens(std::vector<Alternative>{
      row("token_mlp",
          "linear layers on the concatenated embeddings of all tokens; for short sequences",
          {integer("embed", 32, from_to(1, 65536), "length of a token's embedding"),
           {.key = "hidden",
            .kind = FieldKind::integers,
            .fallback = {256, 256},
            .doc = "width of each hidden layer",
            .range = from_to(1, 65536),
            .fewest = 1},
           activation_field(),
           time_field(),
           label_field(),
           dropout_field(),
           init_field()}),
      row("transformer",
          "attention between positions; time and label enter by adaLN-zero (Peebles, Xie 2023)",
          {integer("width", 64, from_to(1, 65536), "length of a token's embedding"),
           integer("heads", 4, from_to(1, 1024), "number of attention heads"),
           integer("blocks", 2, from_to(1, 1000), "number of blocks"),
           integer("mlp_ratio", 4, from_to(1, 64),
                   "width of a block's hidden layer, as a multiple of `width`"),
           choice("positions", "learned", {"learned", "rotary"},
                  "encoding of positions: a learned vector, or a rotation of queries and keys"),
           activation_field(), time_field(), label_field(), dropout_field(), init_field()},
          {rule({"width", "heads"}, "/heads", "it does not divide `width`",
                "make `width` a multiple of `heads`", heads_uneven),
           rule({"width", "heads", "positions"}, "/positions",
                "width / heads is odd, and rotary positions rotate pairs of numbers",
                "make width / heads even, or set `positions` to \"learned\"",
                turns_half_a_pair)})});
}

std::vector<Alternative> token_losses() {
  return for_tokens(std::vector<Alternative>{
      row("cross_entropy", "-ln p(x1 | xt) of the true tokens, all times weighted equally",
          {time_distribution_field(), label_dropout_field()}),
      row("generalised_kl", "the bound on -ln p(x1); times are weighted by kappa' / (1 - kappa)",
          {time_distribution_field(), label_dropout_field()})});
}

std::vector<Alternative> token_samplers() {
  return for_tokens(std::vector<Alternative>{
      sampler("ctmc_kernel",
              "tokens jump with the exact transition probability of the path over each step"),
      sampler("ctmc_euler",
              "the rates at the start of a step are used for the whole step, order 1"),
      sampler("ctmc_adaptive",
              "like ctmc_euler, with steps so short that no probability exceeds 1")});
}

SectionTable remasking_section() {
  const auto eta = [](double value, const char* doc) {
    return number("eta", value, above_to(0, 1), doc);
  };
  return {
      "remasking",
      "How unmasked tokens become masks again in a step from t to s (ReMDM, Wang et al. 2025): "
      "with probability sigma, at most sigma_max = min(1, (1 - kappa(s)) / kappa(t)). Masked "
      "tokens are unmasked more often to make up for it.",
      "none",
      {row("none", "never"),
       row("cap", "sigma = min(eta, sigma_max)", {eta(0.02, "the limit of sigma")}),
       row("rescale", "sigma = eta sigma_max", {eta(0.05, "the share of sigma_max")}),
       row("confidence",
           "sigma = eta sigma_max times softmax(-psi) over the unmasked tokens, psi the "
           "probability a token was drawn with; does not keep the distribution",
           {eta(1, "the share of sigma_max")}),
       row("loop",
           "the time stops at `at` for `steps` additional steps with sigma = min(eta, "
           "sigma_max); no other step remasks",
           {eta(0.02, "the limit of sigma"),
            {.key = "at",
             .kind = FieldKind::number,
             .fallback = 0.9,
             .doc = "the time of the loop, between `begin` and `end`",
             .range = {0, 1, true, true}},
            integer("steps", 32, from_to(1, 1e6), "steps at that time, beside /sampler/steps")})}};
}

SectionTable corrector_section() {
  const auto scale = [](double value) {
    return std::vector<ConfigField>{number("scale", value, from_to(0, 1000), "factor on eta(t)")};
  };
  return {
      "corrector",
      "eta(t), the rate at which tokens are resampled from p(xt | x1). "
      "Any choice has the same marginals.",
      "none",
      {row("none", "never"), row("constant", "eta = scale", scale(1)),
       row("bump", "eta = 4 scale t (1 - t)", scale(4)),
       row("balanced", "eta = scale kappa' / (kappa (1 - kappa))", scale(1)),
       row("remask",
           "eta = scale kappa' / (1 - kappa): "
           "an unmasked token is masked again with the rate scale kappa' (Campbell et al. 2024)",
           scale(1)),
       row("exchange",
           "from uniform_tokens: tokens only jump to x1 and from it, from x1 to each other token with "
           "the rate eta = scale (Campbell et al. 2024)",
           scale(0.1))}};
}

}  // namespace pushforward::app
