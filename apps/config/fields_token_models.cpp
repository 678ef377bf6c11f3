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

Alternative sampler(const char* type, const char* doc) {
  std::vector<ConfigField> fields{
      steps_field(64), grid_field(),
      section("corrector", "corrector", "whether and how tokens are resampled while sampling"),
      number("temperature", 1, from_to(0, 1000),
             "the logits are divided by it; 0: always take the likeliest token"),
      number("top_p", 1, above_to(0, 1),
             "draw only from the likeliest tokens whose probabilities add up to this")};
  return row(
      type, doc, joined(joined(std::move(fields), time_range_fields()), steering_fields()),
      joined(joined({time_range_rule()}, listed_times_without_effect()), choice_without_effect()));
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
           scale(1))}};
}

}  // namespace pushforward::app
