// Tests the pictures of tables of several columns: what their panels show, and which tables have them.
#include "apps/figures/table_pairs.h"

#include <array>
#include <cmath>

#include "apps/figures/column_axis.h"
#include "apps/figures/date_ticks.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Rows of a table: a number from 0 to 9, a category of two values (row k has the value k % 4 == 3),
// and twice the number.
Points pairs_table(std::size_t rows) {
  Points points{{}, rows, 3, {"mass", "kind", "double"}};
  points.kinds = {TableColumn{}, TableColumn{ColumnKind::category, {"red", "tan"}}, TableColumn{}};
  for (std::size_t k = 0; k < rows; ++k)
    points.values.insert(points.values.end(),
                         {double(k % 10), k % 4 == 3 ? 1.0 : 0.0, 2 * double(k % 10)});
  return points;
}

template <class Kind>
std::vector<Kind> marks_of(const Panel& panel) {
  std::vector<Kind> found;
  for (const Mark& mark : panel.marks)
    if (const Kind* one = std::get_if<Kind>(&mark)) found.push_back(*one);
  return found;
}

std::vector<std::string> words_of_names(const std::vector<AxisName>& names) {
  std::vector<std::string> words;
  for (const AxisName& name : names) words.push_back(name.words);
  return words;
}

}  // namespace

TEST_CASE("pairs of columns have bars of categories, points below and correlations above") {
  const Figure figure = table_pairs_figure(pairs_table(200), pairs_table(400), "table");
  REQUIRE(figure.panels.size() == 9);
  CHECK(figure.columns == 3);
  CHECK(figure.legend.at(0).words == "data  (n = 400)");
  CHECK(figure.legend.at(1).words == "samples  (n = 200)");
  // The category: bars of the shares 3/4 and 1/4, for data and for samples.
  const std::vector<Bars> bars = marks_of<Bars>(figure.panels[4]);
  REQUIRE(bars.size() == 2);
  for (const Bars& set : bars) {
    REQUIRE(set.at.size() == 2);
    CHECK(set.at[0].y.high == Approx(0.75));
    CHECK(set.at[1].y.high == Approx(0.25));
  }
  CHECK(bars[0].at[0].x.high <= bars[1].at[0].x.low);  // side by side
  // The names of the category stand beside the first panel of its row, and its own below the last.
  CHECK(words_of_names(figure.panels[3].y_names) == std::vector<std::string>{"red", "tan"});
  CHECK(words_of_names(figure.panels[7].x_below) == std::vector<std::string>{"red", "tan"});
  CHECK(figure.panels[3].y_label == "kind");
  CHECK(figure.panels[7].x_label == "kind");
  CHECK(figure.panels[4].x_label == "");
  // The histogram of a number has the shares of all rows.
  const std::vector<Bars> histogram = marks_of<Bars>(figure.panels[0]);
  double share = 0;
  for (const Area& bar : histogram.at(0).at) share += bar.y.high;
  CHECK(share == Approx(1));
  // Points of both sets, as many of each: 200.
  std::size_t dots = 0;
  for (const Dots& set : marks_of<Dots>(figure.panels[6])) dots += set.at.size();
  CHECK(dots == 400);
  // The columns 0 and 2 are proportional.
  const std::vector<Texts> texts = marks_of<Texts>(figure.panels[2]);
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].words == std::vector<std::string>{"1"});
  CHECK(texts[0].colours.at(0) == colours::data);
  CHECK(texts[1].colours.at(0) == colours::samples);
  CHECK(marks_of<Texts>(figure.panels[1]).empty());  // a number and a category
}

TEST_CASE("points stay in their place of a category, and on their side") {
  const Figure figure = table_pairs_figure(pairs_table(200), pairs_table(200), "table");
  for (const Dots& set : marks_of<Dots>(figure.panels[7]))  // kind across, double up
    for (std::size_t k = 0; k < set.at.size(); ++k) {
      const double within = set.at[k].x - std::round(set.at[k].x);
      const Colour colour = set.colours.size() == 1 ? set.colours[0] : set.colours.at(k);
      const bool data = packed(colour) == packed(colours::data);
      CHECK((data ? within <= 0 && within >= -0.4 : within >= 0 && within <= 0.4));
      CHECK(std::fmod(set.at[k].y, 2) == 0);  // numbers are not moved
    }
}

TEST_CASE("columns given a category have the rows with that value") {
  const Figure figure = conditional_figure(pairs_table(200), pairs_table(400), "table");
  REQUIRE(figure.panels.size() == 4);  // two values across, two columns down
  CHECK(figure.columns == 2);
  CHECK(figure.panels[0].title == "kind red");
  CHECK(figure.panels[1].title == "kind tan");
  CHECK(figure.panels[0].y_label == "mass");
  CHECK(figure.panels[2].y_label == "double");
  // Rows with the value tan have k % 4 == 3, so their numbers are odd.
  const ColumnAxis axis = [] {
    const Points table = pairs_table(400);
    const std::array tables{&table};
    return make_column_axis(tables, 0);
  }();
  CHECK_FALSE(axis.discrete);
  for (const Bars& bars : marks_of<Bars>(figure.panels[1]))
    for (const Area& bar : bars.at)
      for (int even = 0; even < 10; even += 2)
        if (bar.x.low <= even && even < bar.x.high && bar.x.width() < 1) CHECK(bar.y.high == 0);
}

TEST_CASE("whole numbers are discrete if they are few, and dates have names") {
  Points table{{}, 100, 2, {"year", "day"}};
  table.kinds = {TableColumn{ColumnKind::integer}, TableColumn{ColumnKind::date}};
  for (int k = 0; k < 100; ++k)
    table.values.insert(table.values.end(), {2007.0 + k % 3, 13000.0 + 10 * k});
  const std::array tables{&table};
  const ColumnAxis year = make_column_axis(tables, 0), day = make_column_axis(tables, 1);
  CHECK(year.discrete);
  CHECK(words_of_names(year.names) == std::vector<std::string>{"2007", "2008", "2009"});
  CHECK(year.place(2008) == 1);
  const std::vector<double> shares = shares_on(year, column(table, 0), 3);
  REQUIRE(shares.size() == 3);
  CHECK(shares[0] == Approx(0.34));
  CHECK(shares[2] == Approx(0.33));
  CHECK_FALSE(day.discrete);
  REQUIRE_FALSE(day.names.empty());
  for (const AxisName& name : day.names)
    CHECK(cell_text(day.type, name.at) == name.words.substr(0, 4) + "-01-01");
}

TEST_CASE("the grid of a column with names is at its names") {
  Points table{{}, 100, 2, {"day", "x"}};
  table.kinds = {TableColumn{ColumnKind::date}, {}};
  for (int k = 0; k < 100; ++k)
    table.values.insert(table.values.end(), {13000.0 + 10 * k, 0.5 * k});
  const std::array tables{&table};
  const ColumnAxis day = make_column_axis(tables, 0);
  for (const bool shown : {true, false}) {
    Panel panel;
    set_x_axis(panel, day, shown);
    set_y_axis(panel, day, shown);
    REQUIRE(panel.x_grid.size() == day.names.size());
    CHECK(panel.y_grid == panel.x_grid);
    CHECK(panel.x_below.size() == (shown ? day.names.size() : 0));
    for (std::size_t k = 0; k < day.names.size(); ++k) CHECK(panel.x_grid[k] == day.names[k].at);
  }
  Panel numbers;
  set_x_axis(numbers, make_column_axis(tables, 1), true);
  CHECK(numbers.x_grid.empty());
}

TEST_CASE("ticks of dates and times are at the beginnings of years, months, days and hours") {
  const TableColumn day{ColumnKind::date};
  TableColumn time{ColumnKind::time};
  const auto on = [](const char* text) { return read_date(text).value(); };
  const auto words = [](const std::vector<Tick>& ticks) {
    std::string all;
    for (const Tick& tick : ticks) all += (all.empty() ? "" : " | ") + tick.text;
    return all;
  };
  struct Span {
    const char *from, *to, *words;
  };
  for (const Span& span :
       {Span{"2020-02-27", "2020-03-02",
             "2020-02-27 | 2020-02-28 | 2020-02-29 | 2020-03-01 | 2020-03-02"},
        Span{"2020-02-25", "2020-03-14", "2020-02-26 | 2020-03-01 | 2020-03-06 | 2020-03-11"},
        Span{"2020-02-15", "2020-03-25", "2020-02-21 | 2020-03-01 | 2020-03-11 | 2020-03-21"},
        Span{"2019-11-15", "2020-03-25", "2019-12 | 2020-01 | 2020-02 | 2020-03"},
        Span{"2019-05-15", "2020-12-25", "2019-07 | 2020-01 | 2020-07"},
        Span{"2010-03-01", "2023-12-28", "2015 | 2020"},
        Span{"1995-05-19", "2038-06-13", "2000 | 2010 | 2020 | 2030"},
        Span{"1000-01-02", "2999-01-01", "1500 | 2000 | 2500"}}) {
    INFO(span.from << " to " << span.to);
    CHECK(words(date_ticks(day, {on(span.from), on(span.to)}, 4)) == span.words);
    // Times of the same span have the same ticks.
    const std::vector<Tick> ticks =
        date_ticks(time, {86400 * on(span.from), 86400 * on(span.to)}, 4);
    CHECK(words(ticks) == span.words);
    CHECK(std::fmod(ticks.front().at, 86400) == 0);
  }
  const double start = 86400 * on("2020-03-11");
  CHECK(words(date_ticks(time, {start + 3600 * 5.5, start + 3600 * 26}, 4)) ==
        "03-11 06:00 | 03-11 12:00 | 03-11 18:00 | 03-12 00:00");
  CHECK(words(date_ticks(time, {start + 100, start + 2000}, 4)) == "03-11 00:15 | 03-11 00:30");
  CHECK(words(date_ticks(time, {start + 10, start + 40}, 4)) ==
        "00:00:10 | 00:00:20 | 00:00:30 | 00:00:40");
}

TEST_CASE("tables without a category have no columns given one, and sets must fit") {
  const Points numbers{{1, 2, 3, 4}, 2, 2};
  CHECK_FALSE(has_category(numbers));
  CHECK(has_category(pairs_table(3)));
  CHECK_THROWS_WITH(conditional_figure(numbers, numbers, "x"),
                    Contains("[plot] the table needs a category and another column"));
  CHECK_THROWS_WITH(table_pairs_figure(numbers, pairs_table(3), "x"),
                    Contains("[plot] samples have 2 columns and data 3; give tables of the same "
                             "columns"));
  // More columns than are shown, and an empty set of samples.
  const Points wide{std::vector<double>(240, 1.0), 20, 12};
  const Figure figure = table_pairs_figure({}, wide, "wide");
  CHECK(figure.panels.size() == kMostPaired * kMostPaired);
  CHECK(figure.notes.at(0).find("the first 8 of 12 columns") != std::string::npos);
}
