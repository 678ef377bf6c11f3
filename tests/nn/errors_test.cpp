// Tests the texts of the errors for invalid arguments of layers, parameters and initial values.
#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "nn/layers/conditioning.h"
#include "nn/layers/input_features.h"
#include "nn/networks/token_network.h"
#include "nn/networks/velocity.h"
#include "tests/nn/check.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

const double kNnNan = std::nan(""), kNnInf = std::numeric_limits<double>::infinity();

std::string no_operand(const std::string& where) {
  return "[" + where + "] the value is null; a null value stands for zero and is no operand";
}

// One layer of each kind. The tests make a Parameters object of this struct, which gives the
// parameters of all layers memory, so that the layers can be called.
struct EveryLayer {
  Linear linear{3, 4};
  LayerNorm norm{4};
  Embedding embedding{5, 4};
  Film film{2, 4};
  SelfAttention attention{4, 2, Positions::learned, InitScheme::pytorch};
  TimeFeatures time{{.kind = TimeKind::learned_fourier, .dim = 4}};
  InputFeatures input{{.kind = InputKind::fourier, .dim = 4}, 3};
  FourierFeatures fourier{"here", 3, 4, {}};
  ResidualBlock block{{.hidden = {4}}, 0};
  Mlp mlp{{.in = 3, .out = 2, .hidden = {4}, .condition = 2}};
  ResidualMlp residual{{.in = 3, .out = 2, .hidden = {4}, .condition = 2}};
  TransformerBlock transformer{{.width = 4, .heads = 2}, 0};
  Velocity velocity{{.dim = 3, .hidden = {4}}};
  TokenNetwork tokens{{.length = 2, .vocabulary = 3, .states = 3, .hidden = {4}}};

  void visit(const std::string& at, const Visitor& f) {
    linear.visit(at + "linear.", f);
    norm.visit(at + "norm.", f);
    embedding.visit(at + "embedding.", f);
    film.visit(at + "film.", f);
    attention.visit(at + "attention.", f);
    time.visit(at + "time.", f);
    input.visit(at + "input.", f);
    fourier.visit(at + "fourier.", f);
    block.visit(at + "block.", f);
    mlp.visit(at + "mlp.", f);
    residual.visit(at + "residual.", f);
    transformer.visit(at + "transformer.", f);
    velocity.visit(at + "velocity.", f);
    tokens.visit(at + "tokens.", f);
  }
};

}  // namespace

TEST_CASE("layers refuse null values, and the error names the layer") {
  EveryLayer layers;
  Parameters parameters(layers);
  Tape t;
  const Var x = t.full({6, 4}, 1), three = t.full({6, 3}, 1), time = t.full({6, 1}, 0),
            condition = t.full({6, 2}, 1), null;
  const std::vector<int> states(12, 0);
  const NetworkMode training{.training = true};
  const std::string no_shape = "[var] a null value has no shape";
  check_refusals({
      {[&] { layers.linear(null); }, no_operand("linear")},
      {[&] { layers.norm(null); }, no_operand("layer_norm")},
      {[&] { layers.attention(null, 3); }, no_operand("attention")},
      {[&] { layers.film(null, condition); }, no_operand("film")},
      {[&] { layers.film(x, null); }, no_operand("linear")},
      {[&] { Dropout(0.5)(null, training); }, no_operand("dropout")},
      {[&] { Dropout(0.5)(null, {}); }, no_operand("dropout")},
      {[&] { Dropout(0)(null, training); }, no_operand("dropout")},
      {[&] { layers.time(null); }, no_shape},
      {[&] { layers.input(null, null); }, no_operand("input")},
      {[&] { InputFeatures({}, 3)(null, null); }, no_operand("input")},
      {[&] { layers.fourier(null); }, no_operand("fourier")},
      {[&] { layers.block(null, {}, {}); }, no_operand("layer_norm")},
      {[&] { layers.mlp(null, {}, condition); }, no_operand("linear")},
      {[&] { layers.mlp(three); }, "[film] the condition is missing; this network needs (R, 2)"},
      {[&] { layers.residual(null, {}, condition); }, no_operand("linear")},
      {[&] { layers.residual(three); },
       "[film] the condition is missing; this network needs (R, 2)"},
      {[&] { layers.transformer(null, x, 3, {}); }, no_shape},
      {[&] { layers.transformer(x, null, 3, {}); }, no_operand("linear")},
      {[&] { layers.velocity(null, time); }, no_shape},
      {[&] { layers.velocity(three, null); }, no_shape},
      {[&] { layers.tokens(states, null); }, no_shape},
  });
  // The layers that refused null values above accept valid values.
  CHECK(layers.linear(three).shape() == Shape{6, 4});
  CHECK(layers.norm(x).shape() == Shape{6, 4});
  CHECK(layers.attention(x, 3).shape() == Shape{6, 4});
  CHECK(layers.film(x, condition).shape() == Shape{6, 4});
  CHECK(layers.block(x, {}, {}).shape() == Shape{6, 4});
  CHECK(layers.mlp(three, {}, condition).shape() == Shape{6, 2});
  CHECK(layers.residual(three, {}, condition).shape() == Shape{6, 2});
  CHECK(layers.transformer(x, t.full({2, 4}, 1), 3, {}).shape() == Shape{6, 4});
  CHECK(layers.velocity(three, time).shape() == Shape{6, 3});
  CHECK(layers.tokens(states, time).shape() == Shape{6, 2, 3});
}

TEST_CASE("layers refuse invalid sizes and numbers") {
  const auto attention = [](int width, int heads, Positions positions) {
    return [=] { SelfAttention(width, heads, positions, InitScheme::pytorch); };
  };
  check_refusals({
      {[] { Linear(0, 3); }, "[init] a linear layer of sizes 0 -> 3; both must be at least 1"},
      {[] { Linear(3, 0); }, "[init] a linear layer of sizes 3 -> 0; both must be at least 1"},
      {[] { LayerNorm(0); },
       "[layer_norm] a width of 0 and eps 1e-05; "
       "the width must be at least 1, eps not negative"},
      {[] { LayerNorm(3, real(-0.5)); },
       "[layer_norm] a width of 3 and eps -0.5; "
       "the width must be at least 1, eps not negative"},
      {[] { LayerNorm(3, static_cast<real>(kNnNan)); },
       "[layer_norm] a width of 3 and eps nan; "
       "the width must be at least 1, eps not negative"},
      {[] { Embedding(0, 3); }, "[embedding] a table of 0 rows of 3; both must be at least 1"},
      {[] { Embedding(3, 0); }, "[embedding] a table of 3 rows of 0; both must be at least 1"},
      {[] { Dropout(-0.5); }, "[dropout] the probability -0.5 is outside [0, 1)"},
      {[] { Dropout(1); }, "[dropout] the probability 1 is outside [0, 1)"},
      {[] { Dropout{kNnNan}; }, "[dropout] the probability nan is outside [0, 1)"},
      {[] { Film(0, 3); }, "[init] a linear layer of sizes 0 -> 6; both must be at least 1"},
      {[] { Film(3, 0); }, "[init] a linear layer of sizes 3 -> 0; both must be at least 1"},
      {attention(4, 0, Positions::learned),
       "[attention] width 4 cannot be divided into 0 heads; "
       "choose a number of heads that divides the width"},
      {attention(4, 3, Positions::learned),
       "[attention] width 4 cannot be divided into 3 heads; "
       "choose a number of heads that divides the width"},
      {attention(6, 2, Positions::rotary),
       "[attention] rotary positions rotate pairs of columns: a head has 3 columns; "
       "choose an even number"},
      {[] { TimeFeatures({.kind = TimeKind::fourier, .dim = 0}); },
       "[time] dim 0 must be even and positive: half cosines, half sines"},
      {[] { TimeFeatures({.kind = TimeKind::sinusoidal, .dim = 3}); },
       "[time] dim 3 must be even and positive: half cosines, half sines"},
      {[] { InputFeatures({.kind = InputKind::fourier, .dim = 3}, 2); },
       "[input] dim 3 must be even and positive: half cosines, half sines"},
      {[] { InputFeatures({.kind = InputKind::learned_fourier}, 0); },
       "[input] the input has 0 columns; it must have at least 1"},
      {[] { InputFeatures({.kind = InputKind::fourier, .scale = kNnNan}, 2); },
       "[input] scale nan must be finite and at least 0"},
      {[] { TimeFeatures({.kind = TimeKind::fourier, .scale = -1}); },
       "[time] scale -1 must be finite and at least 0"},
      {[] { TimeFeatures({.kind = TimeKind::learned_fourier, .scale = kNnInf}); },
       "[time] scale inf must be finite and at least 0"},
      {[] { TimeFeatures({.kind = TimeKind::sinusoidal, .max_period = 0}); },
       "[time] max_period 0 must be positive"},
      {[] { Mlp({.in = 0}); }, "[mlp] the sizes are 0 -> 2; both must be at least 1"},
      {[] { Mlp({.out = 0}); }, "[mlp] the sizes are 2 -> 0; both must be at least 1"},
      {[] {
         Mlp({.hidden = {8, 0}});
       },
       "[mlp] a hidden width is 0; it must be at least 1"},
      {[] { Mlp({.condition = -1}); }, "[mlp] the condition has -1 columns; give 0 (none) or more"},
      {[] { Mlp({.dropout = 1}); }, "[dropout] the probability 1 is outside [0, 1)"},
      {[] { ResidualMlp({.in = 0, .hidden = {8}}); },
       "[mlp] the sizes are 0 -> 2; both must be at least 1"},
      {[] { ResidualMlp({.hidden = {}}); },
       "[residual mlp] there are no hidden widths; give one for each block"},
      {[] { ResidualBlock({.hidden = {}}, 0); },
       "[residual mlp] there are no hidden widths; give one for each block"},
      {[] { TransformerBlock({.width = 4, .heads = 3}, 0); },
       "[attention] width 4 cannot be divided into 3 heads; "
       "choose a number of heads that divides the width"},
      {[] { Transformer({.width = 0}); },
       "[transformer] width is 0, 2 blocks, mlp_ratio 4; each must be at least 1"},
      {[] { Transformer({.mlp_ratio = 0}); },
       "[transformer] width is 64, 2 blocks, mlp_ratio 0; each must be at least 1"},
  });
}

TEST_CASE("layers refuse rows and conditions that do not fit") {
  EveryLayer layers;
  Parameters parameters(layers);
  Tape t;
  const Var x = t.full({6, 4}, 1), three = t.full({6, 3}, 1);
  const std::vector<int> below{0, -1}, above{0, 5};
  check_refusals({
      {[&] { layers.embedding(t, below); },
       "[embedding] number -1 at 1 is outside [0, 5), the rows of \"embedding.weight\""},
      {[&] { layers.embedding(t, above); },
       "[embedding] number 5 at 1 is outside [0, 5), the rows of \"embedding.weight\""},
      {[&] { layers.mlp(three, {}, x); },
       "[film] the condition is (6, 4), but the network was made for 2 columns"},
      {[&] {
         layers.transformer(x, t.full({2, 4}, 1), 4, {});
       },
       "[transformer] rows (6, 4) are no sequences of 4; give whole sequences"},
      {[&] {
         layers.transformer(x, t.full({2, 4}, 1), 0, {});
       },
       "[transformer] rows (6, 4) are no sequences of 0; give whole sequences"},
      {[&] { layers.attention(x, 4); },
       "[attention] (6, 12) cannot be cut into sequences of 4 rows"},
      {[&] { layers.attention(x, 0); },
       "[attention] (6, 12) cannot be cut into sequences of 0 rows"},
      {[&] { layers.time(t.full({6}, 0)); }, "[time] t is (6); it must be a column (R, 1)"},
      {[&] { layers.time(x); }, "[time] t is (6, 4); it must be a column (R, 1)"},
  });
}

TEST_CASE("initial values refuse invalid sizes, gains and numbers") {
  std::vector<real> out(8);
  const auto fill = [&out](Init init, Shape shape = {2, 3}) {
    return [&out, init, shape] { fill_init(init, shape, {}, out.data()); };
  };
  const std::string none = "; sizes must be at least 1, the gain finite";
  check_refusals({
      {[] { kaiming_uniform(0, 1); }, "[init] sizes 0 -> 1 and gain 1" + none},
      {[] { kaiming_uniform(3, kNnNan); }, "[init] sizes 3 -> 1 and gain nan" + none},
      {[] { kaiming_normal(-1, 1); }, "[init] sizes -1 -> 1 and gain 1" + none},
      {[] { kaiming_normal(3, kNnInf); }, "[init] sizes 3 -> 1 and gain inf" + none},
      {[] { xavier_uniform(0, 2); }, "[init] sizes 0 -> 2 and gain 1" + none},
      {[] { xavier_uniform(2, 0); }, "[init] sizes 2 -> 0 and gain 1" + none},
      {[] { xavier_normal(2, -1); }, "[init] sizes 2 -> -1 and gain 1" + none},
      {[] { xavier_normal(2, 1, kNnInf); }, "[init] sizes 2 -> 1 and gain inf" + none},
      {fill(constant_init(kNnNan)), "[init] the distribution's number is nan; it must be finite"},
      {fill(uniform_init(kNnInf)), "[init] the distribution's number is inf; it must be finite"},
      {fill(normal_init(-kNnInf)), "[init] the distribution's number is -inf; it must be finite"},
      {fill(normal_init(1, kNnInf)), "[init] octaves is inf; it must be finite"},
      {fill(axes_init(1, kNnNan)), "[init] octaves is nan; it must be finite"},
      {fill(orthogonal_init(kNnNan)), "[init] the distribution's number is nan; it must be finite"},
      {fill(orthogonal_init(), {6}),
       "[init] orthogonal needs a matrix: the parameter has shape (6); "
       "choose another distribution"},
  });
  for (const InitScheme scheme :
       {InitScheme::pytorch, InitScheme::kaiming_uniform, InitScheme::kaiming_normal,
        InitScheme::xavier_uniform, InitScheme::xavier_normal, InitScheme::orthogonal,
        InitScheme::zeros}) {
    CHECK_THROWS_WITH(linear_init(scheme, 0, 2),
                      "[init] a linear layer of sizes 0 -> 2; both must be at least 1");
    CHECK_THROWS_WITH(linear_init(scheme, 2, -1),
                      "[init] a linear layer of sizes 2 -> -1; both must be at least 1");
  }
}

TEST_CASE("parameters refuse parts, arrays, names and models that do not belong to them") {
  struct Two {
    Linear a{2, 2}, b{2, 2};
    bool twice = false, same_name = false;
    void visit(const std::string& at, const Visitor& f) {
      a.visit(at + "a.", f);
      (twice ? a : b).visit(at + (same_name ? "a." : "b."), f);
    }
  } model, stranger, doubled, named;
  doubled.twice = true;
  named.same_name = true;
  struct {
    void visit(const std::string&, const Visitor&) {}
  } empty;
  Parameters parameters(model), others(stranger);
  const Parameter loose({2}, zero_init());
  std::vector<real> flat(parameters.size()), shorter(16);
  const std::span<const real> read(flat);
  const std::string layout = "; give an array of the layout of values()";
  check_refusals({
      {[&] { parameters.part(model.a.weight, std::span(shorter)); },
       "[parameters] a part of an array of 16 numbers is asked for, and this one has 64" + layout},
      {[&] { parameters.part(stranger.a.weight, std::span(flat)); },
       "[parameters] a part of an array of 64 numbers is asked for, "
       "for a parameter of another model, and this one has 64" +
           layout},
      {[&] { parameters.part(stranger.b.bias, read); },
       "[parameters] a part of an array of 64 numbers is asked for, "
       "for a parameter of another model, and this one has 64" +
           layout},
      {[&] { parameters.part(loose, read); },
       "[parameters] a part of an array of 64 numbers is asked for, "
       "for a parameter of another model, and this one has 64" +
           layout},
      {[&] { parameters.part(model.b.bias, read.first(63)); },
       "[parameters] a part of an array of 63 numbers is asked for, and this one has 64" + layout},
      {[&] { parameters.use(shorter); },
       "[parameters] an array of 16 numbers for a model of 64; use one of the layout of values()"},
      {[&] { UseValues(parameters, shorter); },
       "[parameters] an array of 16 numbers for a model of 64; use one of the layout of values()"},
      {[&] { parameters.freeze("c."); },
       "[freeze] no parameter's name begins with \"c.\"; the first is \"a.weight\""},
      {[&] { parameters.find("a.weigth"); },
       "[parameters] there is no \"a.weigth\" among 4; did you mean \"a.weight\"?"},
      {[&] { Parameters{doubled}; },
       "[parameters] \"a.weight\" is collected twice, now as \"b.weight\"; "
       "visit must list each member once, and a model has one Parameters"},
      {[&] { Parameters{named}; },
       "[parameters] two parameters are named \"a.weight\"; "
       "give the parts of visit different prefixes"},
      {[&] { Parameters{empty}; },
       "[parameters] the model has no parameters; list its members in its visit function"},
      {[&] { Parameters{model}; },
       "[parameters] \"a.weight\" is collected twice, now as \"a.weight\"; "
       "visit must list each member once, and a model has one Parameters"},
  });
  CHECK(parameters.part(model.b.bias, read).data() == flat.data() + 48);
}

}  // namespace pushforward::inline PF_REAL
