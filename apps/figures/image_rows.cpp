// Shows images in rows: over time, interpolated, or by class.
#include <algorithm>

#include "apps/figures/figures.h"
#include "apps/figures/pixels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// Returns a panel with a row for each of up to 8 images and a column for each of `times`.
Panel rows_over(const Trajectories& flow, const ImageShape& shape,
                const std::vector<double>& times) {
  check_images(flow, shape);
  const std::size_t rows = flow.times > 0 ? std::min<std::size_t>(8, flow.rows) : 0;
  Panel panel = image_panel(rows, times.size(), shape);
  for (std::size_t k = 0; k < times.size() && rows > 0; ++k) {
    const Points now = points_at(flow, times[k]);
    for (std::size_t i = 0; i < rows; ++i)
      add_image(panel, i * times.size() + k, times.size(), now.values.data() + i * now.cols, shape);
  }
  if (rows == 0) panel.placard = "no images";
  return panel;
}

std::vector<double> even_times(const Trajectories& flow, std::size_t count) {
  const double first = flow.t.empty() ? 0 : flow.t.front(),
               last = flow.t.empty() ? 1 : flow.t.back();
  std::vector<double> times;
  for (std::size_t k = 0; k < count; ++k)
    times.push_back(first + (last - first) * double(k) / double(count - 1));
  return times;
}

}  // namespace

Figure images_strip(const Trajectories& trajectories, const ImageShape& shape,
                    const std::string& title) {
  const std::vector<double> times = even_times(trajectories, 9);
  Panel panel = rows_over(trajectories, shape, times);
  for (std::size_t k = 0; k < times.size(); ++k)
    panel.x_names.push_back({column_middle(k), (k == 0 ? "t = " : "") + short_number(times[k])});
  Figure figure{title, {}, {}, {std::move(panel)}, 1, {}};
  if (shape.masks) figure.legend.push_back({"masked pixels", colours::mask});
  return figure;
}

Figure images_between(const Trajectories& way, const ImageShape& shape, const std::string& title) {
  const std::size_t count = std::clamp<std::size_t>(way.times, 2, 12);
  Panel panel = rows_over(way, shape, even_times(way, count));
  panel.x_names = {{column_middle(0), "from"}, {column_middle(count - 1), "to"}};
  return {title, {}, {}, {std::move(panel)}, 1, {}};
}

Figure images_by_class(const Points& images, const std::vector<int>& labels,
                       const ImageShape& shape, const std::string& title,
                       const std::vector<std::string>& names) {
  check_images(images, shape);
  check(labels.size() == images.rows, "plot", labels.size(), " labels for ", images.rows,
        " images; give one for each");
  constexpr std::size_t columns = 10;
  std::vector<int> classes(labels);
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  Panel panel = image_panel(classes.size(), columns, shape);
  for (std::size_t row = 0; row < classes.size(); ++row) {
    panel.y_names.push_back({row_middle(panel, row), class_name(names, classes[row])});
    std::size_t shown = 0;
    for (std::size_t i = 0; i < images.rows && shown < columns; ++i) {
      if (labels[i] == classes[row])
        add_image(panel, row * columns + shown++, columns, images.values.data() + i * images.cols,
                  shape);
    }
  }
  if (classes.empty()) panel.placard = "no images";
  panel.y_label = classes.empty() ? "" : "class";
  return {title, {}, {}, {std::move(panel)}, 1, {}};
}

}  // namespace pushforward::app
