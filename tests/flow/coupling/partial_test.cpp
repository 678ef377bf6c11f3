// Tests couplings that leave rows out, partial and unbalanced optimal transport, and the cost of
// conditions.
#include "flow/coupling/partial.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "autograd/tensor/random_fill.h"
#include "flow/coupling/ot.h"
#include "flow/coupling/unbalanced.h"
#include "flow/distributions/array.h"
#include "flow/distributions/source.h"
#include "flow/train/batch.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

std::vector<double> random_costs(int n, std::uint32_t step) {
  std::vector<double> cost;
  const Stream stream{3, Purpose::data, step};
  for (int k = 0; k < n * n; ++k) cost.push_back(stream.uniform(static_cast<std::uint32_t>(k)));
  return cost;
}

// The least cost of `count` pairs, by trying all of them: `row` is paired with a free column or left
// out.
double least_cost(int n, int count, const std::vector<double>& cost, int row = 0,
                  unsigned taken = 0) {
  if (count == 0) return 0;
  if (n - row < count) return std::numeric_limits<double>::infinity();
  double least = least_cost(n, count, cost, row + 1, taken);
  for (int j = 0; j < n; ++j) {
    if (taken >> j & 1U) continue;
    least = std::min(least, cost[static_cast<std::size_t>(row * n + j)] +
                                least_cost(n, count - 1, cost, row + 1, taken | 1U << j));
  }
  return least;
}

// 40 points near 0 and 10 far away on both sides, in one dimension.
struct Outliers {
  std::vector<real> x0, x1;
  Outliers() {
    for (int k = 0; k < 50; ++k) {
      x0.push_back(static_cast<real>(0.01 * k));
      x1.push_back(static_cast<real>(k < 40 ? 0.01 * k : 100 + k));
    }
  }
  operator Endpoints() const { return {50, 1, x0.data(), x1.data(), nullptr}; }
};

std::vector<RowPair> pairs_of(const Coupling& coupling, const Endpoints& ends,
                              std::uint32_t step = 0) {
  std::vector<RowPair> pairs(static_cast<std::size_t>(ends.rows));
  coupling.pair(ends, {1, Purpose::coupling, step}, pairs);
  return pairs;
}

// The objective of the unbalanced plan (unbalanced.h).
double objective(int n, const double* plan, const std::vector<double>& cost,
                 const UnbalancedOptions& o) {
  const auto kl = [](double p, double q) { return p > 0 ? p * std::log(p / q) - p + q : q; };
  double sum = 0;
  const std::size_t size = static_cast<std::size_t>(n);
  std::vector<double> rows(size, 0.), columns(size, 0.);
  for (std::size_t k = 0; k < std::size_t(n * n); ++k) {
    sum += plan[k] * cost[k] + o.reg * kl(plan[k], 1. / (n * n));
    rows[k / std::size_t(n)] += plan[k];
    columns[k % std::size_t(n)] += plan[k];
  }
  for (int k = 0; k < n; ++k)
    sum += o.mass_cost * (kl(rows[std::size_t(k)], 1. / n) + kl(columns[std::size_t(k)], 1. / n));
  return sum;
}

}  // namespace

TEST_CASE("partial transport finds the cheapest pairs of every number") {
  PartialAssignment partial;
  for (const int n : {1, 2, 5, 6}) {
    const std::vector<double> cost = random_costs(n, static_cast<std::uint32_t>(n));
    for (int count = 1; count <= n; ++count) {
      CAPTURE(n, count);
      const auto pairs = partial.solve(n, count, cost.data());
      REQUIRE(pairs.size() == static_cast<std::size_t>(count));
      CHECK(partial.cost() == Approx(least_cost(n, count, cost)).epsilon(1e-12));
      std::vector<int> columns;
      for (const RowPair& p : pairs) columns.push_back(p.data);
      std::ranges::sort(columns);
      CHECK(std::adjacent_find(columns.begin(), columns.end()) == columns.end());
    }
  }
  CHECK_THROWS_WITH(
      partial.solve(3, 0, random_costs(3, 1).data()),
      "[partial] 0 pairs of 3 rows; ask for at least one and at most one for each row");
}

TEST_CASE("the partial coupling leaves the far rows out, and uses each pair about as often") {
  const Outliers ends;
  const auto pairs = pairs_of(partial_coupling(0.8), ends);
  std::vector<int> uses(50);
  for (const RowPair& p : pairs) {
    CHECK(p.data < 40);
    ++uses[static_cast<std::size_t>(p.source)];
  }
  CHECK(std::ranges::count(uses, 0) == 10);
  CHECK(*std::max_element(uses.begin(), uses.end()) == 2);
  // The pairs that are used twice change from batch to batch, and the mass 1 is exact transport.
  CHECK(pairs != pairs_of(partial_coupling(0.8), ends, 1));
  auto all = pairs_of(partial_coupling(1), ends), exact = pairs_of(ot_coupling(), ends);
  std::ranges::sort(all, {}, &RowPair::source);
  CHECK(all == exact);
  check_refusals(
      {{[] { partial_coupling(0); },
        "[partial coupling] the mass is 0; it is the share of the rows that is paired, "
        "above 0 and at most 1"},
       {[] { partial_coupling(1.5); },
        "[partial coupling] the mass is 1.5; it is the share of the rows that is paired, "
        "above 0 and at most 1"}});
}

TEST_CASE("an unbalanced plan is the least of its objective, and balanced for a dear mass") {
  const int n = 6;
  const std::vector<double> cost = random_costs(n, 9);
  UnbalancedTransport transport;
  for (const double mass_cost : {0.05, 1., 30.}) {
    CAPTURE(mass_cost);
    const UnbalancedOptions options{.reg = 0.1, .mass_cost = mass_cost, .tolerance = 1e-10};
    REQUIRE(transport.solve(n, n, cost.data(), options));
    std::vector<double> plan(transport.plan(), transport.plan() + n * n);
    CHECK(std::accumulate(plan.begin(), plan.end(), 0.) == Approx(transport.total()));
    const double least = objective(n, plan.data(), cost, options);
    // The objective is convex, so a minimum in every direction is the minimum.
    for (std::size_t k = 0; k < plan.size(); ++k) {
      for (const double h : {1e-3, -1e-3}) {
        const double kept = plan[k];
        plan[k] *= 1 + h;
        CHECK(objective(n, plan.data(), cost, options) > least);
        plan[k] = kept;
      }
    }
  }
  const UnbalancedOptions dear{.reg = 0.1, .mass_cost = 1e4, .tolerance = 1e-9};
  REQUIRE(transport.solve(n, n, cost.data(), dear));
  Sinkhorn balanced;
  balanced.solve(n, n, cost.data(), {.reg = 0.1, .tolerance = 1e-9});
  for (std::size_t k = 0; k < std::size_t(n * n); ++k)
    CHECK(transport.plan()[k] == Approx(balanced.plan()[k]).epsilon(1e-3));
  CHECK_FALSE(
      transport.solve(n, n, cost.data(), {.reg = 0.001, .mass_cost = 100, .max_iterations = 3}));
}

TEST_CASE("the unbalanced coupling draws far rows seldom, and counts plans that did not converge") {
  const Outliers ends;
  const Coupling coupling = unbalanced_coupling({.reg = 0.05, .mass_cost = 1});
  int far = 0;
  for (std::uint32_t step = 0; step < 10; ++step)
    for (const RowPair& p : pairs_of(coupling, ends, step)) far += p.data >= 40;
  CHECK(far == 0);
  CHECK(*coupling.replaced == 0);
  // A dear mass keeps them.
  const Coupling dear = unbalanced_coupling({.reg = 1000, .mass_cost = 1e6});
  for (const RowPair& p : pairs_of(dear, ends)) far += p.data >= 40;
  CHECK(far > 2);
  const Coupling hasty = unbalanced_coupling({.reg = 0.001, .mass_cost = 100, .max_iterations = 2});
  pairs_of(hasty, ends);
  CHECK(*hasty.replaced == 1);
  check_refusals(
      {{[] { unbalanced_coupling({.reg = 0}); },
        "[unbalanced coupling] the regularisation is 0 and the cost of mass 10; both must "
        "be positive"},
       {[&] {
          const real here = 0, there = 1000;
          pairs_of(unbalanced_coupling({.reg = 0.1, .mass_cost = 0.1}),
                   {1, 1, &here, &there, nullptr});
        },
        "[unbalanced coupling] the plan of a batch of 1 rows has no mass left at the cost "
        "0.1 of leaving it out; raise mass_cost, or scale the data"},
       {[] {
          const double cost = 1;
          UnbalancedTransport().solve(1, 1, &cost, {.reg = -1});
        },
        "[unbalanced] the regularisation is -1 and the cost of mass 10; both must be "
        "positive and finite"},
       {[] { UnbalancedTransport().solve(0, 2, nullptr, {}); },
        "[unbalanced] costs of shape (0, 2); both sides need at least one point"}});
}

TEST_CASE("an infinite cost keeps pairs within classes, and one of conditions near in them") {
  const int n = 60;
  Tensor x0({n, 2}), x1({n, 2});
  fill_normal({5, Purpose::noise, 0}, 0, n, 2, x0.data());
  fill_normal({5, Purpose::data, 0}, 0, n, 2, x1.data());
  std::vector<int> labels(n);
  std::vector<real> conditions(n);
  for (int k = 0; k < n; ++k) {
    labels[static_cast<std::size_t>(k)] = k % 3;
    conditions[static_cast<std::size_t>(k)] = x1(k, 0);
  }
  const Endpoints ends{n, 2, x0.data(), x1.data(), labels.data(), conditions.data(), 1};
  const auto infinite =
      ot_coupling(ConditionCosts{.label_weight = std::numeric_limits<double>::infinity()});
  for (const RowPair& p : pairs_of(infinite, ends)) CHECK(p.source % 3 == p.data % 3);
  CHECK(pairs_of(infinite, ends) == pairs_of(ot_coupling(1e6), ends));
  // Row k of the source counts as given what row k of the data is given.
  const auto spread = [&](double weight) {
    double sum = 0;
    for (const RowPair& p : pairs_of(ot_coupling(ConditionCosts{.condition_weight = weight}), ends))
      sum += std::pow(double(conditions[static_cast<std::size_t>(p.source)]) -
                          double(conditions[static_cast<std::size_t>(p.data)]),
                      2);
    return sum / n;
  };
  CHECK(spread(1) < 0.8 * spread(0));
  CHECK(spread(1e6) < 1e-9);  // all conditions differ, so each row keeps its own
  Endpoints bare = ends;
  bare.conditions = nullptr;
  check_refusals(
      {{[&] { pairs_of(ot_coupling(ConditionCosts{.condition_weight = 2}), bare); },
        "[ot coupling] the weight of conditions is 2, and the rows have no conditions; give them "
        "some, or the weight 0"},
       {[] { ot_coupling(ConditionCosts{.condition_weight = -1}); },
        "[ot coupling] the weight of conditions is -1; it must be 0 or more"}});
}

TEST_CASE("a batch gives a coupling the conditions of its data rows") {
  // The condition of row i of the set is i, and x1 is 10 i.
  std::vector<real> rows, numbers;
  for (int k = 0; k < 8; ++k) {
    rows.push_back(static_cast<real>(10 * k));
    numbers.push_back(static_cast<real>(k));
  }
  Problem problem{.source = std::make_shared<GaussianSource>(1),
                  .data = std::make_shared<ArrayData>(Tensor({8, 1}, rows)),
                  .labelled = true,
                  .numbered = true,
                  .conditions = std::make_shared<ConditionTable>(Tensor({8, 1}, numbers))};
  int seen = 0;
  problem.coupling = {"watching", [&seen](const Endpoints& ends, Stream, std::span<RowPair>) {
                        REQUIRE(ends.conditions);
                        REQUIRE(ends.condition_columns == 1);
                        CHECK(ends.labels == nullptr);
                        for (int k = 0; k < ends.rows; ++k, ++seen)
                          CHECK(double(ends.x1[k]) == Approx(10 * double(ends.conditions[k])));
                      }};
  Workers workers(1);
  Batch batch(problem, 32, 1, false);
  batch.start(0, workers);
  CHECK(seen == 32);
  problem.numbered = false;
  problem.labelled = false;
  CHECK_THROWS_WITH(
      Batch(problem, 32, 1, false),
      "[batch] a table of conditions is given, and rows are not numbered, so none has "
      "a condition; set numbered");
}

}  // namespace pushforward::inline PF_REAL
