// Tests rows of the table of config fields that say what they are for: keys that are members of options,
// and types with makers.
#include "apps/config/members.h"

#include <string>
#include <vector>

#include "apps/config/made.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

enum class Fruit { apple, pear };
std::span<const Choice> fruits() {
  static constexpr Choice table[] = {{"apple", "round"}, {"pear", "not round"}};
  return table;
}
const char* name_of(Fruit fruit) { return fruit == Fruit::apple ? "an apple" : "a pear"; }

struct Basket {
  Fruit kind = Fruit::apple;
  Fruit fruit = Fruit::pear, other = Fruit::pear;
  double weight = 1.5, age = 7;
  int count = 3;
  bool covered = true, sold = false;
  std::vector<int> rows{4, 5};
};

Members<Basket> basket_members() {
  using B = Basket;
  return {
      field("fruit", &B::fruit, fruits(), "the fruit"),
      field("other", &B::other, {Fruit::pear, Fruit::apple}, "another fruit"),
      field("weight", &B::weight, from_to(0, 9), "in kilograms"),
      auto_field("age", &B::age, above(0), "in days"),
      even(field("count", &B::count, from_to(0, 99), "how many")),
      field("covered", &B::covered, "whether it has a lid"),
      word_field<B>("state", "on sale", "sold", "the state", [](B& b) -> bool& { return b.sold; }),
      field("rows", &B::rows, from_to(1, 9), "how many in each row"),
      number("price", 2, at_least(0), "read elsewhere")};
}

}  // namespace

TEST_CASE("a key that is a member of options has its kind, and the default of the options") {
  std::vector<FieldKind> kinds;
  std::vector<Json> defaults;
  for (const ConfigField& row : fields_of(basket_members())) {
    kinds.push_back(row.kind);
    defaults.push_back(row.fallback);
  }
  using K = FieldKind;
  CHECK(kinds == std::vector<K>{K::choice, K::choice, K::number, K::number_or_auto, K::integer,
                                K::boolean, K::choice, K::integers, K::number});
  CHECK(defaults == std::vector<Json>{"pear", "a pear", 1.5, "auto", 3, true, "on sale",
                                      Json::array({4, 5}), 2.0});
  const Members<Basket> members = basket_members();
  CHECK(members[0].choices == std::vector<std::string>{"apple", "pear"});
  CHECK(members[1].choices == std::vector<std::string>{"a pear", "an apple"});
  CHECK(members[4].multiple == 2);
  CHECK(members[6].choices == std::vector<std::string>{"on sale", "sold"});
  CHECK(with_default(members[2], 2.5).fallback == 2.5);
}

TEST_CASE("a checked section sets the members whose keys it has") {
  Basket basket;
  read(basket_members(), Json{{"fruit", "apple"}, {"age", "auto"}, {"price", 8.0}}, basket);
  CHECK(basket.fruit == Fruit::apple);
  CHECK(basket.other == Fruit::pear);
  CHECK(basket.weight == 1.5);
  CHECK(basket.age == 7);
  read(basket_members(),
       Json{{"other", "an apple"},
            {"weight", 2.5},
            {"age", 0.5},
            {"count", 6},
            {"covered", false},
            {"state", "sold"},
            {"rows", Json::array({1, 2, 3})}},
       basket);
  CHECK(basket.other == Fruit::apple);
  CHECK(basket.weight == 2.5);
  CHECK(basket.age == 0.5);
  CHECK(basket.count == 6);
  CHECK_FALSE(basket.covered);
  CHECK(basket.sold);
  CHECK(basket.rows == std::vector<int>{1, 2, 3});
  read(basket_members(), Json{{"state", "on sale"}}, basket);
  CHECK_FALSE(basket.sold);
}

TEST_CASE("a section is made into what the row of its type makes, with the members of that row") {
  const Makers<Basket> baskets{kind_row<Basket>(Fruit::apple, fruits(), "apples",
                                                {field("count", &Basket::count, any(), "n")}),
                               kind_row<Basket>(Fruit::pear, fruits(), "pears", {})};
  CHECK(baskets.alternatives()[1].type == "pear");
  CHECK(baskets.alternatives()[0].find("count")->fallback == 3);
  const Json apples{{"type", "apple"}, {"count", 9}}, pears{{"type", "pear"}, {"count", 9}},
      plums{{"type", "plum"}};
  CHECK(baskets(Section::over(apples)).count == 9);
  CHECK(baskets(Section::over(pears)).kind == Fruit::pear);
  CHECK(baskets(Section::over(pears)).count == 3);
  CHECK_THROWS_WITH(baskets(Section::over(plums)),
                    Contains("[config] nothing is made of the type \"plum\""));
}

TEST_CASE("conditions hold for the values at their paths") {
  const Json section{{"a", {{"b", 1.0}}}, {"word", "x"}, {"low", 2}, {"high", 2.0}};
  CHECK(is("/a/b", 1)(section));
  CHECK_FALSE(is("/a/b", 2)(section));
  CHECK(is_not("word", "y")(section));
  CHECK_FALSE(is_not("word", "x")(section));
  CHECK_FALSE(is("/a/c", 1)(section));
  CHECK_FALSE(is_not("/a/c", 1)(section));
  CHECK(reaches("low", "high")(section));
  CHECK_FALSE(negated(is("word", "x"))(section));
  CHECK(when(is("word", "x"), is("low", 2))(section));
  CHECK_FALSE(when(is("word", "x"), is("low", 3), is("high", 2))(section));
}

TEST_CASE("without settings, a config gives the options of the library") {
  const Config config = parse_config(R"({"data": {"type": "moons"}})", "moons.json");
  const VelocityOptions network = networks_of_points()(config.section("/model")), plain;
  CHECK(network.kind == plain.kind);
  CHECK(network.hidden == plain.hidden);
  CHECK(network.activation == plain.activation);
  CHECK(network.condition == plain.condition);
  CHECK(network.dropout == plain.dropout);
  CHECK(network.layer_norm == plain.layer_norm);
  CHECK(network.init == plain.init);
  CHECK(network.zero_last == plain.zero_last);
  const OptimizerOptions optimizer = optimizer_rules()(config.section("/optimizer")), usual;
  CHECK(optimizer.kind == usual.kind);
  CHECK(optimizer.beta1 == usual.beta1);
  CHECK(optimizer.beta2 == usual.beta2);
  CHECK(optimizer.eps == usual.eps);
  // These two are other ones than in the library.
  CHECK(optimizer.lr == 3e-3);
  CHECK(optimizer.weight_decay == 0.01);
  CHECK(section_table("optimizer", DataKind::tokens).find("adamw")->find("lr")->fallback ==
        usual.lr);
  SolverOptions solver;
  const SolverOptions default_solver;
  read(tolerance_members(), config.section("/sampler").json(), solver);
  CHECK(solver.rtol == default_solver.rtol);
  CHECK(solver.atol == default_solver.atol);
  CHECK(solver.max_steps == default_solver.max_steps);
}

TEST_CASE("the width and the blocks of a residual network are its hidden layers") {
  const Config config = parse_config(R"({"data": {"type": "moons"},
      "model": {"type": "res_mlp", "width": 48, "blocks": 5}})",
                                     "moons.json");
  CHECK(networks_of_points()(config.section("/model")).hidden == std::vector<int>(5, 48));
}
