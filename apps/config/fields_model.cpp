// The rows of the table of config fields for the section /model and its parts. To add a network,
// add its row here.
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

// Returns the config fields of one network for continuous data: its `own` fields and the fields
// that all such networks have.
std::vector<ConfigField> network_fields(std::vector<ConfigField> own, bool layer_norm) {
  own.push_back(choice("activation", "silu",
                       {"silu", "gelu", "relu", "tanh", "softplus", "sigmoid", "selu"},
                       "the function between linear layers"));
  ConfigField input = section("input", "input_features", "the features of x that the network gets");
  input.earlier = Json{{"type", "none"}};
  own.push_back(std::move(input));
  own.push_back(time_field());
  own.push_back(label_field());
  own.push_back(choice("condition", "concat", {"concat", "film"},
                       "how time and label enter: "
                       "concatenated to x, or as scale and shift of every hidden layer (FiLM)"));
  own.push_back(dropout_field());
  if (layer_norm) own.push_back(boolean("layer_norm", false, "LayerNorm before each activation"));
  own.push_back(init_field());
  own.push_back(
      boolean("zero_last", false, "start the last layer at 0, so that the first velocity is 0"));
  return own;
}

}  // namespace

ConfigField time_field() {
  return section("time", "time_features", "how time is encoded for the network");
}

ConfigField label_field() {
  return section("label", "label_features", "whether and how the class is given to the network");
}

ConfigField dropout_field() {
  return number(
      "dropout", 0, from_below(0, 1),
      "probability of dropping an element after each activation; in a transformer, of the "
      "outputs of attention and MLP");
}

ConfigField init_field() {
  return choice("init", "pytorch",
                {"pytorch", "kaiming_uniform", "kaiming_normal", "xavier_uniform", "xavier_normal",
                 "orthogonal", "zeros"},
                "initialisation of the linear layers");
}

SectionTable model_section() {
  return {
      "model",
      "The network. It maps (x, t) to a velocity, or for "
      "tokens to the logits of the token at each position.",
      "mlp",
      joined(
          for_continuous(std::vector<Alternative>{
              row("mlp", "linear layers with activations between them",
                  network_fields({{.key = "hidden",
                                   .kind = FieldKind::integers,
                                   .fallback = {128, 128, 128},
                                   .doc = "width of each hidden layer",
                                   .range = from_to(1, 65536),
                                   .fewest = 1}},
                                 true)),
              row("res_mlp", "residual blocks: LayerNorm, then two linear layers",
                  network_fields({integer("width", 128, from_to(1, 65536), "width of every block"),
                                  integer("blocks", 3, from_to(1, 1000), "number of blocks")},
                                 false))}),
          token_models()),
      "transformer"};
}

SectionTable input_features_section() {
  std::vector<ConfigField> fields{
      integer("dim", 128, from_to(2, 65536), "number of features: half are cosines, half are sines",
              2),
      number_or_auto("scale", above(0),
                     "size of the lowest frequencies, in periods per unit of x: the standard "
                     "deviation of random ones; auto: 0.2 sqrt(2 / D) periods per standard "
                     "deviation of the data, with D columns"),
      number("octaves", 4, from_to(0, 30),
             "the highest frequencies are 2^octaves times as large as the lowest"),
      number_or_auto("blur", at_least(0),
                     "the features are averaged over normal noise on x of standard deviation "
                     "blur (1 - t), so that fine ones appear only near t = 1; 0: not averaged; "
                     "auto: 2 times the source's standard deviation, 0 if the source is not "
                     "Gaussian or the prediction is edm")};
  for (ConfigField& field : fields) {
    if (field.key == "octaves" || field.key == "blur") field.earlier = 0;
  }
  return {"input_features",
          "The features of x that a continuous network gets.",
          "auto",
          {row("auto",
               "fourier with its defaults, or none if the prediction is data: the velocity is then "
               "a difference divided by 1 - t, which would enlarge the errors of fine features"),
           row("none", "x itself"),
           row("fourier",
               "x, and cosines and sines of x along random frequencies that stay fixed (Tancik et "
               "al. 2020)",
               fields),
           row("learned_fourier",
               "x, and cosines and sines of x along random frequencies that are trained", fields),
           row("positional",
               "x, and cosines and sines of each coordinate by itself; it suits data with edges "
               "along the axes (Mildenhall et al. 2020)",
               fields)}};
}

SectionTable time_features_section() {
  const ConfigField dim = integer("dim", 32, from_to(2, 65536),
                                  "number of features: half are cosines, half are sines", 2);
  const ConfigField scale = number(
      "scale", 1, above(0), "standard deviation of the frequencies, in periods per unit of time");
  return {"time_features",
          "How time is encoded for the network.",
          "fourier",
          {row("raw", "t itself"),
           row("sinusoidal", "cosines and sines of geometrically spaced frequencies",
               {dim, number("max_period", 10000, above_to(1, 1e9),
                            "the longest period, in thousandths of [0, 1]")}),
           row("fourier", "cosines and sines of random frequencies that stay fixed", {dim, scale}),
           row("learned_fourier", "cosines and sines of random frequencies that are trained",
               {dim, scale})}};
}

SectionTable label_features_section() {
  return {"label_features",
          "Whether and how the class of a row is given to the network.",
          "none",
          {row("none", "the network gets no label"),
           row("embedding", "a learned vector for each class, and one for \"no class\"",
               {integer("dim", 32, from_to(1, 65536), "length of these vectors")})}};
}

}  // namespace pushforward::app
