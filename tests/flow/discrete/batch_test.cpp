// Tests batches of tokens: the distribution of states, rows that depend only on their number,
// sources, labels and errors.
#include "flow/discrete/batch.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/workers.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// Returns 40 rows of three tokens out of 50. Row k is (k, k + 1, k + 2) with label k mod 4.
TokenDistributionPtr counted_token_rows(int shift = 0) {
  TokenTable table{.length = 3};
  for (int k = 0; k < 40; ++k) {
    for (int l = 0; l < 3; ++l) table.tokens.push_back((k + l + shift) % 50);
    table.labels.push_back(k % 4);
  }
  return std::make_shared<TableDistribution>(table, 50);
}

std::vector<int> token_values(std::span<const int> x) { return {x.begin(), x.end()}; }

}  // namespace

TEST_CASE("a token is that of the data with probability kappa, otherwise that of the source") {
  constexpr int n = 20000;
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform, SourceKind::data}) {
    TokenProblem problem{
        .data = counted_token_rows(), .source_kind = kind, .kappa = polynomial_kappa(2)};
    if (kind == SourceKind::data) problem.source = counted_token_rows(25);
    const TokenBatch batch(problem, n, 5);
    Tape tape;
    const TokenSample s = batch.chunk(tape, 0, n);
    REQUIRE(s.xt.size() == 3 * n);
    REQUIRE(s.t.shape() == Shape{n, 1});
    CHECK(s.labels.empty());
    // The token x1 of the data equals the state x with probability p. The indicator of x = x1 minus
    // p has mean 0 and variance p (1 - p).
    double sum = 0, variance = 0, together = 0;
    for (int r = 0; r < n; ++r) {
      const double k = problem.kappa(double(s.t.values()[r]));
      // `chance` is the probability that a token of the source equals the token of the data.
      const double chance = kind == SourceKind::uniform ? 0.02 : 0;
      const double p = k + (1 - k) * chance;
      double there[3];
      for (int l = 0; l < 3; ++l) {
        const int x = s.xt[3 * r + l], x1 = s.x1[3 * r + l];
        CHECK(x1 == (s.x1[3 * r] + l) % 50);
        if (kind == SourceKind::mask) CHECK((x == 50 || x == x1));
        there[l] = (x == x1) - p;
        sum += kind == SourceKind::data ? 0 : there[l];
        variance += p * (1 - p);
      }
      together += there[0] * there[1];
    }
    CAPTURE(int(kind));
    CHECK(std::abs(sum) < 5 * std::sqrt(variance));
    // Tokens of a row are independent. The product of the differences (indicator minus p) of two
    // tokens therefore has variance (p (1 - p))^2 <= 1 / 16.
    if (kind != SourceKind::data) CHECK(std::abs(together) < 5 * std::sqrt(n / 16.));
  }
}

TEST_CASE("token rows do not depend on the chunks, and each step has other rows") {
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform, SourceKind::data}) {
    TokenProblem problem{
        .data = counted_token_rows(), .source_kind = kind, .labelled = true, .label_dropout = 0.25};
    if (kind == SourceKind::data) problem.source = counted_token_rows(25);
    problem.time = stratified_time();
    TokenBatch batch(problem, 400, 9);
    Tape tape;
    const TokenSample all = batch.chunk(tape, 0, 400);
    const std::vector<int> xt = token_values(all.xt), x1 = token_values(all.x1),
                           labels = token_values(all.labels);
    Workers workers(4);
    const Chunks chunks{400, 32};
    std::vector<int> same(chunks.count());
    workers.run(chunks.count(), [&](int i, int) {
      Tape own;
      const int first = chunks.begin(i), rows = chunks.rows_of(i);
      const TokenSample s = batch.chunk(own, first, rows);
      same[i] = std::equal(s.xt.begin(), s.xt.end(), xt.begin() + 3 * first) &&
                std::equal(s.x1.begin(), s.x1.end(), x1.begin() + 3 * first) &&
                std::equal(s.labels.begin(), s.labels.end(), labels.begin() + first) &&
                std::ranges::equal(s.t.values(), all.t.values().subspan(first, rows));
    });
    CHECK(same == std::vector<int>(chunks.count(), 1));
    int left_out = 0;
    for (int r = 0; r < 400; ++r) {
      left_out += labels[r] == kNoLabel;
      if (labels[r] != kNoLabel) CHECK(labels[r] == x1[3 * r] % 4);
    }
    CHECK(std::abs(left_out - 100) < 5 * std::sqrt(75.));
    batch.start(1);
    CHECK(token_values(batch.chunk(tape, 0, 400).xt) != xt);
  }
}

TEST_CASE("paired token rows stay together") {
  const TokenBatch batch({.data = counted_token_rows(),
                          .source_kind = SourceKind::data,
                          .source = counted_token_rows(25),
                          .paired = true},
                         500, 1);
  Tape tape;
  const TokenSample s = batch.chunk(tape, 0, 500);
  int stayed = 0;
  for (std::size_t i = 0; i < s.xt.size(); ++i) {
    CHECK((s.xt[i] == s.x1[i] || s.xt[i] == (s.x1[i] + 25) % 50));
    stayed += s.xt[i] != s.x1[i];
  }
  CHECK(stayed > 600);
  CHECK(stayed < 900);
}

TEST_CASE("invalid token problems are refused") {
  const auto fails = [](TokenProblem problem, const std::string& text) {
    CHECK_THROWS_WITH(TokenBatch(problem, 4, 0), text);
  };
  fails({}, "[token_batch] the data must be given");
  fails({.data = counted_token_rows(), .source = counted_token_rows()},
        "[token_batch] a distribution of source rows is given, but the source is mask or uniform; "
        "make its kind data, or leave it out");
  fails({.data = counted_token_rows(), .source_kind = SourceKind::data},
        "[token_batch] a source of kind data needs a distribution of its rows");
  fails({.data = counted_token_rows(),
         .source_kind = SourceKind::data,
         .source = std::make_shared<UniformTokens>(2, 50)},
        "[token_batch] the source has 2 tokens out of "
        "50 and the data 3 out of 50; both must agree");
  fails({.data = counted_token_rows(),
         .source_kind = SourceKind::data,
         .source = std::make_shared<UniformTokens>(3, 50),
         .paired = true},
        "[token_batch] paired rows need two finite sets of equal size: "
        "the source has infinitely many rows, the data 40");
  fails({.data = std::make_shared<UniformTokens>(3, 50), .labelled = true},
        "[token_batch] labels are asked for, and the data has no classes; give labelled data");
  fails({.data = counted_token_rows(), .label_dropout = 1.5},
        "[token_batch] label_dropout is 1.5; it is a probability, 0 to 1");
  CHECK_THROWS_WITH(TokenProblem{}.path(), "[token_batch] the data must be given");
  CHECK_THROWS_WITH(TokenBatch({.data = counted_token_rows()}, 0, 0),
                    "[token_batch] a batch of 0 rows; it must have at least one");
  Tape tape;
  CHECK_THROWS_WITH(TokenBatch({.data = counted_token_rows()}, 4, 0).chunk(tape, 3, 2),
                    "[token_batch] rows 3 to 5 asked for in a batch of 4");
}

}  // namespace pushforward::inline PF_REAL
