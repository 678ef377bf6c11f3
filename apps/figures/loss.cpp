// Shows the curves of a training run: the loss, raw and smoothed, with learning
// rate and gradient norm below.
#include <algorithm>
#include <array>
#include <cmath>

#include "apps/figures/figures.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// Replaces each value by the mean of the finite values in a window around it. The window has about
// a fortieth of all values. If `logs` is true, averages logarithms, so that the result is in the
// middle of the curve on a logarithmic axis.
std::vector<double> smoothed(const std::vector<double>& values, bool logs) {
  const std::size_t n = values.size(), half = n / 80 + (n >= 12 ? 1 : 0);
  std::vector<double> sums(n + 1, 0.0), counts(n + 1, 0.0), result(n, NAN);
  for (std::size_t i = 0; i < n; ++i) {
    const double value = logs ? std::log(values[i]) : values[i];
    const bool counted = std::isfinite(value);
    sums[i + 1] = sums[i] + (counted ? value : 0);
    counts[i + 1] = counts[i] + (counted ? 1 : 0);
  }
  for (std::size_t i = 0; i < n; ++i) {
    // The window shrinks towards the beginning, where the curve is steep, and is cut off at
    // the end, where it is flat.
    const std::size_t begin = i - std::min(half, i), end = std::min(i + std::min(half, i) + 1, n);
    const double count = counts[end] - counts[begin];
    if (count == 0) continue;
    const double mean = (sums[end] - sums[begin]) / count;
    result[i] = logs ? std::exp(mean) : mean;
  }
  return result;
}

// Sets the y axis for the curves. It may be logarithmic only if all values are positive and span
// more than a factor of 8.
void fit_axis(Panel& panel, const std::vector<const std::vector<double>*>& curves,
              bool may_be_log = true) {
  Limits y{HUGE_VAL, -HUGE_VAL};
  for (const auto* curve : curves) {
    for (double value : *curve) {
      if (!std::isfinite(value)) continue;
      y = {std::min(y.low, value), std::max(y.high, value)};
    }
  }
  if (!(y.low <= y.high)) y = {0, 1};
  panel.log_y = may_be_log && y.low > 0 && y.high / y.low > 8;
  const double reach = std::pow(y.high / y.low, 0.05);
  panel.y = panel.log_y ? Limits{y.low / reach, y.high * reach} : padded(y, 0.08);
}

// Adds the curve, and dots if it has few points. If there are very many, only the least and greatest
// in each half page unit are kept.
void add_curve(Panel& panel, const std::vector<double>& x, const std::vector<double>& y,
               const Colour& colour, double thick) {
  std::vector<Spot> spots;
  const std::size_t group = std::max<std::size_t>(1, x.size() / 1600);
  for (std::size_t begin = 0; begin < x.size(); begin += group) {
    const std::size_t end = std::min(begin + group, x.size());
    std::size_t low = end, high = end;
    for (std::size_t i = begin; i < end; ++i) {
      if (!std::isfinite(y[i])) continue;
      if (low == end || y[i] < y[low]) low = i;
      if (high == end || y[i] > y[high]) high = i;
    }
    if (low == end) {
      spots.push_back({NAN, NAN});
      continue;
    }
    const auto [first, second] = std::minmax(low, high);
    spots.push_back({x[first], y[first]});
    if (second != first) spots.push_back({x[second], y[second]});
  }
  if (spots.size() < 40) panel.marks.push_back(Dots{spots, 1.3 * thick, {colour}});
  panel.marks.push_back(Lines{{std::move(spots)}, thick, {colour}});
}

// Returns a panel of one of the small curves below the loss.
Panel small_panel(const Panel& above, const std::string& label, const std::vector<double>& steps,
                  const std::vector<double>& values, const Colour& colour) {
  Panel panel;
  panel.width = above.width;
  panel.height = 92;
  panel.x = above.x;
  panel.y_label = label;
  panel.x_numbers = false;
  fit_axis(panel, {&values}, /*may_be_log=*/false);
  add_curve(panel, steps, values, colour, 1.3);
  return panel;
}

std::string dropped_losses(const std::vector<double>& losses) {
  std::size_t dropped = 0;
  for (double loss : losses) dropped += !std::isfinite(loss);
  return dropped == 0 ? ""
         : dropped == 1
             ? "1 loss that is not finite is left out"
             : short_number(double(dropped)) + " losses that are not finite are left out";
}

}  // namespace

Figure loss_figure(const LossCurve& curve, const std::string& title) {
  const std::size_t n = curve.step.size();
  const auto fits = [&](const std::vector<double>& values, const char* name) {
    check(values.empty() || values.size() == n, "plot", values.size(), " values of ", name, " for ",
          n, " steps; give one for each, or none");
  };
  check(curve.loss.size() == n, "plot", curve.loss.size(), " losses for ", n,
        " steps; give one for each");
  fits(curve.rate, "the learning rate");
  fits(curve.gradient_norm, "the gradient norm");
  check(curve.eval_step.size() == curve.eval_loss.size(), "plot", curve.eval_loss.size(),
        " evaluations for ", curve.eval_step.size(), " steps; give one for each");

  Panel panel;
  panel.width = 640;
  panel.height = 270;
  panel.x = find_limits(curve.step);
  if (!(panel.x.width() > 0)) panel.x = padded(panel.x, 0.5);
  panel.y_label = "loss";
  panel.x_numbers = false;
  fit_axis(panel, {&curve.loss, &curve.eval_loss});
  Figure figure{title, {}, {{"loss", colours::data.faded(0.4), true}}, {}, 1, {}};
  add_curve(panel, curve.step, curve.loss, colours::data.faded(n > 12 ? 0.3 : 0.9),
            n > 12 ? 0.9 : 1.6);
  if (n > 12) {
    add_curve(panel, curve.step, smoothed(curve.loss, panel.log_y), colours::data, 2);
    figure.legend.push_back({"smoothed", colours::data, true});
  }
  if (!curve.eval_step.empty()) {
    add_curve(panel, curve.eval_step, curve.eval_loss, colours::samples, 1.8);
    figure.legend.push_back({"held-out rows", colours::samples, true});
  }
  if (n == 0) panel.placard = "no steps";
  figure.panels.push_back(std::move(panel));
  if (!curve.gradient_norm.empty())
    figure.panels.push_back(small_panel(figure.panels[0], "gradient norm", curve.step,
                                        curve.gradient_norm, category_colour(2)));
  if (!curve.rate.empty())
    figure.panels.push_back(
        small_panel(figure.panels[0], "learning rate", curve.step, curve.rate, category_colour(3)));
  figure.panels.back().x_numbers = true;
  figure.panels.back().x_label = "step";
  return figure.note(dropped_losses(curve.loss));
}

}  // namespace pushforward::app
