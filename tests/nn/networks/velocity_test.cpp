#include "nn/networks/velocity.h"

#include <algorithm>

#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

VelocityOptions small(NetworkKind kind) { return {.kind = kind, .dim = 2, .hidden = {4, 4}}; }

// Returns the options that small(kind) returns, with 3 classes and a label embedding of 5 columns.
VelocityOptions make_class_options(NetworkKind kind, Condition condition) {
  VelocityOptions o = small(kind);
  o.condition = condition;
  o.classes = 3;
  o.label_dim = 5;
  return o;
}

TEST_CASE("velocity: an mlp with raw time equals torch.nn.Sequential on [x, t]") {
  Velocity net(small(NetworkKind::mlp));
  Parameters parameters(net);
  parameters.initialise({1, Purpose::init});
  std::string names;
  for (const Parameter* p : parameters.list()) names += p->name + " ";
  CHECK(names == "0.weight 0.bias 2.weight 2.bias 4.weight 4.bias ");
  CHECK(parameters.find("0.weight").shape == Shape({4, 3}));
  Mlp same({.in = 3, .out = 2, .hidden = {4, 4}});
  Parameters copies(same, 100);
  std::copy(parameters.values().begin(), parameters.values().end(), copies.values().begin());
  Tape tape;
  const Var x = tape.input({2, 2}, {1, 2, 3, 4}), t = tape.input({2, 1}, {real(0.5), real(0.75)});
  CHECK(copied(net(x, t)) == copied(same(tape.input({2, 3}, {1, 2, real(0.5), 3, 4, real(0.75)}))));
}

TEST_CASE(
    "velocity: every combination gives (B, D), gradients of all trained parameters, and independent rows") {
  for (const NetworkKind kind : {NetworkKind::mlp, NetworkKind::res_mlp}) {
    for (const TimeKind time :
         {TimeKind::raw, TimeKind::sinusoidal, TimeKind::fourier, TimeKind::learned_fourier}) {
      for (const Condition condition : {Condition::concat, Condition::film}) {
        VelocityOptions o = small(kind);
        // Each kind of input features is combined with both networks (mlp and res_mlp) and both
        // conditions (concat and film).
        o.input = {.kind = static_cast<InputKind>(time), .dim = 6, .blur = 0.5};
        o.time = {.kind = time, .dim = 4};
        o.condition = condition;
        o.layer_norm = true;
        INFO(networks()[std::size_t(kind)].name << " " << time_features()[std::size_t(time)].name
                                                << " "
                                                << conditions()[std::size_t(condition)].name);
        Velocity net(o);
        Parameters parameters(net);
        parameters.initialise({1, Purpose::init});
        const auto x = random_tensor({5, 2}, 1);
        Tensor t({5, 1});
        fill_uniform({1, Purpose::time}, 0, 5, 1, t.data());
        Tape tape;
        const Var y = net(tape.input({5, 2}, x.values()), tape.input({5, 1}, t.values()));
        CHECK(y.shape() == Shape({5, 2}));
        const Var one = net(tape.input({1, 2}, x.row(3)), tape.input({1, 1}, t.row(3)));
        CHECK(static_cast<double>(one.values()[1]) ==
              Approx(static_cast<double>(y.values()[7])).epsilon(1e-5).margin(1e-6));
        std::vector<Var> wrt, out;
        for (const Parameter* p : parameters.list()) wrt.push_back(p->on(tape));
        out.resize(wrt.size());
        grad(mean(square(y)), tape.full({}, 1), wrt, out);
        for (std::size_t k = 0; k < out.size(); ++k) {
          INFO(parameters.list()[k]->name);
          CHECK(static_cast<bool>(out[k]));
        }
      }
    }
  }
}

TEST_CASE("velocity: gradients of a network with all options agree with differences") {
  VelocityOptions o = small(NetworkKind::mlp);
  o.input = {.kind = InputKind::learned_fourier, .dim = 4, .scale = 0.5, .blur = 0.7};
  o.time = {.kind = TimeKind::learned_fourier, .dim = 4};
  o.condition = Condition::film;
  o.layer_norm = true;
  Velocity net(o);
  Parameters parameters(net);
  parameters.initialise({2, Purpose::init});
  const auto x = random_tensor({3, 2}, 1);
  check_gradients(parameters, [&](Tape& t) {
    return net(t.input({3, 2}, x.values()), t.input({3, 1}, {real(0.1), real(0.5), real(0.9)}));
  });
}

TEST_CASE("velocity: with zero_last the initial velocity is 0, and wrong shapes are refused") {
  VelocityOptions o = small(NetworkKind::mlp);
  o.zero_last = true;
  Velocity net(o);
  Parameters parameters(net);
  parameters.initialise({1, Purpose::init});
  Tape tape;
  const Var x = tape.input({1, 2}, {1, 2}), t = tape.input({1, 1}, {real(0.5)});
  for (real v : net(x, t).values()) CHECK(v == 0);
  CHECK_THROWS_WITH(net(tape.input({1, 3}, {1, 2, 3}), t),
                    "[velocity] x is (1, 3); the network was made for (B, 2)");
  CHECK_THROWS_WITH(net(x, tape.input({2, 1}, {0, 1})),
                    "[velocity] t is (2, 1) and x (1, 2); t must be (1, 1)");
  o.condition = Condition::film;
  o.hidden = {};
  CHECK_THROWS_WITH(Velocity(o), "[velocity] film needs a hidden layer to modulate");
  CHECK_THROWS_WITH(Velocity({.heads = 0}),
                    "[velocity] the network has 0 heads; it needs at least one");
  // Two heads have their columns side by side.
  const Velocity two({.dim = 3, .hidden = {4}, .heads = 2});
  CHECK(two.options().heads == 2);
}

TEST_CASE("velocity: a label adds one row of a learned table to the condition") {
  for (const NetworkKind kind : {NetworkKind::mlp, NetworkKind::res_mlp}) {
    for (const Condition condition : {Condition::concat, Condition::film}) {
      INFO(networks()[std::size_t(kind)].name << " " << conditions()[std::size_t(condition)].name);
      Velocity net(make_class_options(kind, condition));
      Parameters parameters(net);
      parameters.initialise({1, Purpose::init});
      const Parameter& table = parameters.find("label.weight");
      CHECK(table.shape == Shape({4, 5}));
      CHECK(parameters.list().back() == &table);
      CHECK(table.init.kind == Init::Kind::normal);
      CHECK(table.init.scale == 1);
      // The inputs of the first layer are x (2 columns), t (1) and the label's embedding (5).
      const char* first = condition == Condition::film ? "embed.weight"
                          : kind == NetworkKind::mlp   ? "0.weight"
                                                       : "input.weight";
      CHECK(parameters.find(first).shape[1] == (condition == Condition::film ? 6 : 8));

      const auto x = random_tensor({4, 2}, 1);
      const std::vector<real> t{0, real(0.3), real(0.6), 1};
      Tape tape;
      const auto call = [&](std::vector<int> labels) {
        return copied(net(tape.input({4, 2}, x.values()), tape.input({4, 1}, t),
                          std::span<const int>(labels)));
      };
      const Tensor some = call({2, -1, 0, 2}), none = call({-1, -1, -1, -1});
      CHECK(some.shape() == Shape({4, 2}));
      CHECK(none == call({}));
      CHECK(none == copied(net(tape.input({4, 2}, x.values()), tape.input({4, 1}, t))));
      // The output of a row depends only on its own label.
      const Tensor others = call({2, 1, 1, 0});
      for (int r = 0; r < 4; ++r) {
        INFO("row " << r);
        CHECK(std::ranges::equal(some.row(r), none.row(r)) == (r == 1));
        CHECK(std::ranges::equal(some.row(r), others.row(r)) == (r == 0));
      }

      // Rows of the embedding `table` whose label does not occur in `labels` have gradient 0.
      const std::vector<int> labels{2, -1, 0, 2};
      const Var y =
          net(tape.input({4, 2}, x.values()), tape.input({4, 1}, t), std::span<const int>(labels));
      const Tensor g = copied(grad(mean(square(y)), table.on(tape)));
      for (int row = 0; row < 4; ++row) {
        INFO("table row " << row);
        CHECK(std::ranges::all_of(g.row(row), [](real v) { return v == 0; }) == (row == 1));
      }
    }
  }
}

TEST_CASE("velocity: gradients with labels agree with differences") {
  for (const Condition condition : {Condition::concat, Condition::film}) {
    Velocity net(make_class_options(NetworkKind::mlp, condition));
    Parameters parameters(net);
    parameters.initialise({2, Purpose::init});
    const auto x = random_tensor({3, 2}, 1);
    check_gradients(parameters, [&](Tape& t) {
      const int labels[] = {1, -1, 1};
      return net(t.input({3, 2}, x.values()), t.input({3, 1}, {real(0.1), real(0.5), real(0.9)}),
                 labels);
    });
  }
}

TEST_CASE("velocity: the names of parameters are the same with and without classes") {
  for (const int classes : {0, 2}) {
    VelocityOptions o = small(NetworkKind::mlp);
    o.classes = classes;
    o.condition = Condition::film;
    Velocity net(o);
    Parameters parameters(net);
    std::string names;
    for (const Parameter* p : parameters.list()) names += p->name + " ";
    const std::string plain =
        "0.weight 0.bias 2.weight 2.bias 4.weight 4.bias film.0.weight "
        "film.0.bias film.1.weight film.1.bias embed.weight embed.bias ";
    CHECK(names == plain + (classes ? "label.weight " : ""));
  }
}

TEST_CASE("velocity: labels that the network does not have are refused") {
  Velocity net(make_class_options(NetworkKind::mlp, Condition::concat)),
      plain(small(NetworkKind::mlp));
  Parameters parameters(net), others(plain, 100);
  Tape tape;
  const Var x = tape.input({2, 2}, {1, 2, 3, 4}), t = tape.input({2, 1}, {0, 1});
  const auto call = [&](const Velocity& u, std::vector<int> labels) {
    return u(x, t, std::span<const int>(labels));
  };
  CHECK_THROWS_WITH(
      call(net, {0, 3}),
      "[velocity] row 1 has label 3; the network was made for 0 to 2, and -1 for none");
  CHECK_THROWS_WITH(
      call(net, {-2, 0}),
      "[velocity] row 0 has label -2; the network was made for 0 to 2, and -1 for none");
  CHECK_THROWS_WITH(call(net, {0}),
                    "[velocity] 1 labels for 2 rows; give one for each row, or none at all");
  CHECK_THROWS_WITH(
      call(plain, {-1, 0}),
      "[velocity] row 1 has label 0; the network was made without classes: leave the labels out");
  CHECK(copied(call(plain, {-1, -1})) == copied(plain(x, t)));
  VelocityOptions o = small(NetworkKind::mlp);
  o.classes = -1;
  CHECK_THROWS_WITH(Velocity(o), "[velocity] -1 classes; give 0 (no labels) or more");
  o.classes = 2;
  o.label_dim = 0;
  CHECK_THROWS_WITH(Velocity(o),
                    "[velocity] a label's embedding has 0 columns; it must have at least 1");
}

TEST_CASE("velocity: conditions are inputs of the network, and a null Var is a row of zeros") {
  for (const Condition condition : {Condition::concat, Condition::film}) {
    VelocityOptions o = small(NetworkKind::mlp);
    o.condition = condition;
    o.conditions = 2;
    o.classes = condition == Condition::film ? 3 : 0;
    Velocity net(o);
    Parameters parameters(net);
    parameters.initialise({1, Purpose::init});
    CHECK(parameters.find(condition == Condition::film ? "embed.weight" : "0.weight").shape[1] ==
          (condition == Condition::film ? 1 + 32 + 3 : 2 + 1 + 3));
    Tape tape;
    const Var x = tape.input({2, 2}, {1, 2, 1, 2}), t = tape.full({2, 1}, real(0.5)),
              c = tape.input({2, 3}, {real(0.3), -1, 1, 0, 0, 0});
    const Tensor given = copied(net(x, t, {}, c)), none = copied(net(x, t));
    // Rows are the same point, so they differ by their conditions only.
    CHECK(given(0, 0) != given(1, 0));
    CHECK(given(1, 0) == none(0, 0));
    CHECK(given(1, 1) == none(0, 1));
    // All numbers at 0 is another condition than none.
    const Tensor zeros = copied(net(x, t, {}, tape.input({2, 3}, {0, 0, 1, 0, 0, 0})));
    CHECK(zeros(0, 0) != zeros(1, 0));
    CHECK_THROWS_WITH(net(x, t, {}, tape.full({2, 2}, 0)),
                      "[velocity] the conditions are (2, 2); the network was made for (2, 3), "
                      "2 numbers and a 1 in each row");
  }
  Velocity plain(small(NetworkKind::mlp));
  Parameters others(plain, 100);
  Tape tape;
  const Var x = tape.input({1, 2}, {1, 2}), t = tape.full({1, 1}, 0);
  CHECK_THROWS_WITH(plain(x, t, {}, tape.full({1, 1}, 0)),
                    "[velocity] conditions are given, but the network was made without; leave them "
                    "out");
  VelocityOptions wrong = small(NetworkKind::mlp);
  wrong.conditions = -1;
  CHECK_THROWS_WITH(Velocity(wrong), "[velocity] conditions of -1 numbers; give 0 (none) or more");
}

TEST_CASE("velocity: options are found by their names") {
  CHECK(time_kind_named("learned_fourier") == TimeKind::learned_fourier);
  CHECK(condition_named("film") == Condition::film);
  CHECK(network_kind_named("res_mlp") == NetworkKind::res_mlp);
  CHECK_THROWS_WITH(network_kind_named("unet"),
                    "[model] \"unet\" is not known; one of: mlp, res_mlp");
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
