// Draws samples and data coloured by class.
#include <algorithm>
#include <array>
#include <memory>

#include "apps/figures/figures.h"
#include "apps/figures/panels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// The points of one class, ready to be drawn.
struct ClassPoints {
  int label = 0;
  Points points;
};
using Classes = std::vector<ClassPoints>;

Classes split_classes(const Points& points, const std::vector<int>& labels,
                      const Projection& projection, std::size_t& dropped) {
  std::vector<int> names(labels);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  Classes classes;
  for (int name : names) {
    Points own{{}, 0, points.cols};
    for (std::size_t i = 0; i < points.rows; ++i) {
      if (labels[i] != name) continue;
      const double* x = points.values.data() + i * points.cols;
      own.values.insert(own.values.end(), x, x + points.cols);
      ++own.rows;
    }
    const Points kept = finite_rows(own, dropped);
    if (kept.rows > 0) classes.push_back({name, projection(kept)});
  }
  return classes;
}

void check_labels(const char* what, const Points& points, const std::vector<int>& labels) {
  check_shape("plot", points);
  check(labels.size() == points.rows, "plot", labels.size(), " labels for ", points.rows, " ", what,
        "; give one for each");
  check(points.rows == 0 || points.cols >= 2, "plot", "classes of ", what, " of dimension ",
        points.cols, "; give points of dimension 2 or more");
}

}  // namespace

Picture classes_figure(const Points& samples, const std::vector<int>& labels, const Points& data,
                       const std::vector<int>& data_labels, const std::string& title) {
  check_labels("samples", samples, labels);
  check_labels("data", data, data_labels);
  std::size_t dropped = 0, ignored = 0;
  const Points reference = finite_rows(data.rows > 0 ? data : samples, ignored);
  const Projection projection = make_projection(reference.rows > 0 ? reference : Points{{}, 0, 2});
  const auto panels = std::make_shared<std::array<Classes, 2>>();
  (*panels)[0] = split_classes(data, data_labels, projection, dropped);
  (*panels)[1] = split_classes(samples, labels, projection, dropped);
  std::vector<const Points*> sets;
  std::vector<int> names;
  for (const Classes& panel : *panels) {
    for (const ClassPoints& one : panel) {
      sets.push_back(&one.points);
      names.push_back(one.label);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  ViewLimits view = common_view(sets);
  const double width = 340, height = fitting_height(view, width);
  fit_aspect(view.x, view.y, width, height);
  const std::string note = joined(std::array{projection.note, dropped_note(dropped)});
  const Row row = make_row(2, width, height, {}, note);
  const std::array counts{data.rows, samples.rows};
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            for (std::size_t k = 0; k < 2; ++k) {
              const Axes axes{row.panel(k), view.x, view.y};
              axes.draw(canvas, {panel_name(k, counts[0], counts[1]), projection.x_label,
                                 k == 0 ? projection.y_label : "", true, k == 0});
              const Dot dot = dot_for(counts[k], width * height);
              for (const ClassPoints& one : (*panels)[k])
                draw_points(canvas, axes, one.points, dot, category_colour(std::size_t(one.label)));
              if ((*panels)[k].empty()) draw_placard(canvas, axes.box, "no points");
            }
            std::vector<LegendEntry> entries;
            for (int name : names)
              entries.push_back({std::to_string(name), category_colour(std::size_t(name))});
            if (entries.size() > 12)
              entries.clear();  // colours would repeat, and there is no space
            draw_legend(canvas, {row.panel(1).right(), 25}, Align::end, entries);
          }};
}

}  // namespace pushforward::app
