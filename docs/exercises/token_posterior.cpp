// Exercise 10: the posterior of a token by Bayes' rule, which is what a discrete flow learns.
#include <vector>

#include "docs/exercises/exercise.h"
#include "flow/discrete/oracle.h"

using namespace pushforward;

namespace {

constexpr int kWords = 3, kLength = 2, kLetters = 2;
constexpr int kData[kWords][kLength] = {{0, 0}, {0, 1}, {1, 1}};
constexpr double kWeights[kWords] = {0.5, 0.3, 0.2};

// your part: double posterior(const int* xt, double t, int l, int v), which is p(x1_l = v | xt). A
// token of xt is its word's with probability t, and otherwise any letter with equal probability.
double posterior(const int* xt, double t, int l, int v) {
  double all = 0, with_v = 0;
  for (int k = 0; k < kWords; ++k) {
    double p = kWeights[k];  // p(word) p(xt | word), token by token
    for (int i = 0; i < kLength; ++i) p *= t * (xt[i] == kData[k][i]) + (1 - t) / kLetters;
    all += p;
    if (kData[k][l] == v) with_v += p;
  }
  return with_v / all;
}
// end of your part

}  // namespace

int main() {
  const TokenPath path{.source = SourceKind::uniform, .vocabulary = kLetters};
  const TokenOracle oracle(path, {.length = kLength,
                                  .tokens = {0, 0, 0, 1, 1, 1},
                                  .weights = {kWeights[0], kWeights[1], kWeights[2]}});
  const int states[][kLength] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  for (const auto& xt : states) {
    const std::vector<double> want = oracle.posterior(0.6, xt);  // (1, L, V)
    for (int l = 0; l < kLength; ++l) {
      for (int v = 0; v < kLetters; ++v) {
        exercise::expect("p(x1_l = v | xt)", posterior(xt, 0.6, l, v),
                         want[static_cast<std::size_t>(l * kLetters + v)]);
      }
    }
  }
  return exercise::result();
}
