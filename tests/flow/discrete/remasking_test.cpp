// Tests remasking and orders of unmasking: their formulas, that they keep the distribution where
// they should, and their errors.
#include "flow/discrete/remasking.h"

#include <cmath>

#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/sampler.h"
#include "flow/path/time_grid.h"
#include "tests/flow/discrete/chain.h"
#include "tests/flow/discrete/posteriors.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

using namespace equations;
using Kind = Remasking::Kind;

// Draws n samples with the flow's exact posterior.
std::vector<int> draw(const SmallFlow& flow, const TokenSamplerOptions& options, int n,
                      std::uint64_t seed = 3) {
  Workers workers(1);
  TokenSampler sampler(oracle_posterior(std::make_shared<TokenOracle>(flow.oracle())), flow.path,
                       flow.length(), options, workers);
  std::vector<int> out(static_cast<std::size_t>(n) * flow.length());
  sampler.sample(seed, n, out.data());
  return out;
}

// Returns the total variation distance of the samples from the flow's distribution at time t.
double distance(const SmallFlow& flow, const std::vector<int>& samples, double t) {
  const std::vector<double> exact = flow.oracle().marginal(t);
  std::vector<double> share(exact.size(), 0.);
  const auto length = static_cast<std::size_t>(flow.length());
  for (std::size_t i = 0; i < samples.size(); i += length) {
    std::size_t at = 0;
    for (std::size_t l = 0; l < length; ++l)
      at = at * static_cast<std::size_t>(flow.path.states()) +
           static_cast<std::size_t>(samples[i + l]);
    share[at] += static_cast<double>(length) / static_cast<double>(samples.size());
  }
  return total_variation(share, exact);
}

// Returns the share of masks at one position.
double masked(const std::vector<int>& samples, int length, int position, int mask) {
  double count = 0;
  for (std::size_t i = static_cast<std::size_t>(position); i < samples.size();
       i += static_cast<std::size_t>(length))
    count += samples[i] == mask;
  return count * length / static_cast<double>(samples.size());
}

}  // namespace

TEST_CASE("remasking: sigma is within its limit, and the limit keeps probabilities in range") {
  for (const Kappa& kappa : all_kappas()) {
    for (const auto& [from, to] : {std::pair{0., 0.1}, {0.2, 0.3}, {0.6, 0.9}, {0.9, 1.}}) {
      const double most = Remasking::max_share(kappa, from, to);
      CHECK(most == Approx(std::min(1., (1 - kappa(to)) / kappa(from))).epsilon(1e-12));
      CHECK(Remasking{Kind::cap, 0.3}.share(kappa, from, to) == std::min(0.3, most));
      CHECK(Remasking{Kind::rescale, 0.3}.share(kappa, from, to) == 0.3 * most);
      CHECK(Remasking{Kind::loop, 0.3, 0.5, 2}.share(kappa, from, to) == 0);
      for (const Kind kind : {Kind::cap, Kind::rescale}) {
        const TokenStep step({kappa, SourceKind::mask, 3}, Remasking{kind, 1}, from, to);
        for (int x : {1, 3})
          for (double p : step.distribution(x, 1)) CHECK((p >= 0 && p <= 1));
      }
    }
    CHECK(Remasking{Kind::loop, 0.3, 0.5, 2}.share(kappa, 0.5, 0.5) > 0);
  }
}

TEST_CASE("remasking: a step keeps the distribution given x1, also in a loop") {
  for (const Kappa& kappa : all_kappas()) {
    const TokenPath path{kappa, SourceKind::mask, 3};
    for (const Remasking& remasking :
         {Remasking{Kind::cap, 0.1}, Remasking{Kind::rescale, 0.8}, Remasking{Kind::rescale, 1},
          Remasking{Kind::loop, 0.4, 0.5, 1}}) {
      const bool loop = remasking.kind == Kind::loop;
      for (const auto& [from, to] :
           {std::pair{0., 0.2}, {0.4, loop ? 0.4 : 0.45}, {0.6, loop ? 0.6 : 0.95}}) {
        const TokenStep step(path, remasking, from, to);
        const std::vector<double> known = step.distribution(1, 1),
                                  unknown = step.distribution(3, 1);
        CHECK(kappa(from) * known[1] + kappa.left(from) * unknown[1] ==
              Approx(kappa(to)).margin(1e-14));
        const double sigma = remasking.share(kappa, from, to);
        if (from > 0) CHECK(known[3] == Approx(sigma).margin(1e-15));
        CHECK(step.remasks() == (sigma > 0 && from > 0));
        CHECK(step.max_probability() >= std::max(known[3], unknown[1]) - 1e-15);
      }
    }
  }
}

TEST_CASE("remasking: one token has the data's law with any number of steps") {
  for (const Kappa& kappa : {linear_kappa(), cosine_kappa(), polynomial_kappa(0.5)}) {
    const SmallFlow flow = flow_named("mask, one token of 5", kappa);
    for (const Remasking& remasking : {Remasking{Kind::cap, 0.2}, Remasking{Kind::rescale, 0.9},
                                       Remasking{Kind::loop, 0.3, 0.55, 5}}) {
      const Chain chain(flow, {CtmcMethod::kernel, {}, remasking});
      for (int steps : {1, 2, 10, 64}) {
        for (double end : {0.8, 1.}) {
          const std::vector<double> times = remasking.with_loop(time_grid(steps, 0, end));
          CHECK(total_variation(chain.propagate(times), chain.oracle().marginal(end)) < 1e-12);
        }
      }
    }
  }
}

TEST_CASE("remasking: dependent tokens keep their law if steps move few tokens") {
  const SmallFlow flow = flow_named("mask, three of 2", linear_kappa());
  // A wrong sigma of masked tokens, or none, would leave too many masks.
  for (const Remasking& remasking : {Remasking{Kind::cap, 0.004}, Remasking{Kind::rescale, 0.004},
                                     Remasking{Kind::loop, 0.02, 0.5, 50}}) {
    const Chain chain(flow, {CtmcMethod::kernel, {}, remasking});
    const std::vector<double> times = remasking.with_loop(time_grid(200, 0, 0.8));
    const double off = total_variation(chain.propagate(times), chain.oracle().marginal(0.8));
    CAPTURE(name_of(remasking.kind), off);
    CHECK(off < 0.004);
  }
}

TEST_CASE("remasking: confidence masks unsure tokens, and leaves more masks than the path has") {
  // Position 0 is sure to be token 0, position 1 is uniform over eight.
  const TokenPath path{linear_kappa(), SourceKind::mask, 8};
  std::vector<double> sure(8, 1e-9), any(8, 0.125);
  sure[0] = 1 - 7e-9;
  TokenSamplerOptions options;
  options.steps = 20;
  options.end = 0.8;
  options.chunk = 500;
  constexpr int n = 20'000;
  std::vector<double> share;
  Workers workers(1);
  for (const Kind kind : {Kind::none, Kind::rescale, Kind::confidence}) {
    options.remasking = {kind, kind == Kind::none ? 0 : 0.5};
    TokenSampler sampler(independent_posterior(path, {sure, any}), path, 2, options, workers);
    std::vector<int> out(2 * n);
    sampler.sample(1, n, out.data());
    share.push_back(masked(out, 2, 0, 8));
    share.push_back(masked(out, 2, 1, 8));
  }
  CAPTURE(share);
  for (std::size_t k : {0, 1, 2, 3}) CHECK(std::abs(share[k] - 0.2) < 0.015);
  CHECK(share[4] > 0.22);
  CHECK(share[5] > share[4] + 0.005);
}

TEST_CASE("order: scores are the greatest probability, minus the entropy, and the margin") {
  std::vector<real> logits;
  const std::vector<double> p{0.5, 0.1, 0.3, 0.1};
  double entropy = 0;
  for (double one : p) {
    logits.push_back(static_cast<real>(std::log(one) + 3));
    entropy -= one * std::log(one);
  }
  using Order = UnmaskingOrder;
  CHECK(unmasking_score(Order::random, logits.data(), 4) == 0);
  CHECK(unmasking_score(Order::confidence, logits.data(), 4) == Approx(0.5).epsilon(1e-5));
  CHECK(unmasking_score(Order::entropy, logits.data(), 4) == Approx(-entropy).epsilon(1e-5));
  CHECK(unmasking_score(Order::margin, logits.data(), 4) == Approx(0.2).epsilon(1e-5));
  logits[2] = kNoToken;
  CHECK(std::isfinite(unmasking_score(Order::entropy, logits.data(), 4)));
  const real one = 0;
  CHECK(unmasking_score(Order::margin, &one, 1) == 1);
  logits[1] = std::numeric_limits<real>::quiet_NaN();
  CHECK(std::isnan(unmasking_score(Order::margin, logits.data(), 4)));
}

TEST_CASE("order: short steps give the data's law, and unmask as many tokens as without an order") {
  const SmallFlow flow = flow_named("mask, three of 2", linear_kappa());
  constexpr int n = 20'000;
  for (const UnmaskingOrder order :
       {UnmaskingOrder::confidence, UnmaskingOrder::entropy, UnmaskingOrder::margin}) {
    TokenSamplerOptions options;
    options.order = order;
    options.chunk = 500;
    options.steps = 150;
    CAPTURE(name_of(order));
    CHECK(distance(flow, draw(flow, options, n), 1) < 0.025);
    options.steps = 20;
    options.end = 0.6;
    const std::vector<int> part = draw(flow, options, n);
    double left = 0;
    for (int l = 0; l < 3; ++l) left += masked(part, 3, l, flow.path.mask()) / 3;
    CHECK(std::abs(left - 0.4) < 0.01);
    // The positions are no longer alike, so this is not the law of the path.
    CHECK(distance(flow, part, 0.6) > 0.1);
  }
}

TEST_CASE("order: the surest position is unmasked first, and given tokens stay") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 3};
  const std::vector<std::vector<double>> laws{{0.4, 0.3, 0.3}, {0.98, 0.01, 0.01}, {0.6, 0.3, 0.1}};
  TokenSamplerOptions options;
  options.steps = 200;
  options.end = 0.3;
  Workers workers(1);
  for (const UnmaskingOrder order :
       {UnmaskingOrder::confidence, UnmaskingOrder::entropy, UnmaskingOrder::margin}) {
    options.order = order;
    TokenSampler sampler(independent_posterior(path, laws), path, 3, options, workers);
    std::vector<int> out(3 * 500);
    sampler.sample(1, 500, out.data());
    for (std::size_t i = 0; i < out.size(); i += 3) {
      CHECK((out[i + 1] != 3 || (out[i] == 3 && out[i + 2] == 3)));
      CHECK((out[i + 2] != 3 || out[i] == 3));
    }
    const std::vector<int> given{2, -1, -1};
    sampler.sample(1, 500, out.data(), nullptr, given);
    for (std::size_t i = 0; i < out.size(); i += 3) CHECK(out[i] == 2);
  }
}

TEST_CASE("remasking and order: errors name what does not fit") {
  Workers workers(1);
  const TokenPath masks{linear_kappa(), SourceKind::mask, 3},
      noise{linear_kappa(), SourceKind::uniform, 3};
  const Posterior p = independent_posterior(masks, {{0.4, 0.3, 0.3}});
  const auto make = [&](const TokenPath& path, auto change) {
    TokenSamplerOptions options;
    change(options);
    TokenSampler(p, path, 1, options, workers);
  };
  const auto cap = [](TokenSamplerOptions& o) { o.remasking = {Kind::cap, 0.1}; };
  const auto entropy = [](TokenSamplerOptions& o) { o.order = UnmaskingOrder::entropy; };
  CHECK_THROWS_WITH(make(noise, cap),
                    "[sample] the remasking \"cap\" is of masked tokens, but the path is not the "
                    "mixture path from masks; take it, or leave it out");
  CHECK_THROWS_WITH(make(noise, entropy),
                    "[sample] the order \"entropy\" is of masked tokens, but the path is not the "
                    "mixture path from masks; take it, or leave it out");
  CHECK_THROWS_WITH(make(masks,
                         [&](TokenSamplerOptions& o) {
                           cap(o);
                           o.method = CtmcMethod::euler;
                         }),
                    "[sample] the remasking \"cap\" is of the exact kernel, but the method is "
                    "another; take the kernel, or leave it out");
  CHECK_THROWS_WITH(make(masks,
                         [&](TokenSamplerOptions& o) {
                           cap(o);
                           o.corrector = {Corrector::Kind::bump, 1};
                         }),
                    "[sample] the remasking \"cap\" and the corrector \"bump\" both mask tokens "
                    "again; leave one of them out");
  CHECK_THROWS_WITH(make(masks,
                         [&](TokenSamplerOptions& o) {
                           cap(o);
                           entropy(o);
                         }),
                    "[sample] the remasking \"cap\" and the order \"entropy\" both choose which "
                    "tokens are masked; leave one of them out");
  CHECK_THROWS_WITH(
      make(masks,
           [](TokenSamplerOptions& o) {
             o.remasking = {Kind::cap, 0};
           }),
      "[sample] eta of the remasking is 0; it is a probability, above 0 and at most 1");
  CHECK_THROWS_WITH(make(masks,
                         [](TokenSamplerOptions& o) {
                           o.remasking = {Kind::loop, 0.1, 0.5, 0};
                         }),
                    "[sample] the loop of remasking has 0 steps; give at least one");
  CHECK_THROWS_WITH(make(masks,
                         [](TokenSamplerOptions& o) {
                           o.remasking = {Kind::loop, 0.1, 0.9, 3};
                           o.end = 0.8;
                         }),
                    "[sample] the loop of remasking is at t = 0.9, and the chain runs from 0 to "
                    "0.8; put it between the two");
  CHECK_THROWS_WITH(make(masks, [](TokenSamplerOptions& o) { o.top_k = 3; }),
                    "[sample] top_k is 3, and the vocabulary has 3 tokens; give a smaller number, "
                    "or 0 to keep every token");
  CHECK_THROWS_WITH(make(masks,
                         [](TokenSamplerOptions& o) {
                           o.top_k = 2;
                           o.temperature = 0;
                         }),
                    "[sample] top_k is 2, which has no effect at a temperature of 0, which always "
                    "takes the likeliest token; set one of them to its default");
  CHECK_THROWS_WITH(TokenStep(noise, Remasking{Kind::cap, 0.1}, 0.1, 0.2),
                    "[sample] the sampler remasks tokens, but the path is not the mixture path "
                    "from masks; take it, or leave the remasking out");
}

}  // namespace pushforward::inline PF_REAL
