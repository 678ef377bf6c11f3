// Tests that no text of any figure leaves its page or meets another text, whatever the names are.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "apps/figures/draw_figure.h"
#include "apps/figures/figures.h"
#include "apps/figures/images.h"
#include "apps/figures/table_pairs.h"
#include "apps/figures/tokens.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns rows of numbers in [0, 1), of which column d is multiplied by 10^(4 d) if `uneven`.
Points named_points(std::size_t rows, std::size_t cols, std::vector<std::string> names,
                    bool uneven = false) {
  Points points{{}, rows, cols, std::move(names)};
  for (std::size_t i = 0; i < rows * cols; ++i) {
    const double u = double(i + 1) * std::sqrt(2.0 + double(i % cols));
    points.values.push_back((u - std::floor(u)) * (uneven ? std::pow(1e4, double(i % cols)) : 1));
  }
  return points;
}

// Returns rows of a table with a column of each kind, named after `names` if there are some.
Points typed_points(const std::vector<std::string>& names) {
  const std::string some = names.empty() ? "c" : names[0];
  Points points{{}, 60, 6, {}};
  for (int k = 0; k < 6; ++k) points.names.push_back(some + std::to_string(k));
  TableColumn few{ColumnKind::category, {"a", some, "a value of several words"}}, many{few};
  for (int k = 0; k < 40; ++k) many.values.push_back("value " + std::to_string(k));
  points.kinds = {TableColumn{},
                  few,
                  TableColumn{ColumnKind::integer},
                  many,
                  TableColumn{ColumnKind::date},
                  TableColumn{ColumnKind::time}};
  for (int k = 0; k < 60; ++k)
    points.values.insert(points.values.end(),
                         {1e6 * std::sin(k), double(k % 3), double(k % 5), double((k * 7) % 43),
                          9000.0 + 37 * k, 1.7e9 + 1e5 * ((k * 11) % 60)});
  return points;
}

Trajectories named_paths(const Points& start) {
  Trajectories paths{start.values, 2, start.rows, start.cols, {}, false, start.names};
  for (double x : start.values) paths.values.push_back(0.5 * x);
  return paths;
}

struct Named {
  const char* what;
  Figure figure;
};

// Returns each figure once, with this title and these names of columns.
std::vector<Named> every_figure(const std::string& title, const std::vector<std::string>& names) {
  const Points two = named_points(60, 2, names, true), one = named_points(60, 1, {}),
               wide = named_points(60, 7, {}), images = named_points(20, 64, {});
  std::vector<int> labels;
  for (int k = 0; k < 60; ++k) labels.push_back(k % 12);
  const FieldSlice slice{0.5, two, two, two};
  const FieldSlice line{0.5, one, one, one};
  DensityPair pair;
  pair.model = {20, 10, {0, 1e4}, {0, 1}, std::vector<double>(200, 1e-4)};
  pair.data = pair.model;
  pair.equal = false;
  pair.bandwidth = {100, 0.01};
  if (!names.empty()) pair.x_label = names[0], pair.y_label = names[1];
  TokenFlow letters{{}, 2, 30, 6, {0, 1}, 3};
  for (std::size_t i = 0; i < 360; ++i) letters.states.push_back(i < 180 ? 3 : int(i % 3));
  TokenFlow couples{{}, 2, 30, 2, {0, 1}, 3};
  for (std::size_t i = 0; i < 120; ++i) couples.states.push_back(i < 60 ? 3 : int(i % 3));
  const std::vector<int> tokens(60, 1), classes(labels.begin(), labels.begin() + 20);
  const std::string source = "a source with quite a long name of its own";
  const ImageShape shape;
  std::vector<Named> all{
      {"samples", samples_figure(two, two, title)},
      {"histograms", samples_figure(one, one, title)},
      {"wide samples", samples_figure(wide, wide, title)},
      {"pairs of columns", table_pairs_figure(typed_points(names), typed_points(names), title)},
      {"pairs of seven columns", table_pairs_figure(wide, wide, title)},
      {"columns by category", conditional_figure(typed_points(names), typed_points(names), title)},
      {"density", density_figure(two, two, title)},
      {"density curves", density_figure(one, one, title)},
      {"classes", classes_figure(two, labels, two, labels, title)},
      {"field", field_figure({slice, slice, slice}, title)},
      {"curves", field_figure({line, line}, title)},
      {"exact", exact_figure({{slice, two, 0.1}, {slice, two, 0.2}}, title)},
      {"exact curves", exact_figure({{line, one, 0.1}, {line, one, 3}}, title)},
      {"likelihood", likelihood_figure(pair, title)},
      {"trajectories", trajectories_figure(named_paths(two), title, source)},
      {"strip", flow_strip(named_paths(two), title)},
      {"film", flow_animation(named_paths(two), title, source, 3).frame(1)},
      {"loss", loss_figure({{1, 2, 1e6}, {1e-9, 2, 3e9}, {1, 2, 3}, {1, 2, 3}, {}, {}}, title)},
      {"images", images_figure(images, images, shape, title)},
      {"image film", images_animation(named_paths(images), shape, title, source, 3).frame(1)},
      {"image strip", images_strip(named_paths(images), shape, title)},
      {"images between", images_between(named_paths(images), shape, title)},
      {"image classes", images_by_class(images, classes, shape, title)},
      {"text", text_strip(letters, {"a", "b", "c"}, title)},
      {"text film", text_animation(letters, {"a", "b", "c"}, title, source, 3).frame(1)},
      {"pairs", token_grid_strip(couples, tokens, title)},
      {"pair film", token_grid_animation(couples, tokens, title, source, 3).frame(1)}};
  for (Named& one_of : all) one_of.figure.note("runs/" + title + "  \u00b7  n = 1,000");
  return all;
}

bool overlap(const Box& a, const Box& b) {
  constexpr double touch = 1;  // page units by which boxes may meet
  return a.x + touch < b.right() && b.x + touch < a.right() && a.y + touch < b.bottom() &&
         b.y + touch < a.bottom();
}

void check_texts(const Named& named) {
  CAPTURE(named.what);
  const Picture picture = picture_of(named.figure);
  const std::vector<DrawnText> texts = drawn_texts(picture);
  CHECK(texts.size() > 2);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Box& box = texts[i].box;
    CAPTURE(texts[i].words, box.x, box.y, box.right(), box.bottom(), picture.width, picture.height);
    CHECK(box.x >= 0);
    CHECK(box.y >= 0);
    CHECK(box.right() <= picture.width);
    CHECK(box.bottom() <= picture.height);
    // Texts of one or two letters may touch other texts, because letters of a sequence stand side
    // by side.
    if (texts[i].words.size() < 3) continue;
    for (std::size_t j = 0; j < i; ++j) {
      CAPTURE(texts[j].words);
      CHECK((texts[j].words.size() < 3 || !overlap(box, texts[j].box)));
    }
  }
}

}  // namespace

TEST_CASE("no text leaves the page or meets another, with short names and with long ones") {
  for (const Named& named : every_figure("moons", {})) check_texts(named);
  std::string long_name = "a_run_whose_name_tells_its_whole_story";
  for (int k = 0; k < 4; ++k) long_name += " and then " + long_name.substr(0, 38);
  const std::vector<std::string> columns{"the first of two columns with names of many words, in mm",
                                         "theSecondColumnWhoseNameHasNoSpacesAtAllAndGoesOnAndOn"};
  for (const Named& named : every_figure(long_name, columns)) check_texts(named);
  for (const Named& named : every_figure(std::string(400, 'm'), columns)) check_texts(named);
}

TEST_CASE("a name that does not fit its axis is cut, and whole in a note") {
  const std::string name(90, 'w');
  const Figure figure = samples_figure(named_points(9, 2, {name, "y"}), {}, "x");
  std::vector<std::string> words;
  for (const DrawnText& text : drawn_texts(picture_of(figure))) words.push_back(text.words);
  const auto holds = [&](const std::string& part) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& w) { return w.find(part) != std::string::npos; });
  };
  CHECK(holds("www\u2026"));
  CHECK(holds("x axis: ww"));
  CHECK(holds(name));
  CHECK_FALSE(holds("y axis"));
}

TEST_CASE("columns with names or of very different widths have axes of their own") {
  const auto shape_of = [](const Points& points) {
    const Panel panel = samples_figure(points, points, "x").panels[0];
    return panel.x.width() / panel.width / (panel.y.width() / panel.height);
  };
  CHECK(shape_of(named_points(200, 2, {})) == Approx(1));
  CHECK(shape_of(named_points(200, 2, {"a", "b"})) != Approx(1).epsilon(0.05));
  CHECK(shape_of(named_points(200, 2, {}, true)) < 1e-3);
  const Figure named = samples_figure(named_points(200, 2, {"eruptions", "waiting"}), {}, "x");
  CHECK(named.panels[0].x_label == "eruptions");
  CHECK(named.panels[0].y_label == "waiting");
}

TEST_CASE("one blow-up does not set the length of all arrows") {
  const Points at = named_points(100, 2, {});
  FieldSlice early{0.5, at, at, at}, late{0.98, at, at, at};
  for (double& u : late.velocity.values) u *= 100;
  const Figure own = field_figure({early, late}, "x");
  CHECK(own.panels[0].title.find("scale ") != std::string::npos);
  CHECK(own.notes[0].find("each time has its own scale") == 0);
  // An arrow that is much faster than all others is drawn as long as the longest of them, and a
  // note says so.
  FieldSlice one = early;
  one.velocity.values[0] = 1e6;
  const Figure capped = field_figure({one, early}, "x");
  CHECK(capped.notes[0].find("of the arrows are faster and drawn as the longest") !=
        std::string::npos);
  const Arrows& arrows = std::get<Arrows>(capped.panels[0].marks[1]);
  CHECK(arrows.length[0] < 2 * *std::max_element(arrows.length.begin() + 1, arrows.length.end()));
}

TEST_CASE("no path leaves its panel") {
  Trajectories paths{{}, 3, 40, 2, {}};
  for (int k = 0; k < 3; ++k) {
    for (int i = 0; i < 80; ++i) paths.values.push_back((k == 1 ? 30 : 1) * std::sin(double(i)));
  }
  const Panel panel = trajectories_figure(paths, "x", "noise").panels[0];
  for (const auto& line : std::get<Lines>(panel.marks[0]).lines) {
    for (const Spot& at : line) {
      CHECK((at.x > panel.x.low && at.x < panel.x.high));
      CHECK((at.y > panel.y.low && at.y < panel.y.high));
    }
  }
}

TEST_CASE("an estimated density stands beside the model's smoothed by the same kernel") {
  DensityPair pair;
  pair.model = {40, 40, {-2, 2}, {-2, 2}, std::vector<double>(1600, 0.0)};
  pair.model.density[20 * 40 + 20] = 100;  // all mass in one cell
  pair.data = pair.model;
  pair.bandwidth = {0.3, 0.3};
  const auto height = [](const Figure& figure) {
    const Heat& heat = std::get<Heat>(figure.panels[1].marks[0]);
    return *std::max_element(heat.values.begin(), heat.values.end());
  };
  CHECK(height(likelihood_figure(pair, "x")) == Approx(1 / (2 * 3.14159265 * 0.09)).epsilon(0.01));
  pair.exact = true;
  CHECK(height(likelihood_figure(pair, "x")) == 100);
}
