// Tests couplings by optimal transport: the cost is minimal, labels and distributions are kept, and
// the pairs are the same on any number of threads.
#include "flow/coupling/ot.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/tensor/random_fill.h"
#include "flow/coupling/assignment.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/train/batch.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr Stream kOtStream{17, Purpose::coupling, 3};

// Noise x0 and data x1 of one batch. The first half of the data rows has label 0, the other half
// label 1.
struct Ends {
  Ends(int rows, int dim) : x0({rows, dim}), x1({rows, dim}), labels(rows) {
    fill_normal({5, Purpose::noise, 0}, 0, rows, dim, x0.data());
    fill_normal({5, Purpose::data, 0}, 0, rows, dim, x1.data());
    for (real& x : x1.values()) x = real(1.5) + real(0.5) * x;
    for (int k = 0; k < rows; ++k) labels[k] = k < rows / 2 ? 0 : 1;
  }
  operator Endpoints() const { return {x0.rows(), x0.cols(), x0.data(), x1.data(), labels.data()}; }
  double distance(RowPair p) const {
    double sum = 0;
    for (int k = 0; k < x0.cols(); ++k)
      sum += std::pow(double(x0(p.source, k)) - double(x1(p.data, k)), 2);
    return sum;
  }
  double cost(const std::vector<RowPair>& pairs) const {
    double sum = 0;
    for (const RowPair& p : pairs) sum += distance(p);
    return sum;
  }
  Tensor x0, x1;
  std::vector<int> labels;
};

std::vector<RowPair> pair_up(const Coupling& coupling, const Ends& ends,
                             Stream stream = kOtStream) {
  std::vector<RowPair> pairs(ends.x0.rows());
  coupling.pair(ends, stream, pairs);
  return pairs;
}

bool is_permutation(const std::vector<RowPair>& pairs) {
  std::vector<int> seen;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    if (pairs[k].source != static_cast<int>(k)) return false;
    seen.push_back(pairs[k].data);
  }
  std::ranges::sort(seen);
  for (std::size_t k = 0; k < pairs.size(); ++k)
    if (seen[k] != static_cast<int>(k)) return false;
  return true;
}

}  // namespace

TEST_CASE("exact transport pairs each row once, at minimum cost") {
  const Coupling coupling = ot_coupling();
  CHECK(coupling.name == "ot");
  for (const int dim : {1, 2, 30}) {
    const Ends ends(64, dim);
    const auto pairs = pair_up(coupling, ends);
    CHECK(is_permutation(pairs));
    std::vector<double> cost;
    for (int i = 0; i < 64; ++i)
      for (int j = 0; j < 64; ++j) cost.push_back(ends.distance({i, j}));
    Assignment exact;
    exact.solve(64, cost.data());
    CHECK(ends.cost(pairs) == Approx(exact.cost()).epsilon(1e-12));
    if (dim == 1) {  // in one dimension, sorted rows are paired
      std::vector<RowPair> sorted = pairs;
      std::ranges::sort(sorted, {}, [&](RowPair p) { return ends.x0(p.source, 0); });
      CHECK(std::ranges::is_sorted(sorted, {}, [&](RowPair p) { return ends.x1(p.data, 0); }));
    }
  }
}

TEST_CASE("labels follow their data, and a label weight keeps pairs within a label") {
  const Ends ends(40, 2);
  const auto crossing = [&](const std::vector<RowPair>& pairs) {
    return std::ranges::count_if(
        pairs, [&](RowPair p) { return ends.labels[p.source] != ends.labels[p.data]; });
  };
  const auto free = pair_up(ot_coupling(), ends), some = pair_up(ot_coupling(0.5), ends),
             none = pair_up(ot_coupling(1e3), ends);
  CHECK(crossing(free) > crossing(some));
  CHECK(crossing(some) > 0);
  CHECK(crossing(none) == 0);
  CHECK(is_permutation(none));
  CHECK(ends.cost(free) < ends.cost(some));
  CHECK(ends.cost(some) < ends.cost(none));
  // Without a label weight, the coupling ignores labels.
  Endpoints unlabelled = ends;
  unlabelled.labels = nullptr;
  std::vector<RowPair> pairs(40);
  ot_coupling().pair(unlabelled, kOtStream, pairs);
  CHECK(pairs == free);
}

TEST_CASE(
    "exact transport shortens paths, keeps rows and labels, and is the same on any number of threads") {
  const auto toy = std::make_shared<Toy>("8gaussians");
  const Problem chance{std::make_shared<GaussianSource>(2), toy};
  Problem transported = chance;
  transported.coupling = ot_coupling();
  const auto collect = [](const Problem& problem, int threads, std::vector<int>& labels) {
    Workers workers(threads);
    Batch batch(problem, 256, 9);
    batch.start(4, workers);
    std::vector<std::vector<real>> rows;  // x0 and x1 of each row
    Tape tape;
    for (int first : {0, 128}) {
      Scope scope(tape);
      const PathSample s = batch.chunk(tape, first, 128);
      for (int r = 0; r < 128; ++r) {
        const auto x0 = s.x0.values(), x1 = s.x1.values();
        rows.push_back({x0[2 * r], x0[2 * r + 1], x1[2 * r], x1[2 * r + 1]});
        labels.push_back(batch.label(first + r));
      }
    }
    return rows;
  };
  std::vector<int> labels, more_labels, chance_labels;
  const auto rows = collect(transported, 1, labels), same = collect(transported, 3, more_labels);
  const auto plain = collect(chance, 1, chance_labels);
  CHECK(rows == same);
  CHECK(labels == more_labels);
  // Each data row also occurs, with the same label, in `plain`, the batch that is coupled without
  // transport.
  double length = 0, plain_length = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const auto found = std::ranges::find_if(
        plain, [&](const auto& row) { return row[2] == rows[k][2] && row[3] == rows[k][3]; });
    REQUIRE(found != plain.end());
    CHECK(labels[k] == chance_labels[found - plain.begin()]);
    const auto squared = [](const auto& r) {
      return std::pow(double(r[2] - r[0]), 2) + std::pow(double(r[3] - r[1]), 2);
    };
    length += squared(rows[k]);
    plain_length += squared(plain[k]);
  }
  CHECK(length < 0.5 * plain_length);
}

TEST_CASE(
    "entropic pairs are drawn from the rows of the plan, and depend only on the random stream") {
  const int n = 16;
  const Ends ends(n, 2);
  const Coupling coupling = sinkhorn_coupling({.reg = 1});
  CHECK(coupling.name == "sinkhorn");
  std::vector<double> cost;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) cost.push_back(ends.distance({i, j}));
  Sinkhorn sinkhorn;
  sinkhorn.solve(n, n, cost.data(), {.reg = 1});
  std::vector<int> counts(n * n);
  const int rounds = 4000;
  for (int round = 0; round < rounds; ++round) {
    const auto pairs = pair_up(coupling, ends, kOtStream.at(static_cast<std::uint32_t>(round)));
    for (int k = 0; k < n; ++k) {
      REQUIRE(pairs[k].source == k);
      ++counts[k * n + pairs[k].data];
    }
  }
  for (int k = 0; k < n * n; ++k) {
    const double p = n * sinkhorn.plan()[k];
    CHECK(std::abs(counts[k] - rounds * p) < 4.5 * std::sqrt(rounds * p * (1 - p)) + 1);
  }
  CHECK(pair_up(coupling, ends) == pair_up(sinkhorn_coupling({.reg = 1}), ends));
  CHECK(pair_up(coupling, ends) != pair_up(coupling, ends, kOtStream.at(99)));
}

TEST_CASE("the bridge's plan is entropic with regularisation 2 sigma^2, or exact") {
  const Ends ends(50, 2);
  for (const double sigma : {0.5, 1.}) {
    const Coupling bridge = schroedinger_bridge_coupling(sigma);
    CHECK(bridge.name == "schroedinger_bridge");
    CHECK(pair_up(bridge, ends) == pair_up(sinkhorn_coupling({.reg = 2 * sigma * sigma}), ends));
  }
  CHECK(pair_up(schroedinger_bridge_coupling(0.1, BridgeMethod::exact), ends) ==
        pair_up(ot_coupling(), ends));
  CHECK(schroedinger_bridge_coupling(1, BridgeMethod::exact).name == "schroedinger_bridge");
}

TEST_CASE("a batch of one row is paired, and invalid options are refused") {
  const Ends one(1, 2);
  for (const Coupling& c : {ot_coupling(), sinkhorn_coupling({}), schroedinger_bridge_coupling(1)})
    CHECK(pair_up(c, one) == std::vector<RowPair>{{0, 0}});
  Endpoints unlabelled = one;
  unlabelled.labels = nullptr;
  std::vector<RowPair> pairs(1);
  const double nan = std::nan("");
  check_refusals({
      {[] { ot_coupling(-1); }, "[ot coupling] the weight of labels is -1; it must be 0 or more"},
      {[&] { ot_coupling(nan); },
       "[ot coupling] the weight of labels is nan; it must be 0 or more"},
      {[&] { ot_coupling(2).pair(unlabelled, kOtStream, pairs); },
       "[ot coupling] the weight of labels is 2, and the data has no labels; "
       "give labelled data, or the weight 0"},
      {[] { sinkhorn_coupling({.reg = 0}); },
       "[sinkhorn coupling] the regularisation is 0; it must be positive"},
      {[&] { sinkhorn_coupling({.reg = nan}); },
       "[sinkhorn coupling] the regularisation is nan; it must be positive"},
      {[] { schroedinger_bridge_coupling(0); },
       "[bridge coupling] sigma is 0; it must be positive"},
      {[&] { schroedinger_bridge_coupling(nan, BridgeMethod::exact); },
       "[bridge coupling] sigma is nan; it must be positive"},
  });
  for (const Coupling& c : {ot_coupling(), sinkhorn_coupling({}), schroedinger_bridge_coupling(1)})
    CHECK_NOTHROW(c.pair(unlabelled, kOtStream, pairs));
}

TEST_CASE("a batch whose entropic plan is not found gets the exact plan and is counted") {
  const int n = 64;
  const Tensor x0 = draw_rows(Toy("moons"), {1, Purpose::noise, 0}, n),
               x1 = draw_rows(Toy("8gaussians"), {1, Purpose::data, 0}, n);
  const Endpoints ends{n, 2, x0.data(), x1.data(), nullptr};
  const SinkhornOptions hopeless{.reg = 1e-3, .max_iterations = 5}, easy{.reg = 1};
  std::vector<RowPair> exact(n), found(n);
  ot_coupling().pair(ends, {}, exact);
  const Coupling both = sinkhorn_coupling(hopeless, true);
  REQUIRE(both.replaced);
  both.pair(ends, {3, Purpose::coupling, 0}, found);
  CHECK(found == exact);
  CHECK(both.replaced->load() == 1);
  CHECK_THROWS_WITH(sinkhorn_coupling(hopeless).pair(ends, {}, found),
                    Contains("allow more iterations, or use exact transport"));
  CHECK_FALSE(sinkhorn_coupling(hopeless).replaced);
  // If Sinkhorn finds a plan, the fallback to exact transport is not used, and the pairs are the
  // same as without a fallback.
  const Coupling fine = sinkhorn_coupling(easy, true);
  std::vector<RowPair> alone(n);
  fine.pair(ends, {3, Purpose::coupling, 0}, found);
  sinkhorn_coupling(easy).pair(ends, {3, Purpose::coupling, 0}, alone);
  CHECK(found == alone);
  CHECK(fine.replaced->load() == 0);
  CHECK(schroedinger_bridge_coupling(0.1, BridgeMethod::sinkhorn, true).replaced);
  CHECK_FALSE(schroedinger_bridge_coupling(0.1, BridgeMethod::exact, true).replaced);
}

}  // namespace pushforward::inline PF_REAL
