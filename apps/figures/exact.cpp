// Draws the learned velocity, the exact one, and their difference.
#include <fmt/format.h>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figures/arrows.h"
#include "apps/figures/panels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// The three parts: learned, exact, learned minus exact.
struct ExactRows {
  std::array<FieldSlices, 3> slices;
  std::vector<double> error;
};
using SharedRows = std::shared_ptr<const ExactRows>;

constexpr std::array kNames{"learned", "exact", "difference"};

std::string error_text(double error) {
  if (!(error >= 0)) return "";
  const double percent = 100 * error;
  return percent < 10    ? fmt::format("error {:.2g} %", percent)
         : percent < 1e4 ? fmt::format("error {:.0f} %", percent)
                         : fmt::format("error {:.1g} %", percent);
}

// Rows 0 and 1 have a common scale, row 2 has its own.
const FieldSlices both(const ExactRows& rows) {
  FieldSlices all = rows.slices[0];
  all.insert(all.end(), rows.slices[1].begin(), rows.slices[1].end());
  return all;
}

Picture exact_arrows(const SharedRows& rows, const std::string& title, const std::string& note) {
  constexpr double side = 190, gap = 16, headed = 38;  // a row with a heading is lower
  const ViewLimits view = make_view_limits(rows->slices[0]);
  const double top = speed_scale(both(*rows)), rest = speed_scale(rows->slices[2]);
  const std::string words =
      joined(std::array{note, std::string("error: relative, in L2 over the points that flow there"),
                        std::string("the difference has a scale of its own"),
                        std::string("arrows only where points flow")});
  const std::size_t times = rows->slices[0].size();
  const Row first = make_row(times, side, side, {.left = 64, .right = 92, .gap = 14}, words);
  return {first.width, first.height + 2 * side + gap + headed, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, words);
            const auto box = [&](std::size_t row, std::size_t k) {
              Box at = first.panel(k);
              at.y += row == 0 ? 0 : row == 1 ? side + gap : 2 * side + gap + headed;
              return at;
            };
            for (std::size_t row = 0; row < 3; ++row) {
              for (std::size_t k = 0; k < times; ++k) {
                const FieldSlice& slice = rows->slices[row][k];
                const Axes axes{box(row, k), view.x, view.y};
                const std::string head = row == 0   ? time_title(slice.t)
                                         : row == 2 ? error_text(rows->error[k])
                                                    : "";
                axes.draw(canvas, {head, row == 2 ? "x\u2081" : "", k == 0 ? kNames[row] : "",
                                   row == 2, k == 0});
                draw_arrows(canvas, axes, slice, row == 2 ? rest : top, Far::none);
              }
            }
            const auto bar = [&](std::size_t from, std::size_t to, double max_value,
                                 const char* label) {
              const Box a = box(from, times - 1), b = box(to, times - 1);
              draw_colour_bar(canvas, {a.right() + 16, a.y, 12, b.bottom() - a.y}, {0, max_value},
                              label, speed_colour);
            };
            bar(0, 1, top, "speed |u|");
            bar(2, 2, rest, "|difference|");
          }};
}

Picture exact_curves(const SharedRows& rows, const std::string& title, const std::string& note) {
  const std::string words =
      joined(std::array{note, std::string("error: relative, in L2 over the points that flow there"),
                        std::string("pale: no points flow there")});
  const Row row = make_row(3, 300, 260, {.right = 170, .gap = 46}, words);
  const Limits x = point_limits(rows->slices[0]), u = velocity_limits(both(*rows)),
               rest = velocity_limits(rows->slices[2]);
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, words);
            for (std::size_t k = 0; k < 3; ++k) {
              const Axes axes{row.panel(k), x, k == 2 ? rest : u};
              axes.draw(canvas, {kNames[k], "x", k == 0 ? "velocity u(x)" : ""});
              draw_curves(canvas, axes, rows->slices[k]);
            }
            std::vector<std::string> times;
            for (std::size_t k = 0; k < rows->error.size(); ++k)
              times.push_back(std::string(joined(
                  std::array{time_title(rows->slices[0][k].t), error_text(rows->error[k])})));
            draw_times(canvas, {row.panel(2), x, rest}, times);
          }};
}

}  // namespace

Picture exact_figure(const std::vector<FieldPair>& pairs, const std::string& title) {
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
  const bool line = rows.slices[0].front().at.cols == 1;
  const auto shared = std::make_shared<const ExactRows>(std::move(rows));
  const std::string note = dropped_note(dropped);
  return line ? exact_curves(shared, title, note) : exact_arrows(shared, title, note);
}

}  // namespace pushforward::app
