// Shows samples and data coloured by class.
#include <algorithm>
#include <array>

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

// Returns the classes that any panel has, in order.
std::vector<int> shown_classes(const std::array<Classes, 2>& panels) {
  std::vector<int> labels;
  for (const Classes& panel : panels) {
    for (const ClassPoints& one : panel) labels.push_back(one.label);
  }
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

// Classes beyond the eight category colours get evenly spaced colours of another scale.
Colour class_colour(const std::vector<int>& shown, int label) {
  if (shown.back() < 8) return category_colour(std::size_t(label));
  const auto rank = std::find(shown.begin(), shown.end(), label) - shown.begin();
  return speed_colour(shown.size() > 1 ? double(rank) / double(shown.size() - 1) : 0);
}

}  // namespace

std::string class_name(const std::vector<std::string>& names, int label) {
  const auto at = std::size_t(label);
  return label >= 0 && at < names.size() && !names[at].empty() ? names[at] : std::to_string(label);
}

Figure classes_figure(const Points& samples, const std::vector<int>& labels, const Points& data,
                      const std::vector<int>& data_labels, const std::string& title,
                      const std::vector<std::string>& names) {
  check_labels("samples", samples, labels);
  check_labels("data", data, data_labels);
  std::size_t dropped = 0, ignored = 0;
  const Points reference = finite_rows(data.rows > 0 ? data : samples, ignored);
  const Projection projection = make_projection(reference.rows > 0 ? reference : Points{{}, 0, 2});
  const std::array panels{split_classes(data, data_labels, projection, dropped),
                          split_classes(samples, labels, projection, dropped)};
  std::vector<const Points*> sets;
  for (const Classes& panel : panels) {
    for (const ClassPoints& one : panel) sets.push_back(&one.points);
  }
  const std::vector<int> shown = shown_classes(panels);
  const View view = make_view(sets, projection.named, 340);
  const std::array counts{data.rows, samples.rows};
  Figure figure{title, {}, {}, {}, 2, {}};
  for (std::size_t k = 0; k < 2; ++k) {
    Panel panel = panel_of(view, projection.x_label, k == 0 ? projection.y_label : "");
    panel.title = panel_name(k, counts[0], counts[1]);
    panel.y_numbers = k == 0;
    const Dot dot = dot_for(counts[k], view.width * view.height);
    for (const ClassPoints& one : panels[k])
      panel.marks.push_back(dots_of(one.points, dot, class_colour(shown, one.label)));
    if (panels[k].empty()) panel.placard = "no points";
    figure.panels.push_back(std::move(panel));
  }
  for (int label : shown)
    figure.legend.push_back({(label == shown.front() ? "class " : "") + class_name(names, label),
                             class_colour(shown, label)});
  return figure.note(joined(std::array{projection.note, dropped_note(dropped)}));
}

}  // namespace pushforward::app
