// Draws the velocity field at several times: arrows over the flowing points, or
// curves u(x) in one dimension.
#include <algorithm>
#include <array>
#include <memory>

#include "apps/figures/arrows.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

using SharedSlices = std::shared_ptr<const FieldSlices>;

Picture field_arrows(const SharedSlices& slices, const std::string& title,
                     const std::string& note) {
  constexpr double side = 226;
  const ViewLimits view = make_view_limits(*slices);
  const double top = speed_scale(*slices), fastest = greatest_speed(*slices);
  const std::string capped = fastest > 1.02 * top
                                 ? "lengths and colours end at a speed of " + short_number(top) +
                                       ", about the greatest near the points (greatest anywhere: " +
                                       short_number(fastest) + ")"
                                 : "";
  const bool flowing = std::any_of(slices->begin(), slices->end(),
                                   [](const FieldSlice& s) { return s.flowing.rows > 0; });
  const std::string words = joined(
      std::array{note, capped, std::string(flowing ? "pale arrows: no points flow there" : "")});
  const Row row = make_row(slices->size(), side, side, {.left = 58, .right = 92, .gap = 14}, words);
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, words);
            for (std::size_t k = 0; k < slices->size(); ++k) {
              const FieldSlice& slice = (*slices)[k];
              const Axes axes{row.panel(k), view.x, view.y};
              axes.draw(canvas,
                        {time_title(slice.t), "x\u2081", k == 0 ? "x\u2082" : "", true, k == 0});
              draw_arrows(canvas, axes, slice, top);
            }
            const Box last = row.panel(slices->size() - 1);
            draw_colour_bar(canvas, {last.right() + 16, last.y, 12, last.height}, {0, top},
                            "speed |u|", speed_colour);
          }};
}

Picture field_curves(const SharedSlices& slices, const std::string& title,
                     const std::string& note) {
  const Row row = make_row(1, 620, 320, {.right = 90}, note);
  const Axes axes{row.panel(0), point_limits(*slices), velocity_limits(*slices)};
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            axes.draw(canvas, {"", "x", "velocity u(x)"});
            draw_curves(canvas, axes, *slices);
            std::vector<std::string> times;
            for (const FieldSlice& slice : *slices) times.push_back(time_title(slice.t));
            draw_times(canvas, axes, times);
          }};
}

}  // namespace

Picture field_figure(const FieldSlices& slices, const std::string& title) {
  std::size_t dropped = 0;
  const auto kept = std::make_shared<const FieldSlices>(finite_slices(slices, dropped));
  const std::string note = dropped_note(dropped);
  return slices.front().at.cols == 1 ? field_curves(kept, title, note)
                                     : field_arrows(kept, title, note);
}

}  // namespace pushforward::app
