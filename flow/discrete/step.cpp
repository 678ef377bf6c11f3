#include "flow/discrete/step.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "autograd/tensor/check.h"
#include "flow/path/time_grid.h"

namespace pushforward {

using detail::check;

TokenStep::TokenStep(const TokenPath& path, CtmcMethod method, const Corrector& corrector,
                     double from, double to)
    : path_(path), method_(method), from_(from), to_(to) {
  path.check_valid();
  check(from >= 0 && from < to && to <= 1, "sample", "a step from t = ", from, " to ", to,
        "; a chain goes forward in [0, 1]");
  corrector.check_valid();
  const bool corrects = corrector.kind != Corrector::Kind::none && corrector.scale > 0;
  check(!corrects || path.source != SourceKind::data, "sample",
        "a corrector draws tokens from p_t(. | x1), which has a closed form "
        "for mask and uniform sources only; leave it out for a source of rows");
  check(!corrects || !path.metric, "sample",
        "correctors are those of the mixture path, but the path is metric-induced; leave the "
        "corrector out");
  check(!corrects || path.noise == 0, "sample",
        "correctors are those of the mixture path, but the path has three parts; leave the "
        "corrector out");
  exchanges_ = corrects && corrector.kind == Corrector::Kind::exchange;
  check(!exchanges_ || path.source == SourceKind::uniform, "sample",
        "the corrector exchange is of uniform tokens, but the source is the mask; take another "
        "corrector");
  if (path.metric) {
    max_probability_ = 1;
    if (to == 1) return;
    begin_beta_ = path.metric->beta(from);
    end_beta_ = path.metric->beta(to);
    begin_sums_.resize(static_cast<std::size_t>(path.vocabulary));
    end_sums_.resize(begin_sums_.size());
    path.metric->normalisers(begin_beta_, begin_sums_);
    path.metric->normalisers(end_beta_, end_sums_);
    if (method == CtmcMethod::kernel) return;
    beta_slope_ = path.metric->slope(from);
    check(std::isfinite(beta_slope_), "sample", "tokens jump at an infinite rate at t = ", from,
          "; begin a little later, or take the kernel");
    return;
  }
  const Kappa& kappa = path.kappa;
  jump_ = kappa.jump(from, to);
  if (to == 1) {
    max_probability_ = 1;
  } else if (path.noise > 0) {
    double drawn = jump_;
    if (method != CtmcMethod::kernel) {
      hazard_ = kappa.hazard(from);
      check(std::isfinite(hazard_), "sample", "tokens jump at an infinite rate at t = ", from,
            "; begin a little later, or take the kernel");
      // The rates at `from` hold for the whole step; three_part makes probabilities of them.
      data_ = hazard_ * path.to_data(from);
      uniform_ = hazard_ - data_;
      drawn =
          method == CtmcMethod::euler ? -std::expm1(-(to - from) * hazard_) : (to - from) * hazard_;
    } else {
      const PathParts begin = path.parts(from), end = path.parts(to);
      data_ = std::clamp(end.data - begin.data * (1 - jump_), 0., jump_);
      uniform_ = jump_ - data_;
    }
    max_probability_ = std::min(1., drawn);
  } else if (method == CtmcMethod::kernel) {
    redraw_ = corrector.redraw(kappa, from, to);
    kappa_ = kappa(to);
    left_ = kappa.left(to);
    remasks_ = redraw_ > 0;
    max_probability_ = std::min(1., jump_ + redraw_);
    if (exchanges_) set_exchange(corrector, to);
  } else {
    hazard_ = kappa.hazard(from);
    eta_ = corrector.eta(kappa, from);
    check(std::isfinite(hazard_) && std::isfinite(eta_), "sample",
          "tokens jump at an infinite rate at t = ", from,
          "; begin a little later, or take the kernel");
    kappa_ = kappa(from);
    left_ = kappa.left(from);
    remasks_ = eta_ > 0;
    if (exchanges_) set_exchange(corrector, from);
    const double max_mean = (to - from) * (hazard_ + (exchanges_ ? away_ + back_ : eta_));
    max_probability_ =
        method == CtmcMethod::euler ? -std::expm1(-max_mean) : std::min(1., max_mean);
  }
}

TokenStep::TokenStep(const TokenPath& path, const Remasking& remasking, double from, double to)
    : path_(path), method_(CtmcMethod::kernel), from_(from), to_(to) {
  path.check_valid();
  remasking.check_valid();
  check(path.from_masks(), "sample",
        "the sampler remasks tokens, but the path is not the mixture path from masks; take it, or "
        "leave the remasking out");
  const bool loops = from == to && remasking.kind == Remasking::Kind::loop;
  check(from >= 0 && (from < to || loops) && to <= 1, "sample", "a step from t = ", from, " to ",
        to, "; a chain goes forward in [0, 1]");
  const Kappa& kappa = path.kappa;
  jump_ = kappa.jump(from, to);
  sigma_ = to == 1 ? 0 : remasking.share(kappa, from, to);
  remasks_ = sigma_ > 0 && from > 0;
  if (remasks_ && remasking.kind != Remasking::Kind::confidence)
    balance_ = sigma_ * kappa(from) / kappa.left(from);
  max_probability_ = to == 1 ? 1 : std::min(1., std::max(sigma_, jump_ + balance_));
}

void TokenStep::set_exchange(const Corrector& corrector, double t) {
  away_ = corrector.eta(path_.kappa, t) * (path_.vocabulary - 1);
  back_ = corrector.eta(path_.kappa, t) * exchange_ratio(path_.kappa, path_.vocabulary, t);
  check(std::isfinite(back_), "sample", "the corrector exchange has an infinite rate at t = ", t,
        "; end a little earlier, or take another corrector");
  if (method_ == CtmcMethod::kernel) max_probability_ = 1;
}

// The corrector `exchange`. All tokens but x1 are alike, so the chain between x1 and the others has
// two states, whose transition in a time h moves the share 1 - exp(-(away + back) h) of the way to
// its stationary distribution.
TokenMove TokenStep::exchanged(bool there) const {
  const double h = to_ - from_, total = away_ + back_;
  TokenMove m;
  if (method_ != CtmcMethod::kernel) {
    const double to_x1 = there ? 0 : hazard_ + back_, resampled = there ? away_ : 0,
                 rate = to_x1 + resampled;
    if (rate == 0) return m;
    const double p = method_ == CtmcMethod::euler ? -std::expm1(-h * rate) : std::min(1., h * rate);
    m.to_x1 = p * (to_x1 / rate);
    m.resampled = p * (resampled / rate);
    m.stay = 1 - p;
    return m;
  }
  const double mixed = total > 0 ? -std::expm1(-h * total) / total : 0, leave = away_ * mixed,
               arrive = back_ * mixed;
  const int others = path_.vocabulary - 1;
  if (there) return {0, leave, 1 - leave};
  // The token jumps to x1 first, and then the corrector may move it from there to any other token,
  // which may be x again; or it stays, and then the corrector may move it to x1, or there and away.
  const double never = std::exp(-h * back_), again = std::max(0., 1 - arrive - never),
               spread = jump_ * leave + (1 - jump_) * again;  // over all tokens but x1
  m.to_x1 = jump_ * (1 - leave) + (1 - jump_) * arrive;
  m.resampled = spread * (others - 1) / others;
  m.stay = 1 - m.to_x1 - m.resampled;
  return m;
}

// On the three-part path, a token that is drawn again may get the value that it has, so that it stays.
TokenMove TokenStep::three_part(int x, int x1) const {
  const bool there = x == x1, masked = x == path_.vocabulary;
  const double elsewhere = masked ? 1 : 1 - 1. / path_.vocabulary;
  TokenMove m;
  m.to_x1 = there ? 0 : data_;
  m.resampled = uniform_ * elsewhere;
  if (method_ == CtmcMethod::kernel) {
    m.stay = 1 - m.to_x1 - m.resampled;
    return m;
  }
  const double rate = m.to_x1 + m.resampled, h = to_ - from_;
  if (rate == 0) return {};
  const double p = method_ == CtmcMethod::euler ? -std::expm1(-h * rate) : std::min(1., h * rate);
  m.to_x1 *= p / rate;
  m.resampled *= p / rate;
  m.stay = 1 - p;
  return m;
}

// A masked token is unmasked with probability (kappa_s - (1 - sigma) kappa_t) / (1 - kappa_t), which
// is jump + sigma kappa_t / (1 - kappa_t).
TokenMove TokenStep::remasked(int x, double share) const {
  TokenMove m;
  if (path_.unmasked(x)) {
    m.resampled = sigma_ * share;
    m.stay = 1 - m.resampled;
  } else {
    m.to_x1 = std::min(1., jump_ + balance_);
    m.stay = 1 - m.to_x1;
  }
  return m;
}

TokenMove TokenStep::kernel(bool there, double own) const {
  TokenMove m;
  m.to_x1 = there ? 0 : (1 - redraw_) * jump_ + redraw_ * kappa_;
  m.resampled = redraw_ * left_ * (1 - own);
  m.stay = redraw_ * left_ * own +
           (there ? 1 - redraw_ + redraw_ * kappa_ : (1 - redraw_) * (1 - jump_));
  return m;
}

TokenMove TokenStep::rates(bool there, double own) const {
  const double h = to_ - from_, to_x1 = there ? 0 : hazard_ + eta_ * kappa_,
               resampled = eta_ * left_ * (1 - own), lambda = to_x1 + resampled;
  TokenMove m;
  if (lambda == 0) return m;
  const double p =
      method_ == CtmcMethod::euler ? -std::expm1(-h * lambda) : std::min(1., h * lambda);
  m.to_x1 = p * (to_x1 / lambda);
  m.resampled = p * (resampled / lambda);
  m.stay = 1 - p;
  return m;
}

double TokenStep::weight_to(int y, int x, int x1) const {
  const TokenMetric& metric = *path_.metric;
  const auto token = static_cast<std::size_t>(x1);
  const double begin = metric.weight(begin_beta_, y, x1) / begin_sums_[token];
  if (method_ == CtmcMethod::kernel)
    return std::max(0., metric.weight(end_beta_, y, x1) / end_sums_[token] - begin);
  return begin * std::max(0., metric.distance(x, x1) - metric.distance(y, x1));
}

TokenStep::MetricMove TokenStep::metric_move(int x, int x1) const {
  const TokenMetric& metric = *path_.metric;
  MetricMove m;
  if (method_ == CtmcMethod::kernel) {
    const auto token = static_cast<std::size_t>(x1);
    const double log_ratio = std::log(begin_sums_[token] / end_sums_[token]) -
                             (end_beta_ - begin_beta_) * metric.distance(x, x1);
    m.chance = log_ratio < 0 ? -std::expm1(log_ratio) : 0;
  }
  if (method_ == CtmcMethod::kernel && m.chance == 0) return m;
  for (int y = 0; y < path_.vocabulary; ++y)
    if (y != x) m.total += weight_to(y, x, x1);
  if (method_ != CtmcMethod::kernel) {
    const double mean = (to_ - from_) * beta_slope_ * m.total;
    m.chance = method_ == CtmcMethod::euler ? -std::expm1(-mean) : std::min(1., mean);
  }
  if (m.total == 0) m.chance = 0;
  return m;
}

TokenMove TokenStep::move(int x, int x1, double share) const {
  path_.check_state(x);
  path_.check_token(x1);
  if (to_ == 1) return x == x1 ? TokenMove{} : TokenMove{1, 0, 0};
  TokenMove m;
  if (path_.metric) {
    const MetricMove metric = metric_move(x, x1);
    if (x != x1 && metric.chance > 0) {
      m.to_x1 = metric.chance * (weight_to(x1, x, x1) / metric.total);
      m.resampled = metric.chance - m.to_x1;
      m.stay = 1 - metric.chance;
    }
  } else if (remasks_ && sigma_ > 0) {
    m = remasked(x, share);
  } else if (path_.noise > 0) {
    m = three_part(x, x1);
  } else if (exchanges_) {
    m = exchanged(x == x1);
  } else {
    const double own = eta_ + redraw_ > 0 ? path_.source_probability(x) : 0;
    m = method_ == CtmcMethod::kernel ? kernel(x == x1, own) : rates(x == x1, own);
  }
  // The condition is written with >= and <= so that a NaN fails it.
  const bool valid = m.to_x1 >= 0 && m.resampled >= 0 && m.stay >= 0 && m.to_x1 <= 1 &&
                     m.resampled <= 1 && m.stay <= 1 &&
                     std::abs(m.to_x1 + m.resampled + m.stay - 1) < 1e-12;
  check(valid, "sample", "between t = ", from_, " and ", to_,
        " the probabilities of a token's move must be in [0, 1]: to x1 ", m.to_x1, ", resampled ",
        m.resampled, ", stay ", m.stay);
  return m;
}

int TokenStep::resampled_state(int x, double u) const {
  path_.check_state(x);
  check(u >= 0 && u < 1, "sample", "a state is drawn by u = ", u, "; u must lie in [0, 1)");
  const bool masks = path_.source == SourceKind::mask;
  check(masks ? x != path_.vocabulary : path_.source == SourceKind::uniform && path_.vocabulary > 1,
        "sample", "the source has no state but ", x,
        " to draw; ask of a mask source about tokens, or of a uniform one with a vocabulary of two "
        "or more");
  if (masks) return path_.vocabulary;
  const int others = path_.vocabulary - 1, k = std::min(static_cast<int>(u * others), others - 1);
  return k + (k >= x);
}

int TokenStep::other_state(int x, int x1, double u) const {
  if (!path_.metric && !to_uniform_token()) return resampled_state(x, u);
  path_.check_state(x);
  path_.check_token(x1);
  check(u >= 0 && u < 1, "sample", "a state is drawn by u = ", u, "; u must lie in [0, 1)");
  if (to_uniform_token()) {
    // The tokens in order, without x and, with `exchange`, without x1.
    const int without_x = x < path_.vocabulary ? x : -1, without_x1 = exchanges_ ? x1 : -1;
    const int count =
        path_.vocabulary - (without_x >= 0) - (without_x1 >= 0 && without_x1 != without_x);
    check(count > 0, "sample", "there is no other token than ", x, " and ", x1, " to move to");
    int k = std::min(static_cast<int>(u * count), count - 1);
    for (int y = 0;; ++y)
      if (y != without_x && y != without_x1 && k-- == 0) return y;
  }
  const MetricMove m = metric_move(x, x1);
  const double to_x1 = x == x1 ? 0 : weight_to(x1, x, x1), at = u * (m.total - to_x1);
  double sum = 0;
  int last = x;
  for (int y = 0; y < path_.vocabulary; ++y) {
    if (y == x || y == x1) continue;
    const double w = weight_to(y, x, x1);
    if (w == 0) continue;
    last = y;
    if (at < (sum += w)) break;
  }
  return last;
}

std::vector<double> TokenStep::distribution(int x, int x1) const {
  std::vector<double> out(static_cast<std::size_t>(path_.states()));
  distribution(x, x1, out);
  return out;
}

void TokenStep::distribution(int x, int x1, std::span<double> out) const {
  check(static_cast<int>(out.size()) == path_.states(), "sample", "a row of ", out.size(),
        " probabilities, and the path has ", path_.states(), " states");
  const TokenMove m = move(x, x1);
  std::ranges::fill(out, 0);
  out[static_cast<std::size_t>(x)] += m.stay;
  out[static_cast<std::size_t>(x1)] += m.to_x1;
  if (m.resampled == 0) return;
  if (path_.metric) {
    const MetricMove metric = metric_move(x, x1);
    for (int y = 0; y < path_.vocabulary; ++y)
      if (y != x && y != x1)
        out[static_cast<std::size_t>(y)] += metric.chance * (weight_to(y, x, x1) / metric.total);
    return;
  }
  if (to_uniform_token()) {
    const bool masked = x == path_.vocabulary, apart = exchanges_ && x != x1;
    const int count = path_.vocabulary - !masked - apart;
    for (int y = 0; y < path_.vocabulary; ++y)
      if (y != x && !(apart && y == x1)) out[static_cast<std::size_t>(y)] += m.resampled / count;
    return;
  }
  if (path_.source == SourceKind::mask) {
    out[static_cast<std::size_t>(path_.mask())] += m.resampled;
    return;
  }
  for (int y = 0; y < path_.vocabulary; ++y)
    if (y != x) out[static_cast<std::size_t>(y)] += m.resampled / (path_.vocabulary - 1);
}

namespace {

// Returns the times of a chain. rate(t) bounds the rate at which a token jumps at t, forward(t) that
// of the path without a corrector, and `name` is what jumps.
template <class Rate, class Forward>
std::vector<double> times_by_rate(CtmcMethod method, std::span<const double> grid,
                                  const std::string& name, const Rate& rate_at,
                                  const Forward& forward) {
  constexpr std::size_t kMaxTimes = 1'000'000;
  check_grid(grid);
  check(grid.front() >= 0 && grid.back() <= 1 && grid.front() < grid.back(), "sample",
        "a chain runs from t = ", grid.front(), " to ", grid.back(),
        "; it must go forward in [0, 1]");
  std::vector<double> times{grid.front()};
  for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
    double t = grid[i];
    const double to = grid[i + 1];
    if (to < 1 && method != CtmcMethod::kernel)
      check(std::isfinite(forward(t)), "sample", name, " jumps at an infinite rate at t = ", t,
            "; begin a little later, or take the kernel");
    while (method == CtmcMethod::adaptive && to < 1) {
      const double rate = rate_at(t), next = t + 1 / rate;
      if (!(next < to)) break;
      check(next > t && times.size() < kMaxTimes, "sample", "at t = ", t,
            " tokens jump at the rate ", rate,
            ", which takes more than a million adaptive steps; "
            "take a smaller corrector, or the kernel");
      times.push_back(t = next);
    }
    times.push_back(to);
  }
  return times;
}

}  // namespace

std::vector<double> chain_times(CtmcMethod method, const Corrector& corrector, const Kappa& kappa,
                                std::span<const double> grid) {
  corrector.check_valid();
  return times_by_rate(
      method, grid, kappa.name(),
      [&](double t) { return kappa.hazard(t) + corrector.eta(kappa, t); },
      [&](double t) { return kappa.hazard(t); });
}

std::vector<double> chain_times(CtmcMethod method, const Corrector& corrector,
                                const TokenPath& path, std::span<const double> grid) {
  corrector.check_valid();
  if (!path.metric) {
    const bool exchanges = corrector.kind == Corrector::Kind::exchange;
    return times_by_rate(
        method, grid, path.kappa.name(),
        [&](double t) {
          const double eta = corrector.eta(path.kappa, t);
          return path.kappa.hazard(t) +
                 (exchanges
                      ? eta * (path.vocabulary - 1 + exchange_ratio(path.kappa, path.vocabulary, t))
                      : eta);
        },
        [&](double t) { return path.kappa.hazard(t); });
  }
  const TokenMetric& metric = *path.metric;
  const auto rate = [&](double t) {
    return metric.slope(t) * metric.max_exit_rate(metric.beta(t));
  };
  return times_by_rate(method, grid, "the metric-induced path", rate,
                       [&](double t) { return metric.slope(t); });
}

std::vector<double> kappa_grid(const Kappa& kappa, int steps, double begin, double end) {
  std::vector<double> grid = time_grid(steps, begin, end);
  const double first = kappa(begin), last = kappa(end);
  for (int i = 1; i < steps; ++i)
    grid[static_cast<std::size_t>(i)] = kappa.inverse(first + (last - first) * i / steps);
  check_grid(grid);
  return grid;
}

}  // namespace pushforward
