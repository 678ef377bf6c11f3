// Tests paths, the loss and batches. The velocity and the loss agree with closed formulas. The losses
// and gradients of chunks add up to those of the batch. Labels stay with their data rows. A row of a
// batch depends only on the seed, the step and its index, not on the division into chunks.
#include "flow/path/path.h"

#include <algorithm>
#include <cmath>

#include "autograd/sweep.h"
#include "flow/distributions/array.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "tests/flow/fields.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kPathEps = sizeof(real) == 8 ? 1e-14 : 2e-6;

// A coupling that pairs source rows with data rows in reverse order.
void reversed(const Endpoints& ends, Stream, std::span<RowPair> pairs) {
  for (int k = 0; k < ends.rows; ++k) pairs[k] = {k, ends.rows - 1 - k};
}

Problem moons_problem() {
  return {std::make_shared<GaussianSource>(2), std::make_shared<Toy>("moons")};
}

std::vector<real> path_values(Var v) { return {v.values().begin(), v.values().end()}; }

}  // namespace

TEST_CASE("a path sample is on its path, with the path's derivative") {
  Tape tape;
  const PathEnds ends = make_ends(tape, 3, 2);
  std::ranges::copy(std::vector<real>{0, real(0.25), 1}, ends.t);
  std::ranges::copy(std::vector<real>{1, 2, 3, 4, 5, 6}, ends.x0);
  std::ranges::copy(std::vector<real>{-1, 0, 7, 0, 2, 2}, ends.x1);
  const PathSample s = follow_path(cond_ot(), ends);
  CHECK(s.t.shape() == Shape{3, 1});
  CHECK(path_values(s.xt) == std::vector<real>{1, 2, 4, 3, 2, 2});
  CHECK(path_values(s.dxt) == std::vector<real>{-2, -2, 4, -4, -3, -4});
  CHECK(path_values(s.x0) == std::vector<real>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("the exact velocity of Gaussian data has its closed form") {
  Tape tape;
  const Var u = gaussian_field(2, real(0.5))(tape.input({1, 1}, {real(0.9)}),
                                             tape.input({1, 1}, {real(0.4)}));
  CHECK(static_cast<double>(u.item()) == Approx(1.875).epsilon(1e-6));
}

TEST_CASE("the loss is a mean square, and the losses of chunks add up to that of the batch") {
  Workers workers(1);
  Batch batch(moons_problem(), 200, 7);
  batch.start(0, workers);
  Tape tape;
  const RandomField net(2, 1);
  const Field field = std::cref(net);
  const PathSample all = batch.chunk(tape, 0, 200);
  const Var whole = cfm_loss(field, all);
  const Var u = field(all.xt, all.t);
  double direct = 0;
  for (int i = 0; i < 400; ++i)
    direct += std::pow(double(u.values()[i]) - double(all.dxt.values()[i]), 2) / 400;
  CHECK(double(whole.item()) == Approx(direct).epsilon(100 * kPathEps));

  const Var slope = grad(whole, tape.parameter(0));
  std::vector<double> added(slope.values().size());
  double parts = 0;
  for (int first : {0, 128}) {
    Tape chunk_tape;
    const int rows = first ? 72 : 128;
    const Var part =
        part_of_batch(cfm_loss(field, batch.chunk(chunk_tape, first, rows)), rows, 200);
    parts += double(part.item());
    const Var g = grad(part, chunk_tape.parameter(0));
    for (std::size_t i = 0; i < added.size(); ++i) added[i] += double(g.values()[i]);
  }
  CHECK(parts == Approx(direct).epsilon(100 * kPathEps));
  for (std::size_t i = 0; i < added.size(); ++i)
    CHECK(std::abs(added[i] - double(slope.values()[i])) < 100 * kPathEps);

  CHECK_THROWS_WITH(cfm_loss([](Var, Var t) { return t; }, all),
                    "[cfm_loss] the field gave (200, 1) for points (200, 2); "
                    "a velocity has the shape of its points");
  CHECK_THROWS_WITH(part_of_batch(whole, 200, 100),
                    "[part_of_batch] a chunk of 200 rows in a batch of 100; "
                    "give the rows of the chunk, then of the batch");
  CHECK_THROWS_WITH(part_of_batch(whole, 0, 100),
                    "[part_of_batch] a chunk of 0 rows in a batch of 100; "
                    "give the rows of the chunk, then of the batch");
}

TEST_CASE("the exact velocity has the least loss") {
  // For N(0, 1) to N(2, s^2), the minimum of the loss is E Var(x1 - x0 | xt). It equals the
  // integral of s^2 / (t^2 s^2 + (1 - t)^2) dt over [0, 1], which is s pi / 2.
  const auto data =
      std::make_shared<Toy>("gaussian", std::map<std::string, double>{{"std", 0.5}, {"mean", 2}});
  Workers workers(1);
  Batch batch({std::make_shared<GaussianSource>(2), data}, 40000, 3);
  batch.start(0, workers);
  Tape tape;
  const PathSample s = batch.chunk(tape, 0, 40000);
  const double exact = double(cfm_loss(gaussian_field(2, real(0.5)), s).item());
  CHECK(exact == Approx(0.5 * 1.57079632679).epsilon(0.02));
  CHECK(double(cfm_loss(gaussian_field(real(1.9), real(0.5)), s).item()) > exact);
  CHECK(double(cfm_loss(gaussian_field(2, real(0.6)), s).item()) > exact);
}

TEST_CASE("rows of a batch depend only on seed, step and row number") {
  Workers workers(2);
  Batch batch(moons_problem(), 300, 7), again(moons_problem(), 300, 7),
      other(moons_problem(), 300, 8);
  Tape tape;
  batch.start(4, workers);
  again.start(4, workers);
  other.start(4, workers);
  const PathSample all = batch.chunk(tape, 0, 300);
  const PathSample late = again.chunk(tape, 128, 100);
  for (auto member :
       {&PathSample::t, &PathSample::xt, &PathSample::dxt, &PathSample::x0, &PathSample::x1}) {
    const int cols = (all.*member).shape().cols();
    const auto a = path_values(all.*member), b = path_values(late.*member);
    for (std::size_t i = 0; i < b.size(); ++i)
      CHECK(std::abs(a[128 * cols + i] - b[i]) <= real(kPathEps));
  }
  CHECK(path_values(other.chunk(tape, 0, 300).x0) != path_values(all.x0));
  batch.start(5, workers);
  const PathSample next = batch.chunk(tape, 0, 300);
  for (auto member : {&PathSample::t, &PathSample::x0, &PathSample::x1})
    CHECK(path_values(next.*member) != path_values(all.*member));
  double mean = 0;
  for (real t : all.t.values()) mean += double(t) / 300;
  CHECK(std::abs(mean - 0.5) < 0.06);

  CHECK_THROWS_WITH(batch.chunk(tape, 200, 101),
                    "[batch] rows 200 to 301 asked for in a batch of 300");
  CHECK_THROWS_WITH(
      Batch({std::make_shared<GaussianSource>(3), std::make_shared<Toy>("moons")}, 10, 0),
      "[batch] the source has dimension 3 and the data 2; a flow keeps the dimension");
  CHECK_THROWS_WITH(Batch(moons_problem(), 0, 0),
                    "[batch] a batch of 0 rows; it must have at least one");
  CHECK_THROWS_WITH(Batch({nullptr, nullptr}, 1, 0), "[batch] source and data must both be given");
}

TEST_CASE("labels follow their data through a coupling") {
  constexpr int n = 150;
  Tensor values({n, 2});
  std::vector<int> labels(n);
  for (int k = 0; k < n; ++k) values(k, 0) = static_cast<real>(labels[k] = k);
  Problem problem{std::make_shared<GaussianSource>(2), std::make_shared<ArrayData>(values, labels)};
  Workers workers(2);
  Tape tape;
  Batch plain(problem, n, 1);
  problem.coupling = {"reversed", reversed};
  Batch coupled(problem, n, 1);
  plain.start(0, workers);
  coupled.start(0, workers);
  const PathSample a = plain.chunk(tape, 0, n), b = coupled.chunk(tape, 0, n);
  CHECK(path_values(a.x0) == path_values(b.x0));
  for (int k = 0; k < n; ++k) {
    CHECK(plain.pairs()[k] == RowPair{k, k});
    CHECK(a.x1.values()[2 * k] == static_cast<real>(plain.label(k)));
    CHECK(b.x1.values()[2 * k] == static_cast<real>(coupled.label(k)));
    CHECK(coupled.label(k) == plain.label(n - 1 - k));
  }
}

}  // namespace pushforward::inline PF_REAL
