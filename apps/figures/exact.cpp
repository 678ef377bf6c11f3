// Shows the learned velocity, the exact one, and their difference.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "apps/figures/arrows.h"
#include "apps/figures/panels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// The slices of three fields at all times: the learned velocity, the exact velocity, and learned
// minus exact. `error` has the relative error of each time.
struct ExactRows {
  std::array<FieldSlices, 3> slices;
  std::vector<double> error;
};

constexpr std::array kNames{"learned", "exact", "difference"};
const char* const kErrorNote = "error: relative, in L2 over the points that flow there";

std::string error_text(double error) {
  if (!(error >= 0)) return "";
  const double percent = 100 * error;
  return percent < 10    ? fmt::format("error {:.2g} %", percent)
         : percent < 1e4 ? fmt::format("error {:.0f} %", percent)
                         : fmt::format("error {:.1g} %", percent);
}

// Adds a row of arrow panels for each of the three fields. The learned and the exact field have
// common scales, and the difference has its own scales.
void add_exact_arrows(Figure& figure, const ExactRows& rows) {
  const View view = field_view(rows.slices[0], 190);
  const std::array scales{speed_scales({&rows.slices[0], &rows.slices[1]}, view),
                          speed_scales({&rows.slices[2]}, view)};
  const Projection names = make_projection(rows.slices[0].front().at);
  const std::size_t times = rows.slices[0].size();
  for (std::size_t row = 0; row < 3; ++row) {
    const SpeedScales& own = scales[row / 2];
    for (std::size_t k = 0; k < times; ++k) {
      const FieldSlice& slice = rows.slices[row][k];
      Panel panel = panel_of(view, row == 2 ? names.x_label : "",
                             k == 0 ? kNames[row] + std::string(": ") + names.y_label : "");
      panel.x_numbers = row == 2;
      panel.y_numbers = k == 0;
      if (row == 0) panel.title = scaled_title(own, k, slice.t);
      if (row == 2)
        panel.title =
            joined(std::array{error_text(rows.error[k]),
                              own.shared ? std::string() : "scale " + short_number(own.top[k])});
      add_arrows(panel, slice, own, k, Far::none);
      if (k + 1 == times && row != 1) {
        panel.bar = speed_bar(own, row == 0 ? "speed |u|" : "|difference|");
        panel.bar->rows = row == 0 ? 2 : 1;
      }
      figure.panels.push_back(std::move(panel));
    }
  }
  figure.columns = times;
  figure.legend = {{"points of the flow at this time", colours::noise}};
  figure.note(joined(std::array{"arrows: " + scale_note(scales[0])}));
  figure.note(joined(std::array{"difference: " + scale_note(scales[1]), std::string(kErrorNote),
                                std::string("arrows only where points flow")}));
}

void add_exact_curves(Figure& figure, const ExactRows& rows) {
  FieldSlices both = rows.slices[0];
  both.insert(both.end(), rows.slices[1].begin(), rows.slices[1].end());
  for (std::size_t k = 0; k < 3; ++k) {
    Panel panel;
    panel.height = 260;
    panel.x = point_limits(rows.slices[0]);
    panel.y = velocity_limits(k == 2 ? rows.slices[2] : both);
    panel.title = kNames[k];
    panel.x_label = make_projection(rows.slices[0].front().at).x_label;
    panel.y_label = k == 0 ? "velocity u(x)" : "";
    add_field_curves(panel, rows.slices[k]);
    figure.panels.push_back(std::move(panel));
  }
  figure.columns = 3;
  std::vector<std::string> times;
  for (std::size_t k = 0; k < rows.error.size(); ++k)
    times.push_back(joined(std::array{time_title(rows.slices[0][k].t), error_text(rows.error[k])}));
  figure.legend = time_legend(times);
  figure.note(joined(std::array{std::string(kErrorNote), std::string("pale: no points flow there"),
                                std::string("the difference has its own scale")}));
}

}  // namespace

Figure exact_figure(const std::vector<FieldPair>& pairs, const std::string& title) {
  std::array<FieldSlices, 3> all;
  ExactRows rows;
  for (const FieldPair& pair : pairs) {
    const Points& learned = pair.learned.velocity;
    check_shape("plot", learned);
    check_shape("plot", pair.exact);
    check(pair.exact.rows == learned.rows && pair.exact.cols == learned.cols, "plot",
          "at t = ", pair.learned.t, " exact velocities (", pair.exact.rows, ", ", pair.exact.cols,
          ") beside learned ones (", learned.rows, ", ", learned.cols,
          "); give both at all points");
    FieldSlice exact = pair.learned, difference = pair.learned;
    exact.velocity = pair.exact;
    for (std::size_t i = 0; i < learned.values.size(); ++i)
      difference.velocity.values[i] -= pair.exact.values[i];
    all[0].push_back(pair.learned);
    all[1].push_back(std::move(exact));
    all[2].push_back(std::move(difference));
    rows.error.push_back(pair.error);
  }
  std::size_t dropped = 0, again = 0;
  // The difference has the rows in which both velocities are finite.
  rows.slices = {finite_slices(all[0], again), finite_slices(all[1], again),
                 finite_slices(all[2], dropped)};
  Figure figure{title, {}, {}, {}, 1, {}};
  if (rows.slices[0].front().at.cols == 1)
    add_exact_curves(figure, rows);
  else
    add_exact_arrows(figure, rows);
  return figure.note(dropped_note(dropped));
}

}  // namespace pushforward::app
