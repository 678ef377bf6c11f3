// Compares gradients of log-densities with central differences and closed forms, and values with
// those of the solver without a tape.
#include "flow/density/on_tape.h"

#include <cmath>
#include <vector>

#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"
#include "flow/density/likelihood.h"
#include "flow/distributions/source.h"
#include "tests/flow/fields.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

Var standard(Var x0) { return gaussian_log_density(x0, 1); }

// A small network of [x, t] whose four parameters are in the slots 0 to 3 of the tape.
struct Net {
  Tensor w1{{6, 3}}, b1{{1, 6}}, w2{{2, 6}}, b2{{1, 2}};
  Net() {
    std::uint32_t step = 0;
    for (Tensor* p : all())
      fill_normal({9, Purpose::init, step++}, 0, p->rows(), p->cols(), p->data());
  }
  std::vector<Tensor*> all() { return {&w1, &b1, &w2, &b2}; }
  Var operator()(Var x, Var t) const {
    Tape& tape = *x.tape;
    const auto leaf = [&](int slot, const Tensor& p) {
      return tape.parameter(slot, p.shape(), p.data(), "p");
    };
    return linear(tanh(linear(concat(x, t, 1), leaf(0, w1), leaf(1, b1))), leaf(2, w2),
                  leaf(3, b2));
  }
};

}  // namespace

TEST_CASE("the gradient of the log-density agrees with central differences") {
  if (!kDouble) return;  // differences in float are too inaccurate
  Net net;
  Tensor points({3, 2}), signs({3, 2});
  fill_normal({1, Purpose::data, 0}, 0, 3, 2, points.data());
  fill_rademacher({1, Purpose::probe, 0}, 0, 3, 2, signs.data());
  for (const Tableau* tableau : {&kEuler, &kHeun, &kRk4, &kDopri5}) {
    for (bool exact : {true, false}) {
      const auto total = [&](Tape& tape, Var x) {
        TapeSolve solve;
        solve.tableau = tableau;
        solve.steps = 3;
        if (!exact) solve.probe = tape.input(signs.shape(), signs.values());
        return sum(log_density(std::cref(net), x, standard, solve));
      };
      const auto value = [&] {
        Tape tape;
        return static_cast<double>(
            total(tape, tape.input(points.shape(), points.values())).values()[0]);
      };
      Tape tape;
      const Var x = tape.input(points.shape(), points.values());
      const Var y = total(tape, x);
      std::vector<Var> wrt{x}, found(5);
      for (int slot = 0; slot < 4; ++slot) wrt.push_back(tape.parameter(slot));
      grad(y, tape.full({}, 1), wrt, found);
      std::vector<Tensor*> moved{&points};
      for (Tensor* p : net.all()) moved.push_back(p);
      for (std::size_t k = 0; k < moved.size(); ++k) {
        CAPTURE(tableau->name, exact, k);
        REQUIRE(found[k]);
        for (std::size_t i = 0; i < moved[k]->values().size(); ++i) {
          real& entry = moved[k]->values()[i];
          const real before = entry;
          const auto difference = [&](double h) {
            entry = before + static_cast<real>(h);
            const double up = value();
            entry = before - static_cast<real>(h);
            const double down = value();
            entry = before;
            return (up - down) / (2 * h);
          };
          // Richardson extrapolation of two central differences has an error of order h^4.
          const double h = 1e-3, expected = (4 * difference(h / 2) - difference(h)) / 3;
          CHECK(std::abs(static_cast<double>(found[k].values()[i]) - expected) <
                1e-8 * (1 + std::abs(expected)));
        }
      }
    }
  }
}

TEST_CASE("the gradient through a linear field has its closed form") {
  // For u = x A^T and a standard normal p0, ln p1(x) = ln p0(exp(-A) x) - tr A, with gradient
  // -exp(-A)^T exp(-A) x. If A is a rotation with rate w plus growth with rate g, exp(-A)^T exp(-A)
  // = e^-2g I. The derivative with respect to g is then 2 e^-2g |x|^2 / 2 - 2.
  const double g = 0.3, w = 1.1;
  Tape tape;
  const Var x = tape.input({2, 2}, {real(1.5), real(-0.5), real(0.2), real(2)});
  const Var growth = tape.input({}, {static_cast<real>(g)});
  const Field field = [&](Var at, Var) {
    const Var turn = tape.input({2, 2}, {0, static_cast<real>(-w), static_cast<real>(w), 0});
    return matmul(at, turn, false, true) + broadcast(growth, at.shape()) * at;
  };
  TapeSolve solve;
  solve.tableau = &kTsit5;
  solve.steps = 40;
  const Var log_p = log_density(field, x, standard, solve);
  REQUIRE(log_p.shape() == Shape{2, 1});
  const double tolerance = kDouble ? 1e-9 : 2e-5;
  Var in[] = {x, growth}, out[2];
  grad(sum(log_p), tape.full({}, 1), in, out);
  double by_growth = 0;
  for (int r = 0; r < 2; ++r) {
    const double a = static_cast<double>(x.values()[2 * r]),
                 b = static_cast<double>(x.values()[2 * r + 1]), square = a * a + b * b;
    CHECK(std::abs(static_cast<double>(log_p.values()[r]) -
                   (-0.5 * std::exp(-2 * g) * square - std::log(2 * std::acos(-1)) - 2 * g)) <
          tolerance);
    CHECK(std::abs(static_cast<double>(out[0].values()[2 * r]) + std::exp(-2 * g) * a) < tolerance);
    CHECK(std::abs(static_cast<double>(out[0].values()[2 * r + 1]) + std::exp(-2 * g) * b) <
          tolerance);
    by_growth += std::exp(-2 * g) * square - 2;
  }
  CHECK(std::abs(static_cast<double>(out[1].values()[0]) - by_growth) < 5 * tolerance);
}

TEST_CASE("the value is that of the solver without a tape and with the same steps") {
  Workers workers(1);
  const RandomField net(2, 5);
  const Tensor points = draw_rows(GaussianSource(2, 2), sample_stream(8), 20);
  for (const Tableau* tableau : {&kEuler, &kRalston, &kRk4, &kBosh3, &kTsit5}) {
    LikelihoodOptions options;
    options.solver.tableau = tableau;
    options.solver.adaptive = false;
    options.steps = 7;
    options.begin = 0.1;
    options.end = 0.8;
    options.source_scale = 1.5;
    Likelihood plain(std::cref(net), std::make_shared<GaussianSource>(2), options, workers);
    const std::vector<double> expected = plain.log_density(points);
    Tape tape;
    const Var x = tape.input(points.shape(), points.values());
    const auto source = [](Var x0) { return gaussian_log_density(x0, 1.5); };
    for (Record record : {Record::no, Record::yes}) {
      TapeSolve solve{tableau, 7, 0.1, 0.8, {}, {}, record};
      const Var found = log_density(std::cref(net), x, source, solve);
      CAPTURE(tableau->name);
      for (int r = 0; r < 20; ++r)
        CHECK(std::abs(static_cast<double>(found.values()[r]) - expected[r]) <
              (kDouble ? 1e-12 : 1e-4));
    }
  }
}

TEST_CASE("a constant velocity shifts the density") {
  Tape tape;
  const Var x = tape.input({1, 2}, {0, 0});
  const Field field = [](Var at, Var) { return at.tape->full(at.shape(), 1); };
  for (bool exact : {true, false}) {
    TapeSolve solve;
    solve.tableau = &kEuler;
    if (!exact) solve.probe = tape.full({1, 2}, 1);
    const auto plain = [](Var x0) { return scale(sum_cols(square(x0)), real(-0.5)); };
    const Var log_p = log_density(field, x, plain, solve);
    const Var g = grad(sum(log_p), x);
    CHECK(static_cast<double>(log_p.values()[0]) == Approx(-1).epsilon(1e-5));
    for (real v : g.values()) CHECK(static_cast<double>(v) == Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("labels are passed to the field on the tape") {
  Tape tape;
  const Var x = tape.input({2, 1}, {1, 1});
  const Field field = [](Var at, Var, Labels labels) {
    return at.tape->full(at.shape(), static_cast<real>(labels[1]));
  };
  TapeSolve solve;
  const int labels[] = {5, 2};
  solve.labels = labels;
  const Var log_p = log_density(field, x, standard, solve);
  for (real v : log_p.values())
    CHECK(static_cast<double>(v) == Approx(-0.5 * 1 - 0.9189385332).epsilon(1e-5));
}

TEST_CASE("the errors of the log-density on the tape say what is wrong") {
  Tape tape;
  const Var x = tape.input({1, 2}, {0, 0});
  const Field field = [](Var at, Var) { return at; };
  TapeSolve solve;
  solve.steps = 0;
  CHECK_THROWS_WITH(log_density(field, x, standard, solve),
                    "[log_density] 0 steps; give at least 1");
  solve = {};
  solve.end = 0;
  CHECK_THROWS_WITH(
      log_density(field, x, standard, solve),
      "[log_density] the source is at time 0 and data at 0; begin must be before end");
  CHECK_THROWS_WITH(log_density(field, tape.input({2}, {0, 0}), standard),
                    "[log_density] points of shape (2); give (rows, dimension) on a tape");
  CHECK_THROWS_WITH(log_density([](Var at, Var) { return sum_cols(at); }, x, standard),
                    "[field] the velocity at points (1, 2) has shape (1, 1); "
                    "a field must return the shape of its points");
}

}  // namespace pushforward::inline PF_REAL
