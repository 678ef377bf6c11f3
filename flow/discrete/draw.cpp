#include "flow/discrete/draw.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/tensor/check.h"

namespace pushforward::inline PF_REAL {

using detail::check;

TokenDraw::TokenDraw(int vocabulary, double temperature, double top_p, int top_k)
    : temperature_(temperature),
      top_p_(top_p),
      top_k_(static_cast<std::size_t>(top_k > 0 ? top_k : std::max(vocabulary, 0))) {
  check(vocabulary > 0, "sample", "a vocabulary of ", vocabulary,
        " tokens; it must have at least one");
  check(std::isfinite(temperature) && temperature >= 0, "sample", "temperature is ", temperature,
        "; it must be 0 or more, and finite");
  check(top_p > 0 && top_p <= 1, "sample", "top_p is ", top_p,
        "; it must be above 0 and at most 1, which keeps every token");
  check(top_k >= 0 && top_k < vocabulary, "sample", "top_k is ", top_k, ", and the vocabulary has ",
        vocabulary, " tokens; give a smaller number, or 0 to keep every token");
  check(top_k == 0 || temperature > 0, "sample", "top_k is ", top_k,
        ", which has no effect at a temperature of 0, which always takes the likeliest token; set "
        "one of them to its default");
  weights_.resize(static_cast<std::size_t>(vocabulary));
  if (top_p < 1 || top_k > 0) order_.resize(weights_.size());
}

// Fills weights_ (unnormalised probabilities of the tokens) and total_, their sum. Returns false if
// the logits do not define a distribution.
bool TokenDraw::weigh(const real* logits) {
  const std::size_t n = weights_.size();
  std::size_t best = 0;
  for (std::size_t v = 0; v < n; ++v) {
    if (std::isnan(logits[v])) return false;
    if (logits[v] > logits[best]) best = v;
  }
  if (!std::isfinite(logits[best])) return false;
  if (temperature_ == 0) {
    std::ranges::fill(weights_, 0);
    weights_[best] = total_ = 1;
    return true;
  }
  const double max_logit = static_cast<double>(logits[best]);
  total_ = 0;
  for (std::size_t v = 0; v < n; ++v)
    total_ += weights_[v] = std::exp((static_cast<double>(logits[v]) - max_logit) / temperature_);
  if (order_.empty()) return true;
  std::iota(order_.begin(), order_.end(), 0);
  std::ranges::sort(order_, [this](int a, int b) {
    const double wa = weights_[static_cast<std::size_t>(a)],
                 wb = weights_[static_cast<std::size_t>(b)];
    return wa != wb ? wa > wb : a < b;
  });
  for (std::size_t k = top_k_; k < n; ++k) {
    double& w = weights_[static_cast<std::size_t>(order_[k])];
    total_ -= w;
    w = 0;
  }
  const double wanted = top_p_ < 1 ? top_p_ * total_ : INFINITY;
  double kept = 0;
  for (int v : order_) {
    double& w = weights_[static_cast<std::size_t>(v)];
    if (kept >= wanted) w = 0;
    kept += w;
  }
  total_ = kept;
  return true;
}

int TokenDraw::operator()(const real* logits, double u) {
  if (!weigh(logits)) return -1;
  const double at = u * total_;
  double sum = 0;
  int last = -1;  // the last token with a positive probability
  for (std::size_t v = 0; v < weights_.size(); ++v) {
    if (weights_[v] == 0) continue;
    last = static_cast<int>(v);
    if (at < (sum += weights_[v])) break;
  }
  return last;
}

bool TokenDraw::distribution(std::span<const real> logits, std::span<double> p) {
  check(logits.size() == weights_.size() && p.size() == weights_.size(), "sample", logits.size(),
        " logits and room for ", p.size(), " probabilities of ", weights_.size(), " tokens");
  if (!weigh(logits.data())) return false;
  for (std::size_t v = 0; v < weights_.size(); ++v) p[v] = weights_[v] / total_;
  return true;
}

std::vector<double> TokenDraw::distribution(std::span<const real> logits) {
  std::vector<double> p(weights_.size());
  if (!distribution(logits, p)) p.clear();
  return p;
}

}  // namespace pushforward::inline PF_REAL
