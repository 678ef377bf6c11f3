// Compares n-gram models with hand-computed values and with sums over all strings.
#include "apps/report/ngram.h"

#include <cmath>
#include <numeric>

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

constexpr int pad = 3;

// Returns five words made of the tokens 0, 1 and 2, padded to rows of 4.
TokenTable ngram_words() {
  return {4, {0, 1, pad, pad, 0, 1, 2, pad, 2, 2, pad, pad, 1, 0, 1, 2, 0, pad, pad, pad}, {}, {}};
}

// Calls f for every word of `letters` letters, as a row of 4.
template <class F>
void each_word(int letters, F f) {
  const int count = int(std::pow(3, letters));
  for (int k = 0; k < count; ++k) {
    std::vector<int> row(4, pad);
    for (int i = 0, rest = k; i < letters; ++i, rest /= 3) row[std::size_t(i)] = rest % 3;
    f(row);
  }
}

}  // namespace

TEST_CASE("Witten and Bell's interpolation gives hand-computed values") {
  // The words are "01" and "0". Token 0 is followed by token 1 once and by the end (the pad, 2)
  // once, so it has T = 2 distinct followers.
  const TokenTable table{2, {0, 1, 0, 2}, {}, {}};
  const Ngram bigram(table, 3, 2, 2);
  // At order 1, the token 0 is counted twice, the token 1 once and the end twice: n = 5 tokens, of
  // which T = 3 are distinct.
  const double end1 = (2 + 3 * (1 / 3.0)) / 8, zero1 = (2 + 3 * (1 / 3.0)) / 8,
               one1 = (1 + 3 * (1 / 3.0)) / 8;
  const std::vector<int> after_zero{0}, after_edge{2}, after_one{1};
  CHECK(bigram.probability({}, 2) == Approx(end1).epsilon(1e-15));
  CHECK(bigram.probability(after_zero, 1) == Approx((1 + 2 * one1) / 4).epsilon(1e-15));
  CHECK(bigram.probability(after_zero, 2) == Approx((1 + 2 * end1) / 4).epsilon(1e-15));
  CHECK(bigram.probability(after_edge, 0) == Approx((2 + 1 * zero1) / 3).epsilon(1e-15));
  const std::vector<int> word{0, 1};
  CHECK(bigram.log_probability(word) ==
        Approx(std::log((2 + zero1) / 3 * (1 + 2 * one1) / 4 * (1 + end1) / 2)).epsilon(1e-14));
}

TEST_CASE("each context's distribution adds up to one") {
  for (int order : {1, 2, 3, 4}) {
    const Ngram model(ngram_words(), 4, order, pad);
    for (const std::vector<int>& context :
         {std::vector<int>{}, {0}, {2, 1}, {pad, pad, pad}, {1, 1, 1}, {0, 1, 2, 0}}) {
      double sum = 0;
      for (int c = 0; c < 4; ++c) sum += model.probability(context, c);
      CHECK(sum == Approx(1).epsilon(1e-14));
    }
  }
}

TEST_CASE("the distribution of a word's length is the sum over all words of that length") {
  for (int order : {1, 2, 3, 4}) {
    const Ngram model(ngram_words(), 4, order, pad);
    for (int letters = 0; letters <= 4; ++letters) {
      CAPTURE(order, letters);
      double sum = 0, given = 0;
      each_word(letters, [&](const std::vector<int>& row) {
        sum += std::exp(model.log_probability(row));
        given += std::exp(model.log_probability_given_length(row));
      });
      CHECK(std::log(sum) == Approx(model.log_length(letters)).epsilon(1e-12));
      CHECK(given == Approx(1).epsilon(1e-12));
    }
  }
}

TEST_CASE("in windows of text, tokens only have the context inside the window") {
  const TokenTable text{6, {0, 1, 0, 1, 1, 0}, {}, {}};
  const Ngram trigram(text, 2, 3);
  const std::vector<int> window{0, 1, 0};
  const std::vector<int> c1{0}, c2{0, 1};
  CHECK(trigram.log_probability(window) ==
        Approx(std::log(trigram.probability({}, 0)) + std::log(trigram.probability(c1, 1)) +
               std::log(trigram.probability(c2, 0))));
  double sum = 0;
  for (int k = 0; k < 8; ++k) {
    const std::vector<int> row{k & 1, k >> 1 & 1, k >> 2};
    sum += std::exp(trigram.log_probability(row));
  }
  CHECK(sum == Approx(1).epsilon(1e-14));
  CHECK_THROWS_WITH(trigram.log_length(3), Contains("windows of text"));
}

TEST_CASE("a row with weight w counts like w rows") {
  const TokenTable weighted{1, {0, 1}, {}, {0.75, 0.25}};
  const Ngram model(weighted, 2, 1);
  CHECK(model.probability({}, 0) == Approx((1.5 + 1) / 4));  // counts 1.5 and 0.5; T = 2 tokens
}

TEST_CASE("tables that are too large, and tokens outside the vocabulary, are refused") {
  const TokenTable table{1, {5}, {}, {}};
  CHECK_THROWS_WITH(Ngram(table, 128, 4), Contains("2^24"));
  CHECK_THROWS_WITH(Ngram(table, 4, 2), Contains("token 5"));
  CHECK_THROWS_WITH(Ngram(table, 6, 2, 6), Contains("the pad is token 6"));
  CHECK_THROWS_WITH(Ngram({}, 6, 2), Contains("no rows"));
}
