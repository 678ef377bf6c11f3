// The rows of /model and /model/time. To add a network, add its row here.
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

// What both networks share.
std::vector<ConfigField> network_fields(std::vector<ConfigField> own, bool layer_norm) {
  own.push_back(choice("activation", "silu",
                       {"silu", "gelu", "relu", "tanh", "softplus", "sigmoid", "selu"},
                       "the function between linear layers"));
  own.push_back(time_field());
  own.push_back(label_field());
  own.push_back(
      choice("condition", "concat", {"concat", "film"},
             "where time and label enter: beside x, or as scale and shift of every hidden layer"));
  own.push_back(dropout_field());
  if (layer_norm) own.push_back(boolean("layer_norm", false, "LayerNorm before each activation"));
  own.push_back(init_field());
  own.push_back(
      boolean("zero_last", false, "the last layer begins at 0, and so does the velocity"));
  return own;
}

}  // namespace

ConfigField time_field() { return section("time", "time_features", "how the time becomes inputs"); }

ConfigField label_field() {
  return section("label", "label_features", "whether and how a row's class becomes inputs");
}

ConfigField dropout_field() {
  return number("dropout", 0, from_below(0, 1),
                "probability of dropping an element after each activation");
}

ConfigField init_field() {
  return choice("init", "pytorch",
                {"pytorch", "kaiming_uniform", "kaiming_normal", "xavier_uniform", "xavier_normal",
                 "orthogonal", "zeros"},
                "first values of the linear layers");
}

SectionTable model_section() {
  return {
      "model",
      "The network: (x, t) to velocity; of tokens, to the logits of each position's token.", "mlp",
      joined(
          for_continuous(std::vector<Alternative>{
              row("mlp", "linear layers with activations in between",
                  network_fields({{.key = "hidden",
                                   .kind = FieldKind::integers,
                                   .fallback = {128, 128, 128},
                                   .doc = "width of each hidden layer",
                                   .range = from_to(1, 65536),
                                   .fewest = 1}},
                                 true)),
              row("res_mlp", "residual blocks of two linear layers with LayerNorm before",
                  network_fields({integer("width", 128, from_to(1, 65536), "width of every block"),
                                  integer("blocks", 3, from_to(1, 1000), "number of blocks")},
                                 false))}),
          token_models()),
      "transformer"};
}

SectionTable time_features_section() {
  const ConfigField dim =
      integer("dim", 32, from_to(2, 65536), "number of features, half cosines and half sines", 2);
  const ConfigField scale =
      number("scale", 1, above(0), "standard deviation of the frequencies, in turns over [0, 1]");
  return {"time_features",
          "How the time becomes inputs of the network.",
          "fourier",
          {row("raw", "t itself"),
           row("sinusoidal", "cosines and sines of geometrically spaced frequencies",
               {dim, number("max_period", 10000, above_to(1, 1e9),
                            "the longest period, in thousandths of [0, 1]")}),
           row("fourier", "cosines and sines of random frequencies, drawn once", {dim, scale}),
           row("learned_fourier", "the same with frequencies that are trained", {dim, scale})}};
}

SectionTable label_features_section() {
  return {"label_features",
          "Whether and how the class of a row becomes inputs of the network.",
          "none",
          {row("none", "the network does not see it"),
           row("embedding", "a learned row for each class, and one for none",
               {integer("dim", 32, from_to(1, 65536), "width of these rows")})}};
}

}  // namespace pushforward::app
