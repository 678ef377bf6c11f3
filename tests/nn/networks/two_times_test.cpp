// Tests velocity networks with two times, and that they start from the weights of one with one time.
#include <algorithm>
#include <string>
#include <vector>

#include "autograd/sweep.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/checkpoint/widened.h"
#include "nn/networks/velocity.h"
#include "tests/nn/check.h"
#include "tests/tools/faulty_files.h"

namespace pushforward::inline PF_REAL {
namespace {

// Returns the options of every kind of network, with one time.
std::vector<VelocityOptions> kinds_of_networks() {
  std::vector<VelocityOptions> all;
  for (const NetworkKind kind : {NetworkKind::mlp, NetworkKind::res_mlp})
    for (const Condition condition : {Condition::concat, Condition::film})
      for (const TimeKind time : {TimeKind::raw, TimeKind::sinusoidal, TimeKind::fourier})
        all.push_back({.kind = kind,
                       .dim = 2,
                       .hidden = {8, 8},
                       .input = {.kind = InputKind::fourier, .dim = 6, .blur = 0.5},
                       .time = {.kind = time, .dim = 4},
                       .classes = 3,
                       .label_dim = 5,
                       .condition = condition});
  return all;
}

struct Rows {
  Tape tape;
  Var x, s, t;
  std::vector<int> labels{0, 2, -1, 1, 0};
  Rows() {
    x = tape.input({5, 2}, random_tensor({5, 2}, 1).values());
    Tensor times({2, 5});
    fill_uniform({1, Purpose::time}, 0, 2, 5, times.data());
    s = tape.input({5, 1}, times.row(0));
    t = tape.input({5, 1}, times.row(1));
  }
};

}  // namespace

TEST_CASE("two times: v(x, t, t) is the network's answer for one time, and v depends on both") {
  for (VelocityOptions o : kinds_of_networks()) {
    o.two_times = true;
    Velocity net(o);
    Parameters parameters(net);
    parameters.initialise({1, Purpose::init});
    Rows r;
    CHECK(copied(net(r.x, r.t, r.labels)) == copied(net(r.x, r.t, r.t, r.labels)));
    const Var v = net(r.x, r.s, r.t, r.labels), one = r.tape.full({5, 1}, 1);
    CHECK(v.shape() == Shape({5, 2}));
    for (const Var slope : {jvp(v, r.s, one), jvp(v, r.t, one)})
      CHECK(std::ranges::any_of(slope.values(), [](real d) { return d != 0; }));
  }
}

TEST_CASE("two times: a network starts from the weights of one with one time") {
  const TestFolder folder;
  const std::string file = folder / "model";
  for (const VelocityOptions& o : kinds_of_networks()) {
    Velocity plain(o);
    Parameters of_plain(plain, 1000);
    of_plain.initialise({1, Purpose::init});
    save_model(posix(), file, of_plain, of_plain.values());
    VelocityOptions wider = o;
    wider.two_times = true;
    Velocity map(wider);
    Parameters of_map(map);
    of_map.initialise({2, Purpose::init});
    load_widened(posix(), file, map.second_columns(), of_map);
    Rows r;
    const Var u = plain(r.x, r.s, r.labels), v = map(r.x, r.s, r.t, r.labels);
    for (std::size_t i = 0; i < 10; ++i)
      CHECK(double(v.values()[i]) == Approx(double(u.values()[i])).epsilon(1e-5).margin(1e-6));
    // The added weights are 0, but they are trained.
    for (const Parameter* p : of_map.list()) {
      if (p->name.find("weight") == std::string::npos || p->frozen) continue;
      const Var g = grad(sum(square(v)), p->on(r.tape));
      CHECK(std::ranges::any_of(g.values(), [](real d) { return d != 0; }));
    }
    // Files of another network are refused, and nothing is changed.
    const std::vector<real> before(of_map.values().begin(), of_map.values().end());
    const std::string column = o.condition == Condition::film ? "embed.weight"
                               : o.kind == NetworkKind::mlp   ? "0.weight"
                                                              : "input.weight";
    CHECK_THROWS_WITH(
        load_widened(posix(), file, map.second_columns() + 1, of_map),
        Catch::Contains("[checkpoint] " + file + ": " + column + " is [8, ") &&
            Catch::Contains("in the model; load it into a network of the same /model"));
    CHECK(before == std::vector<real>(of_map.values().begin(), of_map.values().end()));
  }
}

TEST_CASE("two times: mistakes are named") {
  Rows r;
  Velocity one({.dim = 2, .hidden = {4}});
  CHECK_THROWS_WITH(one(r.x, r.s, r.t, {}),
                    "[velocity] two times are given, but the network was made for one; set "
                    "two_times in its options");
  Velocity two({.dim = 2, .hidden = {4}, .two_times = true});
  CHECK_THROWS_WITH(two(r.x, r.s, r.tape.full({4, 1}, 0), {}),
                    "[velocity] s is (5, 1), t (4, 1) and x (5, 2); s and t must be (5, 1)");
}

}  // namespace pushforward::inline PF_REAL
