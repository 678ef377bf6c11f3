// Draws the curves of a training run: the loss, raw and smoothed, with learning
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

// Returns the axis for `values`. It may be logarithmic only if all are positive and
// span more than a factor of 8.
Axes axes_for(const Box& box, Limits steps, const std::vector<const std::vector<double>*>& curves,
              bool may_be_log = true) {
  Limits y{HUGE_VAL, -HUGE_VAL};
  for (const auto* curve : curves) {
    for (double value : *curve) {
      if (!std::isfinite(value)) continue;
      y = {std::min(y.low, value), std::max(y.high, value)};
    }
  }
  if (!(y.low <= y.high)) y = {0, 1};
  const bool logs = may_be_log && y.low > 0 && y.high / y.low > 8;
  if (!logs) return {box, steps, padded(y, 0.08)};
  const double reach = std::pow(y.high / y.low, 0.05);
  return {box, steps, {y.low / reach, y.high * reach}, true};
}

// Returns the curve on the page. If there are very many points, only the least and greatest in
// each half page unit are kept.
std::vector<Spot> make_curve_spots(const Axes& axes, const std::vector<double>& x,
                                   const std::vector<double>& y) {
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
    spots.push_back(axes.spot(x[first], y[first]));
    if (second != first) spots.push_back(axes.spot(x[second], y[second]));
  }
  return spots;
}

void draw_curve(Canvas& canvas, const Axes& axes, const std::vector<double>& x,
                const std::vector<double>& y, const Colour& colour, double thick) {
  const std::vector<Spot> spots = make_curve_spots(axes, x, y);
  canvas.clipped({axes.box.x, axes.box.y - 2, axes.box.width + 2, axes.box.height + 4},
                 [&](Canvas& inside) {
                   inside.line(spots, colour, thick);
                   if (spots.size() < 40) inside.discs(spots, 1.3 * thick, std::span(&colour, 1));
                 });
}

}  // namespace

Picture loss_figure(const LossCurve& curve, const std::string& title) {
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
  std::size_t dropped = 0;
  for (double loss : curve.loss) dropped += !std::isfinite(loss);

  const std::string note =
      dropped == 0   ? ""
      : dropped == 1 ? "1 loss that is not finite is left out"
                     : short_number(double(dropped)) + " losses that are not finite are left out";
  struct Small {
    std::string label;
    std::vector<double> values;
    Colour colour;
  };
  std::vector<Small> small;
  if (!curve.gradient_norm.empty())
    small.push_back({"gradient norm", curve.gradient_norm, category_colour(2)});
  if (!curve.rate.empty()) small.push_back({"learning rate", curve.rate, category_colour(3)});
  constexpr double left = 78, label_out = 56, top = 60, main_height = 270, small_height = 92,
                   gap = 18, width = 640;
  const double out = small.empty() ? 0 : label_out;
  const double height =
      top + main_height + double(small.size()) * (small_height + gap) + (note.empty() ? 50 : 66);
  return {left + width + 24, height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            Limits steps = find_limits(curve.step);
            if (!(steps.width() > 0)) steps = padded(steps, 0.5);
            const Axes axes =
                axes_for({left, top, width, main_height}, steps, {&curve.loss, &curve.eval_loss});
            axes.draw(canvas, {"", small.empty() ? "step" : "", "loss", small.empty(), true, out});
            std::vector<LegendEntry> legend{{"loss", colours::data.faded(0.4), true}};
            draw_curve(canvas, axes, curve.step, curve.loss,
                       colours::data.faded(n > 12 ? 0.3 : 0.9), n > 12 ? 0.9 : 1.6);
            if (n > 12) {
              draw_curve(canvas, axes, curve.step, smoothed(curve.loss, axes.log_y), colours::data,
                         2);
              legend.push_back({"smoothed", colours::data, true});
            }
            if (!curve.eval_step.empty()) {
              draw_curve(canvas, axes, curve.eval_step, curve.eval_loss, colours::samples, 1.8);
              legend.push_back({"evaluation", colours::samples, true});
            }
            if (n == 0) draw_placard(canvas, axes.box, "no steps");
            draw_legend(canvas, {axes.box.right(), top - 10}, Align::end, legend);
            for (std::size_t k = 0; k < small.size(); ++k) {
              const Box box{left, top + main_height + gap + double(k) * (small_height + gap), width,
                            small_height};
              const Axes lower = axes_for(box, steps, {&small[k].values}, /*may_be_log=*/false);
              const bool last = k + 1 == small.size();
              lower.draw(canvas, {"", last ? "step" : "", small[k].label, last, true, out});
              draw_curve(canvas, lower, curve.step, small[k].values, small[k].colour, 1.3);
            }
          }};
}

}  // namespace pushforward::app
