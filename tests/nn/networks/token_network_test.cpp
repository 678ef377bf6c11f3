// Compares networks over tokens with plain loops and finite differences, and tests their
// properties.
#include "nn/networks/token_network.h"

#include <algorithm>
#include <numeric>

#include "autograd/derivatives.h"
#include "nn/training/trainer.h"
#include "tests/nn/check.h"
#include "tests/nn/reference.h"

namespace pushforward::inline PF_REAL {
namespace {

using reference::Row;

TokenOptions small(TokenNetworkKind kind, Positions positions = Positions::learned) {
  TokenOptions o;
  o.kind = kind;
  o.length = 3;
  o.vocabulary = 4;
  o.states = 5;
  o.label_dim = 3;
  o.embed = 2;
  o.hidden = {6, 5};
  o.width = 8;
  o.heads = 2;
  o.blocks = 2;
  o.mlp_ratio = 2;
  o.positions = positions;
  return o;
}
const TokenOptions kMlp = small(TokenNetworkKind::mlp),
                   kLearned = small(TokenNetworkKind::transformer),
                   kRotary = small(TokenNetworkKind::transformer, Positions::rotary);
const TokenOptions kNetworkKinds[] = {kMlp, kLearned, kRotary};

TokenOptions with_classes(TokenOptions o) {
  o.classes = 2;
  return o;
}

// Draws all parameters at random, including those that are usually 0 at first, so that all have an
// effect.
void scatter(Parameters& parameters, double deviation = 0.5) {
  for (std::size_t k = 0; k < parameters.list().size(); ++k) {
    const Parameter& p = *parameters.list()[k];
    fill_init(normal_init(deviation), p.shape, {7, Purpose::user, static_cast<std::uint32_t>(k)},
              parameters.part(p, parameters.values()).data());
  }
}

const std::vector<int> kStates{0, 4, 2, 3, 3, 1}, kTokenNetworkLabels{1, -1};  // two sequences of 3
const std::vector<real> kTokenNetworkTimes{real(0.25), real(0.75)};

Var logits(const TokenNetwork& net, Tape& t, const NetworkMode& mode = {}) {
  const std::span<const int> labels = kTokenNetworkLabels;
  return net(kStates, t.input({2, 1}, kTokenNetworkTimes),
             net.options().classes ? labels : labels.first(0), mode);
}

void check_close(std::span<const real> got, const Row& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    INFO("element " << i);
    CHECK(double(got[i]) ==
          Approx(want[i]).epsilon(kDouble ? 1e-12 : 1e-4).margin(kDouble ? 1e-12 : 1e-4));
  }
}

}  // namespace

TEST_CASE("token network: the mlp gives the results of plain loops") {
  for (const bool labelled : {false, true}) {
    TokenNetwork net(labelled ? with_classes(kMlp) : kMlp);
    Parameters parameters(net);
    scatter(parameters);
    Tape tape;
    const Var y = logits(net, tape);
    CHECK(y.shape() == Shape{2, 3, 4});
    Row want;
    const reference::Weights of{parameters};
    for (std::size_t b = 0; b < 2; ++b) {
      Row x;
      for (std::size_t p = 0; p < 3; ++p) {
        const Row token = of("token.weight")[std::size_t(kStates[3 * b + p])];
        x.insert(x.end(), token.begin(), token.end());
      }
      x.push_back(double(kTokenNetworkTimes[b]));
      if (labelled) {
        const Row label = of(
            "label.weight")[kTokenNetworkLabels[b] < 0 ? 2 : std::size_t(kTokenNetworkLabels[b])];
        x.insert(x.end(), label.begin(), label.end());
      }
      x = reference::silu(reference::linear(of, "0.", x));
      x = reference::silu(reference::linear(of, "2.", x));
      x = reference::linear(of, "4.", x);
      want.insert(want.end(), x.begin(), x.end());
    }
    check_close(y.values(), want);
  }
}

TEST_CASE("token network: the transformer gives the results of plain loops") {
  for (const bool labelled : {false, true}) {
    for (const TokenOptions& plain : {kLearned, kRotary}) {
      TokenNetwork net(labelled ? with_classes(plain) : plain);
      Parameters parameters(net);
      scatter(parameters);
      Tape tape;
      const Var y = logits(net, tape);
      CHECK(y.shape() == Shape{2, 3, 4});
      Row want;
      for (std::size_t b = 0; b < 2; ++b) {
        const std::vector<int> states(kStates.begin() + std::ptrdiff_t(3 * b),
                                      kStates.begin() + std::ptrdiff_t(3 * b + 3));
        const Row row = reference::flat(reference::transformer(
            {parameters}, states, double(kTokenNetworkTimes[b]),
            labelled ? kTokenNetworkLabels[b] : -2, 2, 2, plain.positions == Positions::rotary));
        want.insert(want.end(), row.begin(), row.end());
      }
      check_close(y.values(), want);
    }
  }
}

TEST_CASE("token network: gradients of every parameter agree with differences") {
  for (TokenOptions o : kNetworkKinds) {
    o.classes = 2;
    TokenNetwork net(o);
    Parameters parameters(net);
    scatter(parameters, 0.3);
    check_gradients(parameters, [&](Tape& t) { return logits(net, t); });
  }
}

TEST_CASE("token network: Hessian-vector products agree with differences of gradients") {
  if (!kDouble) return;
  for (const TokenOptions& o : kNetworkKinds) {
    TokenNetwork net(o);
    Parameters parameters(net);
    scatter(parameters, 0.3);
    Tape tape;
    const auto loss = [&] {
      const Var y = log_softmax(logits(net, tape));
      return sum(y * tape.input(y.shape(), random_tensor(y.shape(), 5).values()));
    };
    for (const char* name :
         {"token.weight",
          o.kind == TokenNetworkKind::mlp ? "0.weight" : "blocks.0.attn.in_proj_weight"}) {
      const Parameter& p = parameters.find(name);
      const Tensor v = random_tensor(p.shape, 3);
      const auto part = parameters.part(p, parameters.values());
      Tensor product;
      {
        const Scope scope(tape);
        product = copied(hvp(loss(), p.on(tape), tape.input(p.shape, v.values())));
      }
      const double h = 1e-5;
      Tensor side[2];
      for (int s = 0; s < 2; ++s) {
        for (std::size_t i = 0; i < part.size(); ++i)
          part[i] += static_cast<real>(s ? 2 * h : -h) * v.values()[i];
        const Scope scope(tape);
        side[s] = copied(grad(loss(), p.on(tape)));
      }
      for (std::size_t i = 0; i < part.size(); ++i) part[i] -= static_cast<real>(h) * v.values()[i];
      for (std::size_t i = 0; i < part.size(); ++i) {
        INFO(name << "[" << i << "]");
        const double slope = double(side[1].values()[i] - side[0].values()[i]) / (2 * h);
        CHECK(double(product.values()[i]) == Approx(slope).epsilon(1e-6).margin(1e-6));
      }
    }
  }
}

TEST_CASE("token network: without positions, permuting the positions permutes the logits") {
  TokenNetwork net(kLearned);
  Parameters parameters(net);
  scatter(parameters);
  const auto run = [&](const std::vector<int>& states) {
    Tape tape;
    return copied(net(states, tape.input({1, 1}, {real(0.5)})));
  };
  const int order[] = {2, 0, 1};
  const std::vector<int> before{0, 4, 2};
  std::vector<int> after;
  for (const int p : order) after.push_back(before[std::size_t(p)]);
  const auto apart = [&] {
    const Tensor a = run(before), b = run(after);
    double maximum = 0;
    for (int p = 0; p < 3; ++p)
      for (int v = 0; v < 4; ++v)
        maximum = std::max(
            maximum, std::fabs(double(b.row(p)[std::size_t(v)] - a.row(order[p])[std::size_t(v)])));
    return maximum;
  };
  CHECK(apart() > 0.01);  // with position embeddings, the order of tokens matters
  std::ranges::fill(parameters.part(parameters.find("position.weight"), parameters.values()), 0);
  CHECK(apart() < (kDouble ? 1e-13 : 1e-5));
}

TEST_CASE("token network: blocks with adaLN-zero are initially the identity") {
  for (const TokenOptions& o : {kLearned, kRotary}) {
    TokenNetwork net(o);
    Parameters parameters(net);
    parameters.initialise({1, Purpose::init});
    const auto run = [&](const std::vector<int>& states, real time) {
      Tape tape;
      return copied(net(states, tape.input({1, 1}, {time})));
    };
    const Tensor first = run({0, 1, 2}, real(0.1));
    for (const real v : first.values()) CHECK(v == 0);  // the posterior is uniform
    // If the last layer is not 0, the logits of a position depend only on the position's own token.
    const Parameter& last = parameters.find("output.weight");
    fill_init(normal_init(1), last.shape, {1, Purpose::user},
              parameters.part(last, parameters.values()).data());
    const Tensor a = run({0, 1, 2}, real(0.1)), b = run({0, 3, 4}, real(0.9));
    CHECK(std::ranges::equal(a.row(0), b.row(0)));
    CHECK_FALSE(std::ranges::equal(a.row(1), b.row(1)));
  }
}

TEST_CASE("token network: a row's logits do not depend on the other rows of the batch") {
  for (TokenOptions o : kNetworkKinds) {
    o.classes = 2;
    o.dropout = 0.25;
    TokenNetwork net(o);
    Parameters parameters(net);
    scatter(parameters);
    for (const bool training : {false, true}) {
      const Stream stream{4, Purpose::dropout, 9};
      Tape tape;
      const Tensor both = copied(logits(net, tape, {training, stream, 10}));
      const Tensor second = copied(net(std::span<const int>(kStates).subspan(3),
                                       tape.input({1, 1}, {kTokenNetworkTimes[1]}),
                                       std::vector<int>{-1}, {training, stream, 11}));
      // Products of few rows and of many may be rounded differently, so small logits differ by a part of
      // the largest.
      for (int p = 0; p < 3; ++p)
        for (std::size_t v = 0; v < 4; ++v)
          CHECK(double(second.row(p)[v]) == Approx(double(both.row(3 + p)[v]))
                                                .epsilon(kDouble ? 1e-13 : 1e-5)
                                                .margin(kDouble ? 1e-14 : 3e-6));
      if (training) CHECK_FALSE(both == copied(logits(net, tape)));
    }
  }
}

TEST_CASE("token network: training can memorise a few sequences") {
  const int rows = 4;
  const std::vector<int> x1{0, 1, 2, 1, 1, 0, 3, 2, 1, 2, 3, 3};
  for (TokenOptions o : kNetworkKinds) {
    o.classes = rows;
    o.hidden = {32, 32};
    TokenNetwork net(o);
    Parameters parameters(net);
    parameters.initialise({3, Purpose::init});
    TrainerOptions options;
    options.optimizer.lr = 1e-2;
    options.chunk = rows;
    Workers workers(1);
    Trainer trainer(parameters, options, workers);
    // All positions but the first are masked. The first token distinguishes the sequences: with
    // rotary positions, logits would not depend on the position if all tokens were equal.
    std::vector<int> labels(rows), masked(x1.size(), 4);
    for (std::size_t k = 0; k < x1.size(); k += 3) masked[k] = x1[k];
    std::iota(labels.begin(), labels.end(), 0);
    StepResult result;
    for (int k = 0; k < 300; ++k) {
      result = trainer.step(rows, [&](Tape& tape, RowRange) {
        const Var y = net(masked, tape.full({rows, 1}, real(0.5)), labels);
        return -mean(pick_cols(log_softmax(reshape(y, {3 * rows, 4})), x1));
      });
    }
    CHECK(result.status == StepStatus::ok);
    CHECK(result.loss < 0.05);
  }
}

TEST_CASE("token network: parameters have the expected names") {
  const auto names = [](const TokenOptions& o) {
    TokenNetwork net(o);
    Parameters parameters(net);
    std::string all;
    for (const Parameter* p : parameters.list()) all += p->name + " ";
    return all;
  };
  CHECK(names(with_classes(kMlp)) ==
        "0.weight 0.bias 2.weight 2.bias 4.weight 4.bias token.weight label.weight ");
  TokenOptions o = kLearned;
  o.blocks = 1;
  o.time.kind = TimeKind::fourier;
  const std::string rest =
      "embed.0.weight embed.0.bias embed.2.weight embed.2.bias blocks.0.attn.in_proj_weight "
      "blocks.0.attn.in_proj_bias blocks.0.attn.out_proj.weight blocks.0.attn.out_proj.bias "
      "blocks.0.mlp.0.weight blocks.0.mlp.0.bias blocks.0.mlp.2.weight blocks.0.mlp.2.bias "
      "blocks.0.modulation.weight blocks.0.modulation.bias "
      "modulation.weight modulation.bias output.weight output.bias ";
  CHECK(names(with_classes(o)) ==
        "token.weight position.weight time.frequencies label.weight " + rest);
  o.positions = Positions::rotary;
  CHECK(names(o) == "token.weight time.frequencies " + rest);
}

TEST_CASE("token network: arguments that do not fit are refused") {
  for (const TokenOptions& o : kNetworkKinds) {
    TokenNetwork net(o);
    Parameters parameters(net);
    Tape tape;
    const Var t = tape.input({2, 1}, kTokenNetworkTimes);
    CHECK_THROWS_WITH(
        net(std::vector<int>{0, 1, 2, 3, 4, 5}, t),
        "[token network] row 1 has state 5 at position 2; the network was made for 0 to 4");
    CHECK_THROWS_WITH(
        net(std::vector<int>{0, -1, 2, 3, 4, 0}, t),
        "[token network] row 0 has state -1 at position 1; the network was made for 0 to 4");
    CHECK_THROWS_WITH(
        net(std::vector<int>{0, 1, 2, 3}, t),
        "[token network] 4 states for 2 rows of 3 positions; give one state for each position of each row");
    CHECK_THROWS_WITH(net(kStates, tape.input({2}, kTokenNetworkTimes)),
                      "[token network] t is (2); it must be a column (B, 1)");
    CHECK_THROWS_WITH(net(kStates, t, kTokenNetworkLabels),
                      "[token network] row 0 has label 1; "
                      "the network was made without classes: leave the labels out");
  }
  const auto made = [](auto change) {
    return [change](TokenOptions o) {
      change(o);
      TokenNetwork net(o);
    };
  };
  CHECK_THROWS_WITH(made([](TokenOptions& o) { o.length = 0; })(kMlp),
                    "[token network] sequences have 0 tokens; at least 1 is needed");
  CHECK_THROWS_WITH(made([](TokenOptions& o) { o.vocabulary = 0; })(kMlp),
                    "[token network] the vocabulary has 0 tokens; at least 1 is needed");
  CHECK_THROWS_WITH(made([](TokenOptions& o) { o.states = 3; })(kLearned),
                    "[token network] 3 states for a vocabulary of 4; "
                    "there is one state per token, plus one for a mask");
  CHECK_THROWS_WITH(made([](TokenOptions& o) { o.embed = 0; })(kMlp),
                    "[embedding] a table of 5 rows of 0; both must be at least 1");
  CHECK_THROWS_WITH(made([](TokenOptions& o) { o.blocks = 0; })(kLearned),
                    "[transformer] width is 8, 0 blocks, mlp_ratio 2; each must be at least 1");
  CHECK_THROWS_WITH(made([](TokenOptions& o) { o.classes = -1; })(kMlp),
                    "[token network] -1 classes; give 0 (no labels) or more");
}

TEST_CASE("token network: options are found by their names") {
  CHECK(token_network_kind_named("transformer") == TokenNetworkKind::transformer);
  CHECK(positions_named("rotary") == Positions::rotary);
  CHECK_THROWS_WITH(token_network_kind_named("mlp"),
                    "[model] \"mlp\" is not known; one of: token_mlp, transformer");
  CHECK_THROWS_WITH(positions_named("none"),
                    "[positions] \"none\" is not known; one of: learned, rotary");
}

}  // namespace pushforward::inline PF_REAL
