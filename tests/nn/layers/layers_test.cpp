#include "nn/layers/layers.h"

#include "nn/layers/activation.h"
#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

const double kTight = kDouble ? 1e-13 : 1e-5;

TEST_CASE("linear: y = x W^T + b, and gradients agree with differences") {
  Linear layer(2, 3);
  Parameters parameters(layer);
  const double w[] = {1, 2, 3, 4, 5, 6}, b[] = {0.5, -1, 2};
  std::copy_n(w, 6, parameters.part(layer.weight, parameters.values()).begin());
  std::copy_n(b, 3, parameters.part(layer.bias, parameters.values()).begin());
  Tape tape;
  const Var y = layer(tape.input({2, 2}, {1, 1, 2, -1}));
  CHECK(doubles(y.values()) == std::vector<double>{3.5, 6, 13, 0.5, 1, 6});
  check_gradients(parameters, [&](Tape& t) {
    return layer(t.input({4, 2}, random_tensor({4, 2}, 1).values()));
  });
  CHECK_THROWS_WITH(Linear(0, 3), "[init] a linear layer of sizes 0 -> 3; both must be at least 1");
  CHECK_THROWS_WITH(layer(tape.input({1, 3}, {1, 2, 3})), Contains("inner sizes 3 and 2 differ"));
}

TEST_CASE("layer norm: rows get mean 0 and variance 1, then weight and bias are applied") {
  LayerNorm layer(3);
  Parameters parameters(layer);
  parameters.initialise({1, Purpose::init});
  Tape tape;
  const Var y = layer(tape.input({1, 3}, {1, 2, 6}));
  const double deviation = std::sqrt(14.0 / 3 + 1e-5);
  const double expected[] = {-2 / deviation, -1 / deviation, 3 / deviation};
  for (int c = 0; c < 3; ++c)
    CHECK(static_cast<double>(y.values()[static_cast<std::size_t>(c)]) ==
          Approx(expected[c]).epsilon(kTight));
  const auto x = random_tensor({4, 3}, 2);
  std::copy_n(random_tensor({3}, 3).data(), 3,
              parameters.part(layer.weight, parameters.values()).begin());
  check_gradients(parameters, [&](Tape& t) { return layer(t.input({4, 3}, x.values())); });
}

TEST_CASE("embedding: the gradient of a row of the table is summed over its uses") {
  Embedding layer(4, 3);
  Parameters parameters(layer);
  parameters.initialise({1, Purpose::init});
  const auto table = parameters.part(layer.weight, parameters.values());
  const std::vector<int> numbers{2, 0, 2};
  Tape tape;
  const Var y = layer(tape, numbers);
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 3; ++c)
      CHECK(y.values()[static_cast<std::size_t>(3 * r + c)] ==
            table[static_cast<std::size_t>(3 * numbers[static_cast<std::size_t>(r)] + c)]);
  }
  const Var g = grad(sum(y), layer.weight.on(tape));
  CHECK(doubles(g.values()) == std::vector<double>{1, 1, 1, 0, 0, 0, 2, 2, 2, 0, 0, 0});
  const std::vector<int> outside{1, 4};
  CHECK_THROWS_WITH(layer(tape, outside),
                    "[embedding] number 4 at 1 is outside [0, 4), the rows of \"weight\"");
}

TEST_CASE("dropout: a share p is set to 0 and the mean is kept, only while training") {
  const Dropout layer(0.25, 1);
  Tape tape;
  const int rows = 400, cols = 50;
  const Var ones = tape.full({rows, cols}, 1);
  CHECK(layer(ones, {}).id == ones.id);
  const NetworkMode mode{.training = true, .dropout = {7, Purpose::dropout, 3}, .first_row = 0};
  const Var y = layer(ones, mode);
  int dropped = 0;
  for (real v : y.values()) {
    if (v == 0) {
      ++dropped;
    } else {
      CHECK(static_cast<double>(v) == Approx(4.0 / 3));
    }
  }
  CHECK(dropped == Approx(0.25 * rows * cols).margin(4 * std::sqrt(rows * cols * 0.25 * 0.75)));
  CHECK(copied(grad(sum(y), ones)) == copied(y));  // both are the mask of the dropout
  CHECK_THROWS_WITH(Dropout(1), "[dropout] the probability 1 is outside [0, 1)");
}

TEST_CASE("dropout: a row's mask depends on seed, step, layer and row number, not on the chunk") {
  Tape tape;
  const auto mask = [&](std::uint32_t layer, std::uint32_t step, std::uint32_t first, int rows) {
    const NetworkMode mode{
        .training = true, .dropout = {7, Purpose::dropout, step}, .first_row = first};
    return copied(Dropout(0.5, layer)(tape.full({rows, 40}, 1), mode));
  };
  const Tensor all = mask(0, 0, 0, 10), tail = mask(0, 0, 6, 4);
  for (int r = 0; r < 4; ++r) {
    const auto a = all.row(6 + r), b = tail.row(r);
    CHECK(std::equal(a.begin(), a.end(), b.begin()));
  }
  CHECK(mask(0, 0, 0, 10) == all);
  CHECK(mask(1, 0, 0, 10) != all);
  CHECK(mask(0, 1, 0, 10) != all);
}

TEST_CASE("film: (1 + gamma) x + beta, and gradients agree with differences") {
  Film layer(2, 3);
  Parameters parameters(layer);
  parameters.initialise({1, Purpose::init});
  const auto c = random_tensor({4, 2}, 5), x = random_tensor({4, 3}, 6);
  Tape tape;
  const Var both = layer.to(tape.input({4, 2}, c.values()));
  const Var y = layer(tape.input({4, 3}, x.values()), tape.input({4, 2}, c.values()));
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t k = 0; k < 3; ++k) {
      const double gamma = static_cast<double>(both.values()[6 * r + k]);
      const double beta = static_cast<double>(both.values()[6 * r + 3 + k]);
      CHECK(static_cast<double>(y.values()[3 * r + k]) ==
            Approx((1 + gamma) * static_cast<double>(x.values()[3 * r + k]) + beta)
                .epsilon(kTight)
                .margin(kTight));
    }
  }
  check_gradients(parameters, [&](Tape& t) {
    return layer(t.input({4, 3}, x.values()), t.input({4, 2}, c.values()));
  });
}

TEST_CASE("activations are found by their names") {
  Tape tape;
  const Var x = tape.input({1}, {real(0.7)});
  const double e = std::exp(-0.7);
  const std::pair<const char*, double> table[] = {
      {"silu", 0.7 / (1 + e)},
      {"gelu", 0.35 * (1 + std::erf(0.7 / std::sqrt(2)))},
      {"relu", 0.7},
      {"tanh", std::tanh(0.7)},
      {"softplus", std::log1p(std::exp(0.7))},
      {"sigmoid", 1 / (1 + e)},
      {"selu", 1.0507009873554805 * 0.7},
  };
  CHECK(std::size(table) == activations().size());
  for (const auto& [name, y] : table)
    CHECK(static_cast<double>(activate(activation_named(name), x).item()) ==
          Approx(y).epsilon(1e-6));
  CHECK_THROWS_WITH(activation_named("sliu"),
                    "[activation] \"sliu\" is not known; one of: "
                    "silu, gelu, relu, tanh, softplus, sigmoid, selu");
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
