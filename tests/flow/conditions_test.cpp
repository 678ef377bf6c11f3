// Tests tables of conditions: the numbers that a field is given for a label, and that samplers and
// guidance treat these labels as they treat classes.
#include "flow/conditions.h"

#include <limits>
#include <vector>

#include "autograd/ops.h"
#include "flow/distributions/source.h"
#include "flow/path/guidance.h"
#include "flow/solve/sampler.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

ConditionTablePtr three_conditions() {
  return std::make_shared<ConditionTable>(Tensor({3, 2}, std::vector<real>{1, 2, 3, 4, -5, 6}));
}

// The velocity of a flow that moves every point by the first number of its condition, and by 10
// without a condition.
Field moving_field() {
  return conditioned(
      [](Var x, Var, Var c) {
        const Var first = slice(c, 1, 0, 1), given = slice(c, 1, 2, 1);
        return first + (1 - given) * 10 + 0 * x;
      },
      three_conditions());
}

}  // namespace

TEST_CASE("a row gets the numbers of its condition and a 1, and zeros without a condition") {
  const ConditionTablePtr table = three_conditions();
  CHECK(table->rows() == 3);
  CHECK(table->columns() == 2);
  Tape tape;
  const std::vector<int> labels{2, kNoLabel, 0, 2};
  const Var c = table->inputs(tape, 4, labels);
  CHECK(c.shape() == Shape({4, 3}));
  CHECK(std::vector<real>(c.values().begin(), c.values().end()) ==
        std::vector<real>{-5, 6, 1, 0, 0, 0, 1, 2, 1, -5, 6, 1});
  const Var none = table->inputs(tape, 2, {});
  CHECK(std::vector<real>(none.values().begin(), none.values().end()) == std::vector<real>(6, 0));
}

TEST_CASE("tables of conditions refuse invalid numbers and labels") {
  Tape tape;
  const ConditionTablePtr table = three_conditions();
  const auto inputs = [&](std::vector<int> labels, int count) {
    return [&tape, table, labels, count] { table->inputs(tape, count, labels); };
  };
  check_refusals({
      {[] {
         ConditionTable(Tensor({0, 2}));
       },
       "[conditions] a table of shape (0, 2); give rows of at least one number"},
      {[] {
         ConditionTable(
             Tensor({2, 2}, std::vector<real>{1, 2, 3, std::numeric_limits<real>::infinity()}));
       },
       "[conditions] row 1, column 1 is not finite; give numbers"},
      {inputs({0, 3}, 2),
       "[conditions] row 1 has label 3; the table of conditions has rows 0 to 2"},
      {inputs({0}, 2), "[conditions] 1 labels for 2 rows; give one for each row, or none at all"},
      {[] { conditioned([](Var x, Var, Var) { return x; }, nullptr); },
       "[conditions] no table of conditions is given"},
  });
}

TEST_CASE("samplers carry conditions from row to row, with any number of threads") {
  SamplerOptions options;
  options.solver.adaptive = false;
  options.grid = {0, 0.5, 1};
  options.label_of = [](int row) { return row % 4 == 3 ? kNoLabel : row % 4; };
  const int n = 700;
  std::vector<std::vector<real>> drawn;
  for (const int threads : {1, 3}) {
    Workers workers(threads);
    Sampler sampler(moving_field(), 1, options, workers);
    std::vector<real> x(n);
    sampler.sample(GaussianSource(1), 5, n, x.data());
    drawn.push_back(x);
  }
  CHECK(drawn[0] == drawn[1]);
  Workers workers(1);
  const Tensor start = draw_rows(GaussianSource(1), sample_stream(5), n);
  const real moved[] = {1, 3, -5, 10};
  for (int row = 0; row < n; ++row)
    CHECK(std::abs(drawn[0][std::size_t(row)] - (start(row, 0) + moved[row % 4])) < 1e-4);
}

TEST_CASE("guidance moves the velocity of a condition away from that of no condition") {
  const Field field = guided(moving_field(), {.scale = 2});
  Tape tape;
  const Var x = tape.input({3, 1}, {0, 0, 0}), t = tape.full({3, 1}, real(0.5));
  const std::vector<int> labels{1, kNoLabel, 2};
  const Var u = field(x, t, labels);
  // 3 times the velocity given the condition, less 2 times that without.
  CHECK(std::vector<real>(u.values().begin(), u.values().end()) ==
        std::vector<real>{3 * 3 - 20, 10, 3 * -5 - 20});
}

}  // namespace pushforward::inline PF_REAL
