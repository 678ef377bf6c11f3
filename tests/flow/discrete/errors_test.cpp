// Tests the texts of the errors for invalid arguments of discrete flows.
#include <cmath>
#include <limits>
#include <memory>

#include "autograd/ops.h"
#include "flow/discrete/batch.h"
#include "flow/discrete/draw.h"
#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/guidance.h"
#include "flow/discrete/likelihood.h"
#include "flow/discrete/own_token.h"
#include "flow/discrete/path_law.h"
#include "flow/discrete/quantised.h"
#include "flow/discrete/rates.h"
#include "flow/discrete/sampler.h"
#include "flow/discrete/step.h"
#include "flow/distributions/source.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

const TokenPath kMasked{linear_kappa(), SourceKind::mask, 3},
    kUniform{linear_kappa(), SourceKind::uniform, 3}, kCoupled{linear_kappa(), SourceKind::data, 3};
const TokenTable kLabelledRows{
    .length = 2, .tokens = {0, 1, 1, 2, 2, 0}, .labels = {0, 1, 3}, .weights = {0.5, 0.5, 0}};

}  // namespace

TEST_CASE("all functions of the discrete oracle refuse invalid times and labels") {
  const TokenTable source{.length = 2, .tokens = {0, 0, 1, 1}};
  TokenTable bare = kLabelledRows;
  bare.labels = {};
  const struct {
    const char* name;
    TokenOracle labelled, unlabelled;
  } oracles[] = {
      {"mask", {kMasked, kLabelledRows}, {kMasked, bare}},
      {"uniform", {kUniform, kLabelledRows}, {kUniform, bare}},
      {"data", {kCoupled, source, kLabelledRows, false}, {kCoupled, source, bare, false}},
  };
  // For a state without masks, the oracle need not sum over the rows of the data. It checks the
  // times and labels all the same.
  for (const std::vector<int>& state : {std::vector<int>{0, 1}, {2, 1}, {3, 1}, {3, 3}}) {
    for (const auto& [name, labelled, unlabelled] : oracles) {
      if (state[0] == 3 && name != std::string("mask")) continue;
      CAPTURE(name, state);
      const auto every = [&](const TokenOracle& oracle, double t, int label,
                             const std::string& text) {
        std::vector<double> work(std::size_t(oracle.scratch())), out(6);
        const std::span<const int> x = state;
        check_refusals({
            {[&] { oracle.rows_given(t, x, label); }, text},
            {[&] { oracle.posterior(t, x, label); }, text},
            {[&] { oracle.posterior(t, x, out, label); }, text},
            {[&] { oracle.posterior(t, x, out, work, label); }, text},
            {[&] { oracle.log_probability(t, x, label); }, text},
            {[&] { oracle.rates(t, x, label); }, text},
            {[&] { oracle.given_others(t, x, label); }, text},
            {[&] { oracle.marginal(t, label); }, text},
        });
      };
      for (const char* t : {"-0.25", "1.5", "nan"})
        every(labelled, std::stod(t), -1,
              "[token oracle] t is " + std::string(t) + "; times must be in [0, 1]");
      every(labelled, 0.5, -2,
            "[token oracle] label -2 is asked for; "
            "labels count from 0, and -1 means all classes together");
      every(unlabelled, 0.5, 0,
            "[token oracle] label 0 is asked for, but the set has no labels; ask without one");
      // No row has label 2, and the row with label 3 has weight 0.
      every(labelled, 0.5, 2,
            "[token oracle] no row of the set has label 2; take a label that occurs");
      every(labelled, 0.5, 3,
            "[token oracle] no row of the set has label 3; take a label that occurs");
      CHECK_NOTHROW(labelled.posterior(0.5, state, 1));
    }
  }
}

TEST_CASE("the discrete oracle refuses tables, sizes and paths that do not fit") {
  const TokenTable rows{.length = 2, .tokens = {0, 1, 1, 2}};
  const auto made = [](const TokenPath& path, TokenTable table) {
    return [path, table] { TokenOracle(path, table); };
  };
  const auto coupled = [](TokenTable source, TokenTable data, bool paired) {
    return [source, data, paired] { TokenOracle(kCoupled, source, data, paired); };
  };
  const TokenTable many{.length = 1, .tokens = std::vector<int>(50'000, 0)};
  const TokenOracle oracle(kMasked, rows);
  std::vector<double> out(6), work(oracle.scratch());
  const std::vector<int> x{3, 3};
  const double nan = std::nan("");
  check_refusals({
      {made(kMasked, {.length = 2}),
       "[token oracle] the data has 0 tokens in sequences of 2; give at least one whole row"},
      {made(kMasked, {.length = 2, .tokens = {0, 1, 2}}),
       "[token oracle] the data has 3 tokens in sequences of 2; give at least one whole row"},
      {made(kMasked, {.length = 2, .tokens = {0, 1, 3, 0}}),
       "[token oracle] row 1, position 0 of the data is token 3, but the vocabulary has 3: "
       "tokens are 0 to 2"},
      {made(kMasked, {.length = 2, .tokens = {0, 1}, .labels = {0, 1}}),
       "[token oracle] the data has 1 rows and 2 labels; give one per row, or none"},
      {made(kMasked, {.length = 2, .tokens = {0, 1}, .weights = {0.5, 0.5}}),
       "[token oracle] the data has 1 rows and 2 weights; give one per row, or none"},
      {made(kMasked, {.length = 1, .tokens = {0, 1}, .weights = {2, -1}}),
       "[token oracle] weight 1 of the data is -1; weights are 0 or more"},
      {made(kMasked, {.length = 1, .tokens = {0, 1}, .weights = {nan, 1}}),
       "[token oracle] weight 0 of the data is nan; weights are 0 or more"},
      {made(kMasked, {.length = 1, .tokens = {0, 1}, .weights = {0.5, 0.4}}),
       "[token oracle] the weights of the data add up to 0.9; they must add up to 1"},
      {made(kCoupled, rows),
       "[token oracle] the path has a source of kind data, but only the data's table is given; "
       "give the source's table as well"},
      {[&] { TokenOracle(kMasked, rows, rows, true); },
       "[token oracle] a table is given for the source, but the path begins at masks or uniform "
       "tokens; make its source `data`, or give the data only"},
      {coupled({.length = 1, .tokens = {0}}, rows, false),
       "[token oracle] rows of the source have 1 tokens and rows of the data 2; "
       "they must have equal lengths"},
      {coupled({.length = 2, .tokens = {0, 3}}, rows, false),
       "[token oracle] row 0, position 1 of the source is token 3, but the vocabulary has 3: "
       "tokens are 0 to 2"},
      {coupled({.length = 2, .tokens = {0, 0}}, rows, true),
       "[token oracle] the source has 1 rows and the data 2; paired tables must have equal sizes"},
      {coupled({.length = 2, .tokens = {0, 0}, .weights = {2}}, rows, false),
       "[token oracle] the weights of the source add up to 2; they must add up to 1"},
      {coupled(many, many, false),
       "[token oracle] 50000 rows of the data times 50000 of the source, of 1 tokens, "
       "are too many pairs; give fewer"},
      {[&] { oracle.posterior(0.5, x, out, std::span(work).first(work.size() - 1)); },
       "[token oracle] an output of 6 numbers and a workspace of " +
           std::to_string(oracle.scratch() - 1) + "; give 6 and " +
           std::to_string(oracle.scratch())},
      {[&] { oracle.posterior(0.5, x, std::span(out).first(5), work); },
       "[token oracle] an output of 5 numbers and a workspace of " +
           std::to_string(oracle.scratch()) + "; give 6 and " + std::to_string(oracle.scratch())},
      {[&] { oracle.rates(1, x); },
       "[token oracle] at t = 1 tokens jump at an infinite rate; "
       "take a time before the end of the path"},
      {[&] { TokenOracle(kMasked, {.length = 11, .tokens = std::vector<int>(11)}).all_states(); },
       "[token oracle] 4 states in each of 11 positions make more than 1048576 sequences; "
       "list them for fewer or shorter ones"},
  });
  CHECK(TokenOracle(kMasked, {.length = 2, .tokens = {0, 1}}).all_states().size() == 32);
}

TEST_CASE("functions refuse an empty posterior, oracle or data set") {
  const Posterior none;
  Workers workers(1);
  Tape t;
  const std::vector<int> x{0, 0};
  double out = 0;
  const Posterior even = [](std::span<const int> states, Var at) {
    return at.tape->full({at.shape()[0], static_cast<int>(states.size()) / at.shape()[0], 3}, 0);
  };
  const auto elbo = [&](int length, int n, ElboOptions options, std::vector<int> labels = {}) {
    return [&, length, n, options, labels] {
      negative_elbo(even, kMasked, length, n, x.data(), labels, options, workers, &out);
    };
  };
  const std::string positive = "; all must be positive";
  const auto oracle = std::make_shared<TokenOracle>(kMasked, kLabelledRows);
  const Posterior exact = oracle_posterior(oracle);
  const Var two = t.full({2, 1}, real(0.5));
  const std::vector<int> three{3, 3, 3}, four{3, 3, 3, 3}, one_label{0};
  check_refusals({
      {[&] { guided(none, {1}); }, "[guidance] no posterior is given to guide"},
      {[&] { guided(none, {0}); }, "[guidance] no posterior is given to guide"},
      {[&] { with_own_token(none, kUniform); }, "[own token] no posterior is given"},
      {[&] { oracle_posterior(nullptr); }, "[oracle_posterior] no oracle given"},
      {[&] { exact(three, two); },
       "[oracle_posterior] 3 states for 2 times and sequences of 2; give (B, L) and (B, 1)"},
      {[&] { exact(four, two, one_label); },
       "[oracle_posterior] 1 labels for 2 rows; give one per row, or none"},
      {[&] { negative_elbo(none, kMasked, 2, 1, x.data(), {}, {}, workers, &out); },
       "[elbo] no posterior is given"},
      {elbo(0, 1, {}), "[elbo] 1 sequences of 0 tokens, 32 times and chunks of 32" + positive},
      {elbo(2, -1, {}), "[elbo] -1 sequences of 2 tokens, 32 times and chunks of 32" + positive},
      {elbo(2, 1, {.times = 0}),
       "[elbo] 1 sequences of 2 tokens, 0 times and chunks of 32" + positive},
      {elbo(2, 1, {.chunk = 0}),
       "[elbo] 1 sequences of 2 tokens, 32 times and chunks of 0" + positive},
      {elbo(2, 1, {}, {0, 1}), "[elbo] 2 labels for 1 sequences; give one per sequence, or none"},
      {[] { QuantisedDistribution(nullptr, {}); },
       "[quantize] no distribution is given to quantise"},
      {[] { QuantisedDistribution(GaussianSource(4097), {}); },
       "[quantize] rows of 4097 numbers are too long; 4096 are the most"},
  });
  CHECK_NOTHROW(elbo(2, 1, {}, {0})());
}

TEST_CASE("batches, samplers and chains of tokens refuse arguments that do not fit") {
  Workers workers(1);
  const Posterior even = [](std::span<const int> states, Var at) {
    return at.tape->full({at.shape()[0], static_cast<int>(states.size()) / at.shape()[0], 3}, 0);
  };
  TokenSampler sampler(even, kMasked, 2, {}, workers);
  const TokenTable rows{.length = 1, .tokens = {0, 1}},
      weighted{.length = 1, .tokens = {0, 1}, .weights = {0.25, 0.75}};
  const auto paired = [](TokenTable source, TokenTable data) {
    return [source, data] {
      TokenBatch({.data = TableDistribution(data, 2),
                  .source_kind = SourceKind::data,
                  .source = TableDistribution(source, 2),
                  .paired = true},
                 4, 0);
    };
  };
  const std::vector<double> grid{0, 0.5, 1};
  int x[4];
  check_refusals({
      {paired(rows, weighted),
       "[token_batch] paired rows must have equal weights, "
       "but the weights of source and data differ"},
      {paired(weighted, rows),
       "[token_batch] paired rows must have equal weights, "
       "but the weights of source and data differ"},
      {[] {
         TableDistribution({.length = 1, .tokens = {0, 1}, .weights = {1}}, 3);
       },
       "[tokens] 1 weights for 2 rows; give one per row"},
      {[] { draw_rows(UniformTokens(1, 2), {}, -1); },
       "[tokens] -1 rows asked for; give 0 or more"},
      {[&] { sampler.sample(0, -1, x); }, "[sample] -1 samples asked for; give 0 or more"},
  });
  CHECK_NOTHROW(paired(weighted, weighted)());
  CHECK_THROWS_WITH(
      chain_times(CtmcMethod::adaptive, {Corrector::Kind::constant, 1e9}, linear_kappa(), grid),
      Contains("[sample] at t = ") && Contains(" tokens jump at the rate 1e+09, "
                                               "which takes more than a million adaptive steps; "
                                               "take a smaller corrector, or the kernel"));
}

TEST_CASE("the law of a path of tokens refuses distributions that do not fit it") {
  const TokenDistributionPtr data = UniformTokens(2, 3), other = UniformTokens(2, 4),
                             longer = UniformTokens(3, 3),
                             labelled = TableDistribution(
                                 {.length = 2, .tokens = {0, 1}, .labels = {0}}, 3);
  const auto made = [](const TokenPath& path, TokenDistributionPtr rows,
                       TokenDistributionPtr source = {}) {
    return [=] { TokenPathLaw(path, 0.5, rows, source); };
  };
  const auto label = [](int) { return 7; };
  const auto fit = [](int vocabulary, int length) {
    return "[path law] the path has 3 tokens, the data " + std::to_string(vocabulary) +
           " in sequences of " + std::to_string(length) + "; source, data and path must agree";
  };
  int x[2];
  check_refusals({
      {made(kMasked, nullptr), "[path law] the data must be given"},
      {made(kMasked, data, data),
       "[path law] a distribution of source rows is given, but the path begins at mask or uniform "
       "tokens; leave it out"},
      {made(kCoupled, data),
       "[path law] the path begins at rows of a distribution, but none is given; give it"},
      {made(kMasked, other), fit(4, 2)},
      {made(kCoupled, data, other), fit(3, 2)},
      {made(kCoupled, data, longer), fit(3, 2)},
      {[&] { TokenPathLaw(kMasked, 0.5, data, {}, false, label); },
       "[path law] labels are asked for, and the data has no classes; give labelled data"},
      {[&] { TokenPathLaw(kMasked, 0.5, labelled, {}, false, label).draw({}, 0, 1, x); },
       "[path law] none of 100000 rows of the data has label 7; ask for a label that occurs"},
  });
}

TEST_CASE("a chain that begins after t = 0 needs the law of the path there, and no given tokens") {
  Workers workers(1);
  const Posterior even = [](std::span<const int> states, Var at) {
    return at.tape->full({at.shape()[0], static_cast<int>(states.size()) / at.shape()[0], 3}, 0);
  };
  const auto sampled = [&](std::shared_ptr<const TokenDistribution> start,
                           std::vector<int> given = {}) {
    return [&, start, given] {
      TokenSamplerOptions options;
      options.begin = 0.5;
      options.start = start;
      int x[2];
      TokenSampler(even, kMasked, 2, options, workers).sample(0, 1, x, nullptr, given);
    };
  };
  const auto law = std::make_shared<TokenPathLaw>(kMasked, 0.5, UniformTokens(2, 3));
  check_refusals({
      {sampled(nullptr),
       "[sample] the chain begins at t = 0.5, where the states are not those of the source, and no "
       "law to start from is given; set start to the law of the path there (TokenPathLaw), or begin "
       "at t = 0"},
      {sampled(law, {0, -1}),
       "[sample] tokens are given, but the chain begins at t = 0.5, from states that do not depend "
       "on them; begin at t = 0"},
      {sampled(std::make_shared<UniformTokens>(3, 3)),
       "[sample] the chain starts from 3 tokens out of 3 states, and has 2 out of 4; "
       "both must agree"},
  });
  CHECK_NOTHROW(sampled(law)());
}

}  // namespace pushforward::inline PF_REAL
