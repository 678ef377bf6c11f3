// The rows of the table of config fields for the section /model and its parts. To add a network,
// add its row here.
#include "apps/config/made.h"

namespace pushforward::app {
namespace {

// --- Keys that networks of points and of tokens share --------------------------------------------

template <class Options>
Member<Options> activation_field() {
  return field("activation", &Options::activation, activations(),
               "the function between linear layers");
}
template <class Options>
Member<Options> dropout_field() {
  return field("dropout", &Options::dropout, from_below(0, 1),
               "probability of dropping an element after each activation; in a transformer, of the "
               "outputs of attention and MLP");
}
template <class Options>
Member<Options> init_field() {
  return field("init", &Options::init, init_schemes(), "initialisation of the linear layers");
}
ConfigField time_field() {
  return section("time", "time_features", "how time is encoded for the network");
}
ConfigField label_field() {
  return section("label", "label_features", "whether and how the class is given to the network");
}

// Returns the keys of one network for continuous data: its `own`, and those that all such networks
// have.
Members<VelocityOptions> network_fields(Members<VelocityOptions> own, bool layer_norm) {
  using O = VelocityOptions;
  ConfigField input = section("input", "input_features", "the features of x that the network gets");
  input.earlier = Json{{"type", "none"}};
  own = joined(std::move(own),
               {activation_field<O>(), std::move(input), time_field(), label_field(),
                field("condition", &O::condition, conditions(),
                      "how time and label enter: "
                      "concatenated to x, or as scale and shift of every hidden layer (FiLM)"),
                dropout_field<O>()});
  if (layer_norm)
    own.push_back(field("layer_norm", &O::layer_norm, "LayerNorm before each activation"));
  return joined(
      std::move(own),
      {init_field<O>(), field("zero_last", &O::zero_last,
                              "start the last layer at 0, so that the first velocity is 0")});
}

// Return the keys of a residual network, whose hidden widths are equal.
Member<VelocityOptions> width_field() {
  return {
      integer("width", VelocityOptions().hidden.front(), from_to(1, 65536), "width of every block"),
      [](const Json& width, VelocityOptions& options) {
        options.hidden.assign(options.hidden.size(), width.get<int>());
      }};
}
Member<VelocityOptions> blocks_field() {
  return {integer("blocks", static_cast<int>(VelocityOptions().hidden.size()), from_to(1, 1000),
                  "number of blocks"),
          [](const Json& blocks, VelocityOptions& options) {
            options.hidden.resize(blocks.get<std::size_t>(), options.hidden.front());
          }};
}

// --- Conditions of the rules about transformers --------------------------------------------------

bool heads_uneven(const Json& transformer) {
  return transformer.at("width").get<int>() % transformer.at("heads").get<int>() != 0;
}
bool turns_half_a_pair(const Json& transformer) {
  return transformer.at("positions") == "rotary" && !heads_uneven(transformer) &&
         transformer.at("width").get<int>() / transformer.at("heads").get<int>() % 2 != 0;
}

}  // namespace

const Makers<VelocityOptions>& networks_of_points() {
  using O = VelocityOptions;
  static const Makers<O> rows{
      kind_row<O>(NetworkKind::mlp, networks(), "linear layers with activations between them",
                  network_fields({field("hidden", &O::hidden, from_to(1, 65536),
                                        "width of each hidden layer")},
                                 true)),
      kind_row<O>(NetworkKind::res_mlp, networks(),
                  "residual blocks: LayerNorm, then two linear layers",
                  network_fields({width_field(), blocks_field()}, false))};
  return rows;
}

const Makers<TokenOptions>& networks_of_tokens() {
  using O = TokenOptions;
  static const Makers<O> rows{
      kind_row<O>(TokenNetworkKind::mlp, token_networks(),
                  "linear layers on the concatenated embeddings of all tokens; for short sequences",
                  {field("embed", &O::embed, from_to(1, 65536), "length of a token's embedding"),
                   field("hidden", &O::hidden, from_to(1, 65536), "width of each hidden layer"),
                   activation_field<O>(), time_field(), label_field(), dropout_field<O>(),
                   init_field<O>()}),
      kind_row<O>(
          TokenNetworkKind::transformer, token_networks(),
          "attention between positions; time and label enter by adaLN-zero (Peebles, Xie 2023)",
          {field("width", &O::width, from_to(1, 65536), "length of a token's embedding"),
           field("heads", &O::heads, from_to(1, 1024), "number of attention heads"),
           field("blocks", &O::blocks, from_to(1, 1000), "number of blocks"),
           field("mlp_ratio", &O::mlp_ratio, from_to(1, 64),
                 "width of a block's hidden layer, as a multiple of `width`"),
           field("positions", &O::positions, position_kinds(),
                 "encoding of positions: a learned vector, or a rotation of queries and keys"),
           activation_field<O>(), time_field(), label_field(), dropout_field<O>(), init_field<O>()},
          {rule({"width", "heads"}, "/heads", "it does not divide `width`",
                "make `width` a multiple of `heads`", heads_uneven),
           rule({"width", "heads", "positions"}, "/positions",
                "width / heads is odd, and rotary positions rotate pairs of numbers",
                "make width / heads even, or set `positions` to \"learned\"", turns_half_a_pair)})};
  return rows;
}

SectionTable model_section() {
  return {"model",
          "The network. It maps (x, t) to a velocity, or for "
          "tokens to the logits of the token at each position.",
          "mlp",
          joined(for_continuous(networks_of_points().alternatives()),
                 for_tokens(networks_of_tokens().alternatives())),
          "transformer"};
}

const Makers<InputOptions, const InputOptions&>& input_features_of_x() {
  using O = InputOptions;
  using V = const Section&;
  Member<O> octaves = field("octaves", &O::octaves, from_to(0, 30),
                            "the highest frequencies are 2^octaves times as large as the lowest"),
            blur = auto_field("blur", &O::blur, at_least(0),
                              "the features are averaged over normal noise on x of standard "
                              "deviation blur (1 - t), so that fine ones appear only near t = 1; "
                              "0: not averaged; auto: 2 times the source's standard deviation, 0 "
                              "if the source is not Gaussian or the prediction is edm");
  octaves.earlier = blur.earlier = 0;
  const Members<O> waves{
      even(field("dim", &O::dim, from_to(2, 65536),
                 "number of features: half are cosines, half are sines")),
      auto_field("scale", &O::scale, above(0),
                 "size of the lowest frequencies, in periods per unit of x: the standard "
                 "deviation of random ones; auto: 0.2 sqrt(2 / D) periods per standard "
                 "deviation of the data, with D columns"),
      octaves, blur};
  const auto by = [](InputKind kind, const char* doc, const Members<O>& members) {
    return Makers<O, const O&>::Row{
        row(input_features()[static_cast<std::size_t>(kind)].name, doc, fields_of(members)),
        [kind, members](V section, const O& automatic) {
          O options = automatic;
          options.kind = kind;
          read(members, section.json(), options);
          return options;
        }};
  };
  static const Makers<O, const O&> rows{
      {row("auto",
           "fourier with its defaults, or none if the prediction is data: the velocity is then "
           "a difference divided by 1 - t, which would enlarge the errors of fine features"),
       [](V, const O& automatic) { return automatic; }},
      by(InputKind::none, "x itself", {}),
      by(InputKind::fourier,
         "x, and cosines and sines of x along random frequencies that stay fixed (Tancik et "
         "al. 2020)",
         waves),
      by(InputKind::learned_fourier,
         "x, and cosines and sines of x along random frequencies that are trained", waves),
      by(InputKind::positional,
         "x, and cosines and sines of each coordinate by itself; it suits data with edges "
         "along the axes (Mildenhall et al. 2020)",
         waves)};
  return rows;
}

SectionTable input_features_section() {
  return {"input_features", "The features of x that a continuous network gets.", "auto",
          input_features_of_x().alternatives()};
}

const Makers<TimeOptions>& features_of_time() {
  using O = TimeOptions;
  const Member<O> dim = even(field("dim", &O::dim, from_to(2, 65536),
                                   "number of features: half are cosines, half are sines")),
                  scale =
                      field("scale", &O::scale, above(0),
                            "standard deviation of the frequencies, in periods per unit of time");
  static const Makers<O> rows{
      kind_row<O>(TimeKind::raw, time_features(), "t itself", {}),
      kind_row<O>(TimeKind::sinusoidal, time_features(),
                  "cosines and sines of geometrically spaced frequencies",
                  {dim, field("max_period", &O::max_period, above_to(1, 1e9),
                              "the longest period, in thousandths of [0, 1]")}),
      kind_row<O>(TimeKind::fourier, time_features(),
                  "cosines and sines of random frequencies that stay fixed", {dim, scale}),
      kind_row<O>(TimeKind::learned_fourier, time_features(),
                  "cosines and sines of random frequencies that are trained", {dim, scale})};
  return rows;
}

SectionTable time_features_section() {
  return {"time_features", "How time is encoded for the network.", "fourier",
          features_of_time().alternatives()};
}

SectionTable label_features_section() {
  return {"label_features",
          "Whether and how the class of a row is given to the network.",
          "none",
          {row("none", "the network gets no label"),
           row("embedding", "a learned vector for each class, and one for \"no class\"",
               {integer("dim", VelocityOptions().label_dim, from_to(1, 65536),
                        "length of these vectors")})}};
}

}  // namespace pushforward::app
