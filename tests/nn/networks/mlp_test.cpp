#include "nn/networks/mlp.h"

#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

template <class Model>
std::string list_names(Model& model) {
  std::string names;
  model.visit("", [&](const std::string& name, Parameter&) { names += name + " "; });
  return names;
}

TEST_CASE("mlp: parameters are named as in torch.nn.Sequential") {
  Mlp plain({.in = 3, .out = 2, .hidden = {8, 8}});
  CHECK(list_names(plain) == "0.weight 0.bias 2.weight 2.bias 4.weight 4.bias ");
  // The layers of `rich` are Linear, LayerNorm, SiLU, Dropout and Linear.
  Mlp rich({.in = 3, .out = 2, .hidden = {8}, .layer_norm = true, .dropout = 0.1});
  CHECK(list_names(rich) == "0.weight 0.bias 1.weight 1.bias 4.weight 4.bias ");
  Mlp film({.in = 3, .out = 2, .hidden = {8}, .condition = 4});
  CHECK(list_names(film) == "0.weight 0.bias 2.weight 2.bias film.0.weight film.0.bias ");
  Mlp linear({.in = 3, .out = 2, .hidden = {}});
  CHECK(list_names(linear) == "0.weight 0.bias ");
}

TEST_CASE("mlp: the output is the composition of the layers") {
  Mlp net({.in = 2, .out = 1, .hidden = {2}, .activation = Activation::relu});
  Parameters parameters(net);
  const auto set = [&](const char* name, std::vector<real> values) {
    std::copy(values.begin(), values.end(),
              parameters.part(parameters.find(name), parameters.values()).begin());
  };
  set("0.weight", {1, 0, 0, -1});
  set("0.bias", {1, 1});
  set("2.weight", {2, 3});
  set("2.bias", {10});
  Tape tape;  // the hidden layer is relu(1 + x0), relu(1 - x1)
  CHECK(doubles(net(tape.input({2, 2}, {1, 3, -4, -2})).values()) == std::vector<double>{14, 19});
}

TEST_CASE("mlp: gradients agree with differences, with all options in use") {
  Mlp net({.in = 3,
           .out = 2,
           .hidden = {5, 4},
           .activation = Activation::tanh,
           .condition = 2,
           .layer_norm = true,
           .dropout = 0.3});
  Parameters parameters(net);
  parameters.initialise({1, Purpose::init});
  const auto x = random_tensor({6, 3}, 1), c = random_tensor({6, 2}, 2);
  const NetworkMode mode{.training = true, .dropout = {1, Purpose::dropout}};
  check_gradients(parameters, [&](Tape& t) {
    return net(t.input({6, 3}, x.values()), mode, t.input({6, 2}, c.values()));
  });
}

TEST_CASE("residual mlp: names, gradients, and a last layer that is initially zero") {
  ResidualMlp net({.in = 3,
                   .out = 2,
                   .hidden = {4, 4},
                   .activation = Activation::silu,
                   .condition = 2,
                   .zero_last = true});
  CHECK(list_names(net) ==
        "input.weight input.bias blocks.0.norm.weight blocks.0.norm.bias blocks.0.film.weight "
        "blocks.0.film.bias blocks.0.linear1.weight blocks.0.linear1.bias blocks.0.linear2.weight "
        "blocks.0.linear2.bias blocks.1.norm.weight blocks.1.norm.bias blocks.1.film.weight "
        "blocks.1.film.bias blocks.1.linear1.weight blocks.1.linear1.bias blocks.1.linear2.weight "
        "blocks.1.linear2.bias norm.weight norm.bias output.weight output.bias ");
  Parameters parameters(net);
  parameters.initialise({1, Purpose::init});
  const auto x = random_tensor({6, 3}, 1), c = random_tensor({6, 2}, 2);
  const auto call = [&](Tape& t) {
    return net(t.input({6, 3}, x.values()), {}, t.input({6, 2}, c.values()));
  };
  {
    Tape tape;
    for (real v : call(tape).values()) CHECK(v == 0);
  }
  fill_init(normal_init(1), {2, 4}, {4, Purpose::init},
            parameters.part(parameters.find("output.weight"), parameters.values()).data());
  check_gradients(parameters, call);
}

TEST_CASE("mlp: misuse is refused") {
  CHECK_THROWS_WITH(ResidualMlp({.hidden = {8, 16}}),
                    "[residual mlp] hidden widths 8 and 16 differ; "
                    "blocks add to their input, so all must be equal");
  CHECK_THROWS_WITH(ResidualMlp({.hidden = {}}), Contains("no hidden widths"));
  CHECK_THROWS_WITH(Mlp({.hidden = {8, 0}}), Contains("a hidden width is 0"));
  CHECK_THROWS_WITH(Mlp({.dropout = 1}), Contains("probability 1 is outside [0, 1)"));
  Mlp film({.in = 3, .hidden = {8}, .condition = 4});
  Parameters parameters(film);
  Tape tape;
  const Var x = tape.input({1, 3}, {1, 2, 3});
  CHECK_THROWS_WITH(film(x), "[film] the condition is missing; this network needs (R, 4)");
  CHECK_THROWS_WITH(film(x, {}, x),
                    "[film] the condition is (1, 3), but the network was made for 4 columns");
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
