// Shows the velocity field at several times: arrows over the flowing points (samples of p_t), or
// curves u(x) in one dimension.
#include <algorithm>
#include <array>

#include "apps/figures/arrows.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

void add_field_panels(Figure& figure, const FieldSlices& slices) {
  const View view = field_view(slices, 226);
  const SpeedScales scales = speed_scales({&slices}, view);
  const Projection names = make_projection(slices.front().at);
  for (std::size_t k = 0; k < slices.size(); ++k) {
    Panel panel = panel_of(view, names.x_label, k == 0 ? names.y_label : "");
    panel.title = scaled_title(scales, k, slices[k].t);
    panel.y_numbers = k == 0;
    add_arrows(panel, slices[k], scales, k);
    if (k + 1 == slices.size()) panel.bar = speed_bar(scales, "speed |u|");
    figure.panels.push_back(std::move(panel));
  }
  figure.columns = slices.size();
  const bool flowing = std::any_of(slices.begin(), slices.end(),
                                   [](const FieldSlice& s) { return s.flowing.rows > 0; });
  if (flowing) figure.legend.push_back({"points of the flow at this time", colours::noise});
  figure.note(joined(std::array{scale_note(scales),
                                std::string(flowing ? "pale arrows: no points flow there" : "")}));
}

void add_field_panel(Figure& figure, const FieldSlices& slices) {
  Panel panel;
  panel.width = 620;
  panel.height = 320;
  panel.x = point_limits(slices);
  panel.y = velocity_limits(slices);
  panel.x_label = make_projection(slices.front().at).x_label;
  panel.y_label = "velocity u(x)";
  add_field_curves(panel, slices);
  std::vector<std::string> times;
  for (const FieldSlice& slice : slices) times.push_back(time_title(slice.t));
  figure.legend = time_legend(times);
  figure.panels.push_back(std::move(panel));
  figure.note("pale: no points flow there");
}

}  // namespace

Figure field_figure(const FieldSlices& slices, const std::string& title) {
  std::size_t dropped = 0;
  const FieldSlices kept = finite_slices(slices, dropped);
  Figure figure{title, {}, {}, {}, 1, {}};
  if (kept.front().at.cols == 1)
    add_field_panel(figure, kept);
  else
    add_field_panels(figure, kept);
  return figure.note(dropped_note(dropped));
}

}  // namespace pushforward::app
