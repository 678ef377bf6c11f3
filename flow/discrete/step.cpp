#include "flow/discrete/step.h"

#include <algorithm>
#include <cmath>

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
  const Kappa& kappa = path.kappa;
  jump_ = kappa.jump(from, to);
  if (to == 1) {
    max_probability_ = 1;
  } else if (method == CtmcMethod::kernel) {
    redraw_ = corrector.redraw(kappa, from, to);
    kappa_ = kappa(to);
    left_ = kappa.left(to);
    remasks_ = redraw_ > 0;
    max_probability_ = std::min(1., jump_ + redraw_);
  } else {
    hazard_ = kappa.hazard(from);
    eta_ = corrector.eta(kappa, from);
    check(std::isfinite(hazard_) && std::isfinite(eta_), "sample",
          "tokens jump at an infinite rate at t = ", from,
          "; begin a little later, or take the kernel");
    kappa_ = kappa(from);
    left_ = kappa.left(from);
    remasks_ = eta_ > 0;
    const double max_mean = (to - from) * (hazard_ + eta_);
    max_probability_ =
        method == CtmcMethod::euler ? -std::expm1(-max_mean) : std::min(1., max_mean);
  }
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

TokenMove TokenStep::move(int x, int x1) const {
  path_.check_state(x);
  path_.check_token(x1);
  if (to_ == 1) return x == x1 ? TokenMove{} : TokenMove{1, 0, 0};
  const double own = eta_ + redraw_ > 0 ? path_.source_probability(x) : 0;
  const TokenMove m = method_ == CtmcMethod::kernel ? kernel(x == x1, own) : rates(x == x1, own);
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
  if (path_.source == SourceKind::mask) {
    out[static_cast<std::size_t>(path_.mask())] += m.resampled;
    return;
  }
  for (int y = 0; y < path_.vocabulary; ++y)
    if (y != x) out[static_cast<std::size_t>(y)] += m.resampled / (path_.vocabulary - 1);
}

std::vector<double> chain_times(CtmcMethod method, const Corrector& corrector, const Kappa& kappa,
                                std::span<const double> grid) {
  constexpr std::size_t kMaxTimes = 1'000'000;
  check_grid(grid);
  check(grid.front() >= 0 && grid.back() <= 1 && grid.front() < grid.back(), "sample",
        "a chain runs from t = ", grid.front(), " to ", grid.back(),
        "; it must go forward in [0, 1]");
  corrector.check_valid();
  std::vector<double> times{grid.front()};
  for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
    double t = grid[i];
    const double to = grid[i + 1];
    if (to < 1 && method != CtmcMethod::kernel)
      check(std::isfinite(kappa.hazard(t)), "sample", kappa.name(),
            " jumps at an infinite rate at t = ", t, "; begin a little later, or take the kernel");
    while (method == CtmcMethod::adaptive && to < 1) {
      const double rate = kappa.hazard(t) + corrector.eta(kappa, t), next = t + 1 / rate;
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

std::vector<double> kappa_grid(const Kappa& kappa, int steps, double begin, double end) {
  std::vector<double> grid = time_grid(steps, begin, end);
  const double first = kappa(begin), last = kappa(end);
  for (int i = 1; i < steps; ++i)
    grid[static_cast<std::size_t>(i)] = kappa.inverse(first + (last - first) * i / steps);
  check_grid(grid);
  return grid;
}

}  // namespace pushforward
