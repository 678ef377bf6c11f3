#include "nn/module.h"

#include <sstream>
#include <thread>

#include "nn/layers/layers.h"
#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

struct TwoLayers {
  Linear first{3, 5}, second{5, 2};
  Var operator()(Var x) const { return second(tanh(first(x))); }
  void visit(const std::string& at, const Visitor& f) {
    first.visit(at + "first.", f);
    second.visit(at + "second.", f);
  }
};

TEST_CASE("a layer's label contains its kind if its name is only a number") {
  CHECK(layer_label("linear", "0.weight") == "linear 0");
  CHECK(layer_label("layer_norm", "1.bias") == "layer_norm 1");
  CHECK(layer_label("linear", "embed.2.weight") == "linear embed.2");
  CHECK(layer_label("film", "film.0.weight") == "film.0");
  CHECK(layer_label("linear", "blocks.0.linear1.weight") == "blocks.0.linear1");
  CHECK(layer_label("", "0.weight") == "0");
  CHECK(layer_label("linear", "weight") == "weight");

  struct Numbered {
    Linear linear{2, 3};
    LayerNorm norm{3};
    void visit(const std::string& at, const Visitor& f) {
      linear.visit(at + "0.", f);
      norm.visit(at + "1.", f);
    }
  } model;
  Parameters parameters(model);
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Tape tape;
  const Var h = model.linear(tape.full({4, 2}, 1)), y = model.norm(h);
  CHECK(std::string(tape.line(h.id).label) == "linear 0");
  CHECK(std::string(tape.line(y.id).label) == "layer_norm 1");
  CHECK(model.norm.weight.name == "1.weight");
}

TEST_CASE("parameters: names, slots, offsets and counts follow from visit") {
  TwoLayers model;
  Parameters parameters(model);
  std::string names;
  for (const Parameter* p : parameters.list()) names += p->name + " ";
  CHECK(names == "first.weight first.bias second.weight second.bias ");
  CHECK(model.second.weight.slot == 2);
  CHECK(model.second.weight.label == "second");
  CHECK(parameters.count() == 15 + 5 + 10 + 2);
  CHECK(parameters.size() == 16 * 4);
  for (const Parameter* p : parameters.list()) {
    CHECK(p->offset % 16 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(p->values) % 64 == 0);
  }
  CHECK(model.first.bias.stored == Shape{5});
  CHECK(model.first.bias.shape == Shape({1, 5}));

  std::ostringstream text;
  parameters.freeze("second.bias");
  parameters.print(text);
  CHECK(text.str() ==
        "first.weight   (5, 3)                15\n"
        "first.bias     (5)                    5\n"
        "second.weight  (2, 5)                10\n"
        "second.bias    (2)                    2  frozen\n"
        "total                                32  (30 trained)\n");
}

TEST_CASE("parameters: initial values depend only on the seed, and padding stays zero") {
  TwoLayers a, b;
  Parameters pa(a), pb(b);
  pa.initialise({5, Purpose::init});
  pb.initialise({5, Purpose::init});
  CHECK(doubles(pa.values()) == doubles(pb.values()));
  pb.initialise({6, Purpose::init});
  CHECK(doubles(pa.values()) != doubles(pb.values()));
  CHECK(pa.values()[15] == 0);  // padding after the 15 numbers of first.weight
}

TEST_CASE("parameters: misuse is refused") {
  TwoLayers model;
  {
    Tape tape;
    CHECK_THROWS_WITH(model.first.weight.on(tape),
                      "[parameter] a parameter (5, 3) has no values; "
                      "collect the model first: Parameters parameters(model)");
  }
  Parameters parameters(model);
  CHECK_THROWS_WITH(Parameters(model),
                    Contains("[parameters] \"first.weight\" is collected twice"));
  CHECK_THROWS_WITH(TwoLayers(std::move(model)),
                    "[parameter] \"first.weight\" was moved after Parameters collected it; "
                    "build the model where it stays, then collect");
  CHECK_THROWS_WITH(
      parameters.find("second.wieght"),
      "[parameters] there is no \"second.wieght\" among 4; did you mean \"second.weight\"?");
  CHECK_THROWS_WITH(parameters.freeze("third"), Contains("no parameter's name begins with"));
  CHECK_THROWS_WITH(parameters.use(std::span<const real>()),
                    Contains("an array of 0 numbers for a model of 64"));

  struct Twice {
    Linear a{2, 2}, b{2, 2};
    void visit(const std::string& at, const Visitor& f) {
      a.visit(at + "a.", f);
      b.visit(at + "a.", f);
    }
  } twice;
  CHECK_THROWS_WITH(Parameters(twice), Contains("two parameters are named \"a.weight\""));
  struct Nothing {
    void visit(const std::string&, const Visitor&) {}
  } nothing;
  CHECK_THROWS_WITH(Parameters(nothing), Contains("list its members in its visit function"));
}

TEST_CASE("parameters: a model can use another array and then its own again") {
  TwoLayers model;
  Parameters parameters(model);
  parameters.initialise({1, Purpose::init});
  FlatArray other(parameters.size(), real(0));
  const auto run = [&] {
    Tape tape;
    return copied(model(tape.input({1, 3}, {1, 2, 3})));
  };
  const Tensor own = run();
  {
    const UseValues use(parameters, other);
    CHECK(doubles(run().values()) == std::vector<double>{0, 0});
  }
  CHECK(run() == own);
}

TEST_CASE("parameters: two models on one tape have separate slots") {
  TwoLayers a, b;
  Parameters pa(a), pb(b, 100);
  pa.initialise({1, Purpose::init});
  pb.initialise({2, Purpose::init});
  Tape tape;
  const Var x = tape.input({1, 3}, {1, 2, 3});
  CHECK(copied(a(x)) != copied(b(x)));
  TwoLayers c;
  Parameters pc(c);
  CHECK_THROWS_WITH(c(x), Contains("give each parameter its own slot"));
}

TEST_CASE("parameters: one model can be used by several threads") {
  TwoLayers model;
  Parameters parameters(model);
  parameters.initialise({1, Purpose::init});
  std::vector<Tensor> results(4);
  std::vector<std::thread> threads;
  for (Tensor& result : results) {
    threads.emplace_back([&model, &result] {
      Tape tape;
      for (int k = 0; k < 50; ++k) {
        const Scope scope(tape);
        result = copied(model(tape.input({1, 3}, {1, 2, 3})));
      }
    });
  }
  for (std::thread& t : threads) t.join();
  for (const Tensor& result : results) CHECK(result == results[0]);
}

TEST_CASE("parameters: lines on the tape have the layer's name") {
  TwoLayers model;
  Parameters parameters(model);
  Tape tape;
  const Var y = model(tape.input({1, 3}, {1, 2, 3}));
  CHECK(std::string(tape.line(y.id).label) == "second");
  CHECK(tape.line(model.first.weight.on(tape).id).name == std::string("first.weight"));
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
