// Tests batches: couplings, labels, paired data, and noise on the path.
#include "flow/train/batch.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/dequantised.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

std::vector<real> batch_values(Var v) { return {v.values().begin(), v.values().end()}; }

// Returns a coupling that pairs rows in the order of their first coordinates. It appends the step
// of each call to `steps`.
Coupling sorted(std::vector<std::uint32_t>* steps) {
  return {"sorted", [steps](const Endpoints& ends, Stream stream, std::span<RowPair> pairs) {
            if (steps) steps->push_back(stream.step);
            std::vector<int> a(ends.rows), b(ends.rows);
            for (int k = 0; k < ends.rows; ++k) a[k] = b[k] = k;
            const auto by = [&](const real* x) {
              return [x, d = ends.dim](int i, int j) { return x[i * d] < x[j * d]; };
            };
            std::sort(a.begin(), a.end(), by(ends.x0));
            std::sort(b.begin(), b.end(), by(ends.x1));
            for (int k = 0; k < ends.rows; ++k) pairs[k] = {a[k], b[k]};
          }};
}

Problem sorted_moons(std::vector<std::uint32_t>* steps = nullptr) {
  return {.source = std::make_shared<GaussianSource>(2),
          .data = std::make_shared<Toy>("moons"),
          .coupling = sorted(steps)};
}

// Returns 30 rows (k, 10 k) with label k mod 3.
DistributionPtr counted_rows(double factor = 1) {
  Tensor values({30, 2});
  std::vector<int> labels(30);
  for (int k = 0; k < 30; ++k) {
    values(k, 0) = static_cast<real>(factor * k);
    values(k, 1) = static_cast<real>(10 * factor * k);
    labels[k] = k % 3;
  }
  return std::make_shared<ArrayData>(values, labels);
}

}  // namespace

TEST_CASE("computing the coupling in advance changes nothing, also when steps are skipped") {
  Workers workers(2);
  std::vector<std::uint32_t> asked;
  Batch ahead(sorted_moons(), 300, 4, true), here(sorted_moons(&asked), 300, 4, false);
  for (std::uint32_t step : {0u, 1u, 2u, 7u, 8u, 3u}) {
    Tape tape;
    ahead.start(step, workers);
    here.start(step, workers);
    const PathSample a = ahead.chunk(tape, 0, 300), b = here.chunk(tape, 0, 300);
    CHECK(batch_values(a.x0) == batch_values(b.x0));
    CHECK(batch_values(a.x1) == batch_values(b.x1));
    CHECK(batch_values(a.t) == batch_values(b.t));
  }
  CHECK(asked == std::vector<std::uint32_t>{0, 1, 2, 7, 8, 3});
}

TEST_CASE("if a coupling fails in advance, the error is thrown when its batch is requested") {
  Workers workers(1);
  Problem problem = sorted_moons();
  problem.coupling.pair = [](const Endpoints&, Stream stream, std::span<RowPair>) {
    if (stream.step == 1) throw std::runtime_error("no plan for step 1");
  };
  Batch batch(problem, 10, 0);
  batch.start(0, workers);
  CHECK_THROWS_WITH(batch.start(1, workers), "no plan for step 1");
}

TEST_CASE("a coupling that failed in advance can be tried again") {
  Workers workers(2);
  Problem problem = sorted_moons();
  const auto pair = problem.coupling.pair;
  auto failed = std::make_shared<bool>(false);
  problem.coupling.pair = [pair, failed](const Endpoints& ends, Stream stream,
                                         std::span<RowPair> pairs) {
    if (stream.step == 1 && !std::exchange(*failed, true))
      throw std::runtime_error("not this time");
    pair(ends, stream, pairs);
  };
  Batch batch(problem, 200, 3), sound(sorted_moons(), 200, 3, false);
  batch.start(0, workers);
  CHECK_THROWS_WITH(batch.start(1, workers), "not this time");
  for (std::uint32_t step : {1u, 2u, 3u}) {
    Tape tape;
    batch.start(step, workers);
    sound.start(step, workers);
    const PathSample a = batch.chunk(tape, 0, 200), b = sound.chunk(tape, 0, 200);
    CHECK(batch_values(a.x0) == batch_values(b.x0));
    CHECK(batch_values(a.x1) == batch_values(b.x1));
  }
}

TEST_CASE("paired rows stay together") {
  Batch batch({.source = counted_rows(-1), .data = counted_rows(), .coupling = paired_coupling()},
              200, 1);
  Tape tape;
  const PathSample s = batch.chunk(tape, 0, 200);
  for (std::size_t i = 0; i < 400; ++i) CHECK(s.x0.values()[i] == -s.x1.values()[i]);
  CHECK_THROWS_WITH(Batch({.source = std::make_shared<GaussianSource>(2),
                           .data = counted_rows(),
                           .coupling = paired_coupling()},
                          20, 1),
                    "[batch] paired rows need two finite sets of equal size: "
                    "the source has infinitely many rows, the data 30");
}

TEST_CASE("path samples have labels, some of which are left out at random") {
  Problem problem{.source = std::make_shared<GaussianSource>(2), .data = counted_rows()};
  problem.labelled = true;
  problem.label_dropout = 0.25;
  constexpr int n = 4000;
  Batch batch(problem, n, 1);
  Tape tape;
  const PathSample s = batch.chunk(tape, 0, n);
  REQUIRE(s.labels.size() == n);
  int left_out = 0;
  for (int k = 0; k < n; ++k) {
    if (s.labels[k] == kNoLabel)
      ++left_out;
    else
      CHECK(s.labels[k] == int(s.x1.values()[2 * k]) % 3);
  }
  // The tolerance is 5 standard deviations of a binomial count.
  CHECK(std::abs(left_out - n / 4) < 5 * std::sqrt(n * 0.25 * 0.75));
  const std::vector<int> all(s.labels.begin(), s.labels.end());
  Batch again(problem, n, 1);
  const PathSample part = again.chunk(tape, 128, 100);
  CHECK(std::equal(part.labels.begin(), part.labels.end(), all.begin() + 128));
  CHECK_THROWS_WITH(
      Batch(
          {.source = problem.source, .data = std::make_shared<GaussianSource>(2), .labelled = true},
          20, 1),
      "[batch] labels are asked for, and the data has no classes; give labelled data");
}

TEST_CASE("rows are numbered in the order of their set, through couplings and standardization") {
  for (const bool coupled : {false, true}) {
    Problem problem{.source = std::make_shared<GaussianSource>(2),
                    .data = standardize(counted_rows()),
                    .labelled = true,
                    .numbered = true,
                    .first_row = 100};
    if (coupled) problem.coupling = sorted(nullptr);
    Batch batch(problem, 50, 7, false);
    Workers workers(1);
    batch.start(3, workers);
    Tape tape;
    const PathSample s = batch.chunk(tape, 0, 50);
    std::vector<real> rows = batch_values(s.x1);
    problem.data->restore(50, rows.data());
    for (int r = 0; r < 50; ++r)
      CHECK(s.labels[std::size_t(r)] == 100 + std::lround(rows[2 * std::size_t(r)]));
  }
}

TEST_CASE("noise on the path is drawn anew for each step and does not depend on chunks") {
  Problem problem{.source = std::make_shared<GaussianSource>(2),
                  .data = std::make_shared<Toy>("moons"),
                  .noise = path_noise("constant", 0.5)};
  Workers workers(1);
  Batch batch(problem, 3000, 1);
  Tape tape;
  batch.start(0, workers);
  const PathSample s = batch.chunk(tape, 0, 3000), late = batch.chunk(tape, 128, 50);
  CHECK(std::ranges::equal(late.xt.values(), s.xt.values().subspan(256, 100)));
  double square = 0;
  for (int k = 0; k < 3000; ++k) {
    for (int j = 0; j < 2; ++j) {
      const std::size_t i = 2 * k + j;
      const double t = double(s.t.values()[k]);
      const double z = double(s.xt.values()[i]) - t * double(s.x1.values()[i]) -
                       (1 - t) * double(s.x0.values()[i]);
      square += z * z;
      CHECK(double(s.dxt.values()[i]) ==
            Approx(double(s.x1.values()[i]) - double(s.x0.values()[i])).margin(1e-5));
    }
  }
  CHECK(square / 6000 == Approx(0.25).epsilon(5 * std::sqrt(2. / 6000)));
  batch.start(1, workers);
  CHECK(batch_values(batch.chunk(tape, 0, 3000).xt) != batch_values(s.xt));
}

TEST_CASE("a coupling gets labels if the data has classes, otherwise none") {
  const Tensor rows({6, 2}, std::vector<real>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  const DistributionPtr labelled = ArrayData(rows, {0, 1, 2, 0, 1, 2}), bare = ArrayData(rows);
  const struct {
    const char* name;
    DistributionPtr data;
    int classes;
  } cases[] = {
      {"gaussian", GaussianSource(2), 0},
      {"uniform", UniformSource(2, 0, 1), 0},
      {"array", bare, 0},
      {"array with labels", labelled, 3},
      {"toy", Toy("moons"), 2},
      {"mixture", GaussianMixture({1, 1}, Tensor({2, 2}), {1, 1}), 2},
      {"affine", affine_data(bare, 2, 1), 0},
      {"affine with labels", affine_data(labelled, 2, 1), 3},
      {"dequantised", DequantisedData(bare), 0},
      {"dequantised with labels", DequantisedData(labelled), 3},
  };
  for (const auto& [name, data, classes] : cases) {
    CAPTURE(name);
    REQUIRE(data->classes() == classes);
    std::vector<std::vector<int>> handed;
    const Coupling spy{
        "spy", [&handed](const Endpoints& ends, Stream, std::span<RowPair> pairs) {
          handed.push_back(ends.labels ? std::vector<int>(ends.labels, ends.labels + ends.rows)
                                       : std::vector<int>());
          for (int k = 0; k < ends.rows; ++k) pairs[k] = {k, k};
        }};
    constexpr int kRows = 40;
    Workers workers(1);
    Batch batch({.source = GaussianSource(2), .data = data, .coupling = spy}, kRows, 3, false);
    for (std::uint32_t step = 0; step < 2; ++step) {
      batch.start(step, workers);
      std::vector<int> labels;
      draw_rows(*data, {3, Purpose::data, step}, kRows, &labels);
      CHECK(handed.back() == (classes > 0 ? labels : std::vector<int>()));
    }
    CHECK(handed.size() == 2);
  }
}

TEST_CASE("a batch refuses pairs of rows that do not exist, computed in advance or not") {
  const Problem plain{.source = GaussianSource(2), .data = Toy("moons")};
  for (const bool ahead : {false, true}) {
    for (const RowPair wrong : {RowPair{-1, 0}, {20, 0}, {0, -1}, {0, 20}}) {
      Problem problem = plain;
      problem.coupling = {"mine",
                          [wrong](const Endpoints& ends, Stream stream, std::span<RowPair> pairs) {
                            for (int k = 0; k < ends.rows; ++k) pairs[k] = {k, k};
                            if (stream.step == 1) pairs[7] = wrong;
                          }};
      Workers workers(1);
      Batch batch(problem, 20, 0, ahead);
      CHECK_NOTHROW(batch.start(0, workers));
      CHECK_THROWS_WITH(batch.start(1, workers),
                        "[batch] the coupling \"mine\" made pair 7 of source row " +
                            std::to_string(wrong.source) + " and data row " +
                            std::to_string(wrong.data) +
                            " in a batch of 20; give rows of the batch");
    }
  }
}

TEST_CASE("a batch refuses invalid problems and requests") {
  Workers workers(1);
  const auto made = [](auto change) {
    return [change] {
      Problem problem{.source = GaussianSource(2), .data = Toy("moons")};
      change(problem);
      Batch(problem, 20, 0);
    };
  };
  Batch waiting(sorted_moons(), 20, 0),
      batch({.source = GaussianSource(2), .data = Toy("moons")}, 20, 0);
  Tape tape;
  check_refusals({
      {made([](Problem& p) { p.source = nullptr; }), "[batch] source and data must both be given"},
      {made([](Problem& p) { p.data = nullptr; }), "[batch] source and data must both be given"},
      {made([](Problem& p) { p.numbered = true; }),
       "[batch] rows are to be numbered from 0, and the data draws from 0 rows; number the rows of "
       "a finite set, from 0 or more"},
      {made([](Problem& p) { p.label_dropout = -0.5; }),
       "[batch] label_dropout is -0.5; it is a probability, 0 to 1"},
      {made([](Problem& p) { p.label_dropout = 1.5; }),
       "[batch] label_dropout is 1.5; it is a probability, 0 to 1"},
      {made([](Problem& p) { p.coupling = paired_coupling(); }),
       "[batch] paired rows need two finite sets of equal size: "
       "the source has infinitely many rows, the data infinitely many"},
      {[&] { waiting.chunk(tape, 0, 20); },
       "[batch] the coupling looks at the whole batch, and no step has been started; "
       "call start first"},
      {[&] { batch.chunk(tape, -1, 5); }, "[batch] rows -1 to 4 asked for in a batch of 20"},
      {[&] { batch.chunk(tape, 0, 0); }, "[batch] rows 0 to 0 asked for in a batch of 20"},
      {[&] { batch.chunk(tape, 15, 6); }, "[batch] rows 15 to 21 asked for in a batch of 20"},
      {[&] { batch.label(-1); }, "[batch] row -1 of a batch of 20"},
      {[&] { batch.label(20); }, "[batch] row 20 of a batch of 20"},
  });
  CHECK_NOTHROW(batch.chunk(tape, 15, 5));
  waiting.start(0, workers);
  CHECK_NOTHROW(waiting.chunk(tape, 0, 20));
}

}  // namespace pushforward::inline PF_REAL
