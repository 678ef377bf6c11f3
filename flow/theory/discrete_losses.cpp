// Checks of the posterior of tokens, the losses that it minimises, and the likelihood bound. They
// compare the library with sums over all sequences of small flows.
#define PUSHFORWARD_REAL 64
#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/guidance.h"
#include "flow/discrete/loss.h"
#include "flow/theory/checks.h"
#include "flow/theory/tokens.h"
#include "flow/theory/tools.h"

namespace pushforward::equations {

using detail::fail;

namespace {

const Numbers kTokenLossTimes{0.2, 0.5, 0.8};

// Returns the small flows with mask or uniform sources whose data distribution has a positive
// probability for every sequence.
std::vector<SmallFlow> full_flows(const Kappa& kappa) {
  std::vector<SmallFlow> flows = small_flows(kappa);
  std::erase_if(flows, [](const SmallFlow& f) {
    return f.path.source == SourceKind::data || f.name.ends_with("rows");
  });
  return flows;
}

// Returns a posterior in place of a network's: its logits are a formula of the sequence, the
// position and t.
Posterior small_posterior(int length, int vocabulary) {
  return [length, vocabulary](std::span<const int> x, Var t) {
    const int rows = t.shape().rows();
    std::span<real> out;
    const Var logits = t.tape->uninitialised({rows, length, vocabulary}, out, "logits");
    for (int b = 0; b < rows; ++b) {
      double seen = 0;
      for (int l = 0; l < length; ++l) seen += (l + 1.3) * x[b * length + l];
      for (int i = 0; i < length * vocabulary; ++i)
        out[b * length * vocabulary + i] = 1.2 * std::sin(1.7 * i + seen + t.values()[b]);
    }
    return logits;
  };
}

// Returns the library's generalised Kullback-Leibler divergence (generalised_kl_loss), summed over
// the tokens of one sequence: `xt` is its state at time t, and `x1` its data tokens.
double total_generalised_kl(const Posterior& p, const TokenPath& path, double t,
                            std::span<const int> xt, std::span<const int> x1) {
  Tape tape;
  const int length = static_cast<int>(x1.size());
  const TokenSample sample{tape.input({1, 1}, {t}), xt, x1, length};
  return length * generalised_kl_loss(p, path, sample).item();
}

// Returns the divergence, at the sequence xt, between the rates `given` of jumps to the data tokens
// x1 and the rates u that a posterior (L, V) gives. It is the sum of u(y) - given(y) + given(y)
// ln(given(y) / u(y)) over all tokens and over the states y other than the token's own.
double rate_divergence(const TokenPath& path, double hazard, std::span<const int> xt,
                       std::span<const int> x1, std::span<const double> posterior) {
  double sum = 0;
  for (std::size_t l = 0; l < xt.size(); ++l) {
    if (path.unmasked(xt[l])) continue;  // the rates given x1 and those of the posterior are 0
    for (int y = 0; y < path.vocabulary; ++y) {
      if (y == xt[l]) continue;
      const double given = hazard * (y == x1[l]),
                   learnt = hazard * posterior[l * path.vocabulary + y];
      sum += learnt - given + (given > 0 ? given * std::log(given / learnt) : 0);
    }
  }
  return sum;
}

// Returns the integral of f(t, 1 - t) over t from 0 to 1. f may grow like ln(1 - t) near t = 1; the
// substitution 1 - t = s^4 makes the integrand smooth enough.
template <class F>
double integral(const F& f) {
  return boost::math::quadrature::gauss<double, 40>::integrate(
      [&](double s) {
        const double left = s * s * s * s;
        return 4 * s * s * s * f(1 - left, left);
      },
      0., 1.);
}

// Returns the likelihood bound of the exact posterior for pair number `of` of a source row and a
// data row, with kappa as the time. It is the integral over kappa of a sum over all sequences: the
// sequence's probability given the pair, times its rate_divergence. The posterior is a sum over
// pairs.
double enumerated_bound(SmallFlow flow, std::size_t of) {
  flow.path.kappa = linear_kappa();
  const std::vector<int> all = flow.oracle().all_states();
  const std::vector<TokenPair> pairs = flow.pairs();
  const int length = flow.length(), v = flow.path.vocabulary;
  const std::span<const int> x1{pairs[of].x1, static_cast<std::size_t>(length)};
  return integral([&](double kappa, double left) {
    double mean = 0;
    for (std::size_t at = 0; at < all.size(); at += length) {
      const std::span<const int> xt{all.data() + at, static_cast<std::size_t>(length)};
      const double here = flow.sequence(kappa, xt.data(), pairs[of]);
      if (here == 0) continue;
      Numbers posterior(length * v, 0.);
      double total = 0;
      for (const TokenPair& pair : pairs) {
        const double together = pair.weight * flow.sequence(kappa, xt.data(), pair);
        total += together;
        for (int l = 0; l < length; ++l) posterior[l * v + pair.x1[l]] += together;
      }
      for (double& p : posterior) p /= total;
      mean += here * rate_divergence(flow.path, 1 / left, xt, x1, posterior);
    }
    return mean;
  });
}

}  // namespace

// With a mask source, neither the masks nor t carry information about x1 beyond that of the
// unmasked tokens, so the posterior must be the data distribution given these tokens.
double mask_posterior(double wrong) {
  Residual residual(wrong);
  for (const Kappa& kappa : all_kappas()) {
    for (const SmallFlow& flow : full_flows(kappa)) {
      if (flow.path.source != SourceKind::mask) continue;
      const TokenOracle oracle = flow.oracle();
      const int length = flow.length(), v = flow.path.vocabulary;
      const std::vector<int> all = oracle.all_states();
      for (double t : kTokenLossTimes) {
        const Numbers p = oracle.posterior(t, all);
        for (std::size_t at = 0; at < all.size(); at += length) {
          Numbers agreeing(length * v, 0.);
          double total = 0;
          for (int k = 0; k < flow.data.rows(); ++k) {
            bool agrees = true;
            for (int l = 0; l < length; ++l)
              agrees = agrees && (all[at + l] == v || all[at + l] == flow.data.row(k)[l]);
            if (!agrees) continue;
            total += flow.data.weights[k];
            for (int l = 0; l < length; ++l)
              agreeing[l * v + flow.data.row(k)[l]] += flow.data.weights[k];
          }
          for (int i = 0; i < length * v; ++i) residual.compare(p[at * v + i], agreeing[i] / total);
        }
      }
    }
  }
  return residual.worst();
}

// With a uniform source, the posterior of a data row depends only on how many of its tokens agree
// with the state: each token that agrees makes the row 1 + V kappa / (1 - kappa) times as likely.
double uniform_posterior(double wrong) {
  Residual residual(wrong);
  for (const Kappa& kappa : all_kappas()) {
    for (const SmallFlow& flow : small_flows(kappa)) {
      if (flow.path.source != SourceKind::uniform) continue;
      const TokenOracle oracle = flow.oracle();
      const int length = flow.length(), v = flow.path.vocabulary;
      const std::vector<int> all = oracle.all_states();
      for (double t : kTokenLossTimes) {
        const double odds = 1 + v * kappa(t) / (1 - kappa(t));
        const Numbers p = oracle.posterior(t, all);
        for (std::size_t at = 0; at < all.size(); at += length) {
          Numbers sum(length * v, 0.);
          double total = 0;
          for (const TokenPair& pair : flow.pairs()) {
            double chance = pair.weight;
            for (int l = 0; l < length; ++l) chance *= all[at + l] == pair.x1[l] ? odds : 1;
            total += chance;
            for (int l = 0; l < length; ++l) sum[l * v + pair.x1[l]] += chance;
          }
          for (int i = 0; i < length * v; ++i) residual.compare(p[at * v + i], sum[i] / total);
        }
      }
    }
  }
  return residual.worst();
}

// Compares the library's generalised KL (generalised_kl_loss) with the divergence between the rates
// of a posterior that replaces a network's and the rates given x1 (rate_divergence).
double generalised_kl(double wrong) {
  Residual residual(wrong);
  for (const Kappa& kappa : {linear_kappa(), cosine_kappa()}) {
    for (const SmallFlow& flow : full_flows(kappa)) {
      const int length = flow.length(), v = flow.path.vocabulary;
      const Posterior network = small_posterior(length, v);
      const std::vector<int> all = flow.oracle().all_states();
      const double t = 0.6;
      for (const TokenPair& pair : flow.pairs()) {
        const std::span<const int> x1{pair.x1, static_cast<std::size_t>(length)};
        for (std::size_t at = 0; at < all.size(); at += length) {
          const std::span<const int> xt{all.data() + at, static_cast<std::size_t>(length)};
          if (flow.sequence(t, xt.data(), pair) == 0) continue;
          Tape tape;
          const Var logits = network(xt, tape.input({1, 1}, {t}));
          const Var p = softmax(reshape(logits, {length, v}));
          residual.compare(total_generalised_kl(network, flow.path, t, xt, x1),
                           rate_divergence(flow.path, kappa.hazard(t), xt, x1, p.values()));
        }
      }
    }
  }
  return residual.worst();
}

// Compares the likelihood bound of the exact posterior, as a sum over all xt and a quadrature in t,
// with the same sum computed without the library. With a mask source the bound equals the negative
// log-likelihood. With a uniform source it is larger, because the chain sees xt but not which
// tokens have jumped.
double elbo(double wrong) {
  Residual residual(wrong);
  for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(2), sine_squared_kappa()}) {
    for (const SmallFlow& flow : full_flows(kappa)) {
      const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
      const Posterior p = oracle_posterior(oracle);
      const int length = flow.length();
      const std::vector<int> all = oracle->all_states();
      const std::vector<TokenPair> pairs = flow.pairs();
      for (std::size_t k = 0; k < pairs.size(); k += 3) {
        const TokenPair& pair = pairs[k];
        const std::span<const int> x1{pair.x1, static_cast<std::size_t>(length)};
        const auto loss = [&](double t, double) {
          double mean = 0;
          for (std::size_t at = 0; at < all.size(); at += length) {
            const std::span<const int> xt{all.data() + at, static_cast<std::size_t>(length)};
            const double here = flow.sequence(t, xt.data(), pair);
            if (here > 0) mean += here * total_generalised_kl(p, flow.path, t, xt, x1);
          }
          return mean;
        };
        const double bound = integral(loss);
        const double exact = -std::log(pair.weight);
        residual.compare(bound, enumerated_bound(flow, k));
        residual.compare(flow.path.source == SourceKind::mask ? bound : std::min(bound, exact),
                         exact);
      }
    }
  }
  return residual.worst();
}

// The gradients of the expected cross-entropy and of the expected generalised KL with respect to
// the logits must be 0 at the exact posterior.
double same_minimiser(double wrong) {
  Residual residual;
  for (const SmallFlow& flow : full_flows(linear_kappa())) {
    const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
    const Posterior exact = oracle_posterior(oracle);
    const int length = flow.length();
    const std::vector<int> all = oracle->all_states();
    const std::vector<TokenPair> pairs = flow.pairs();
    for (std::size_t at = 0; at < all.size(); at += 2 * length) {
      const std::span<const int> xt{all.data() + at, static_cast<std::size_t>(length)};
      for (double t : kTokenLossTimes) {
        for (bool cross_entropy : {true, false}) {
          Tape tape;
          const Var time = tape.input({1, 1}, {t});
          const Var logits = scale(exact(xt, time), 1 + wrong);
          const Var leaf = tape.input(logits.shape(), logits.values());
          const Posterior p = [leaf](std::span<const int>, Var) { return leaf; };
          Numbers slopes(leaf.values().size(), 0.);
          for (const TokenPair& pair : pairs) {
            const double here = pair.weight * flow.sequence(t, xt.data(), pair);
            if (here == 0) continue;
            const TokenSample sample{time, xt, {pair.x1, static_cast<std::size_t>(length)}, length};
            const Var loss = cross_entropy ? cross_entropy_loss(p, flow.path, sample)
                                           : generalised_kl_loss(p, flow.path, sample);
            const Var g = grad(loss, leaf);
            for (std::size_t i = 0; i < slopes.size(); ++i) slopes[i] += here * g.values()[i];
          }
          for (double one : slopes) residual.compare(one, 0);
        }
      }
    }
  }
  return residual.worst();
}

// The posterior with guidance of scale w must be the posterior without labels times p(class |
// token)^(1 + w), up to a factor.
double token_guidance(double wrong) {
  Residual residual(wrong);
  const SmallFlow flow = [] {
    for (SmallFlow& f : small_flows(linear_kappa()))
      if (f.name == "uniform, two of 3") {
        for (int k = 0; k < f.data.rows(); ++k) f.data.labels.push_back(k % 4 == 0);
        return f;
      }
    fail("theory", "the labelled flow is missing");
  }();
  const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
  const Posterior p = oracle_posterior(oracle);
  const int length = flow.length(), v = flow.path.vocabulary;
  const std::vector<int> all = oracle->all_states();
  for (double w : {-0.5, 1., 2.5}) {
    for (double t : kTokenLossTimes) {
      for (std::size_t at = 0; at < all.size(); at += length) {
        const std::span<const int> xt{all.data() + at, static_cast<std::size_t>(length)};
        Tape tape;
        const Var time = tape.input({1, 1}, {t});
        const std::vector<int> label{1};
        const Var q = softmax(reshape(guided(p, {.scale = w})(xt, time, label), {length, v}));
        for (int l = 0; l < length; ++l) {
          Numbers with(v, 0.), without(v, 0.), sum(v);
          double total = 0;
          for (int k = 0; k < flow.data.rows(); ++k) {
            const TokenPair pair = flow.pairs()[k];
            const double here = pair.weight * flow.sequence(t, xt.data(), pair);
            without[pair.x1[l]] += here;
            if (flow.data.labels[k] == 1) with[pair.x1[l]] += here;
          }
          // The guided probability must be p(x1_l | xt) p(class | x1_l, xt)^(1 + w), up to a
          // factor. `without` is p(x1_l, xt), and `with` is p(x1_l, xt, class).
          for (int y = 0; y < v; ++y) {
            sum[y] = without[y] * std::pow(with[y] / without[y], 1 + w);
            total += sum[y];
          }
          for (int y = 0; y < v; ++y) residual.compare(q.values()[l * v + y], sum[y] / total);
        }
      }
    }
  }
  return residual.worst();
}

}  // namespace pushforward::equations
