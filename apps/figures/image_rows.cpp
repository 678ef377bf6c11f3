// Draws images in rows: over time, interpolated, or by class.
#include <algorithm>
#include <memory>

#include "apps/figures/panels.h"
#include "apps/figures/pixels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// Draws images in cells of a grid: image i is in cells[i]. `heads` are above the
// columns, `names` before the rows.
struct ImageTable {
  ImageGrid grid;
  ImageShape shape;
  Points images;
  std::vector<std::size_t> cells;
  std::vector<std::string> heads, names;

  void add(const double* image, std::size_t cell) {
    images.values.insert(images.values.end(), image, image + images.cols);
    ++images.rows;
    cells.push_back(cell);
  }
};

Picture table_picture(ImageTable given, const std::string& title) {
  const auto table = std::make_shared<const ImageTable>(std::move(given));
  constexpr double margin = 16;
  const double left = margin + (table->names.empty() ? 0 : 20);
  const double top = table->heads.empty() ? 48 : 68;
  const double width = std::max(260.0, left + table->grid.width() + margin);
  return {width, top + table->grid.height() + margin, [=](Canvas& canvas) {
            const ImageGrid& grid = table->grid;
            draw_title(canvas, title);
            if (table->images.rows == 0)
              draw_placard(canvas, {left, top, grid.width(), grid.height()}, "no images");
            for (std::size_t k = 0; k < table->heads.size(); ++k) {
              const Box head = grid.cell(k, {left, top});
              canvas.text({head.x + head.width / 2, top - 10}, table->heads[k],
                          {sizes::tick, colours::quiet, Align::middle});
            }
            for (std::size_t k = 0; k < table->names.size(); ++k) {
              const Box cell = grid.cell(k * grid.columns, {left, top});
              canvas.text({left - 8, cell.y + cell.height / 2 + 4}, table->names[k],
                          {sizes::label, colours::ink, Align::end});
            }
            for (std::size_t i = 0; i < table->images.rows; ++i) {
              draw_image(canvas, grid.cell(table->cells[i], {left, top}),
                         table->images.values.data() + i * table->images.cols, table->shape);
            }
          }};
}

// Draws a row for each of up to 8 images and a column for each of `times`.
ImageTable rows_over(const Trajectories& flow, const ImageShape& shape,
                     const std::vector<double>& times) {
  check_images(flow, shape);
  const std::size_t rows = flow.times > 0 ? std::min<std::size_t>(8, flow.rows) : 0;
  ImageTable table{
      make_image_grid(rows, times.size(), shape), shape, {{}, 0, flow.cols}, {}, {}, {}};
  for (std::size_t k = 0; k < times.size() && rows > 0; ++k) {
    const Points now = points_at(flow, times[k]);
    for (std::size_t i = 0; i < rows; ++i)
      table.add(now.values.data() + i * now.cols, i * times.size() + k);
  }
  return table;
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

Picture images_strip(const Trajectories& trajectories, const ImageShape& shape,
                     const std::string& title) {
  const std::vector<double> times = even_times(trajectories, 9);
  ImageTable table = rows_over(trajectories, shape, times);
  for (double t : times)
    table.heads.push_back((table.heads.empty() ? "t = " : "") + short_number(t));
  return table_picture(std::move(table), title);
}

Picture images_between(const Trajectories& way, const ImageShape& shape, const std::string& title) {
  const std::size_t count = std::clamp<std::size_t>(way.times, 2, 12);
  ImageTable table = rows_over(way, shape, even_times(way, count));
  table.heads.assign(count, "");
  table.heads.front() = "from";
  table.heads.back() = "to";
  return table_picture(std::move(table), title);
}

Picture images_by_class(const Points& images, const std::vector<int>& labels,
                        const ImageShape& shape, const std::string& title) {
  check_images(images, shape);
  check(labels.size() == images.rows, "plot", labels.size(), " labels for ", images.rows,
        " images; give one for each");
  constexpr std::size_t max_columns = 10;
  std::vector<int> classes(labels);
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  ImageTable table{
      make_image_grid(classes.size(), max_columns, shape), shape, {{}, 0, images.cols}, {}, {}, {}};
  for (std::size_t row = 0; row < classes.size(); ++row) {
    table.names.push_back(std::to_string(classes[row]));
    std::size_t shown = 0;
    for (std::size_t i = 0; i < images.rows && shown < max_columns; ++i) {
      if (labels[i] == classes[row])
        table.add(images.values.data() + i * images.cols, row * max_columns + shown++);
    }
  }
  return table_picture(std::move(table), title);
}

}  // namespace pushforward::app
