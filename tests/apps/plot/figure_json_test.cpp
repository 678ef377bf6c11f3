// Tests that a figure's JSON has every mark with its numbers.
#include "apps/plot/figure_json.h"

#include <cmath>

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("every mark of a figure is in its JSON, with places, sizes and colours", "[plot]") {
  Panel panel;
  panel.x = {0, 2};
  panel.title = "left";
  panel.bar = ColourBar{{0, 5}, "density", ColourScale::sequential, 2};
  panel.marks = {Dots{{{1, 2}, {NAN, 3}}, 1.5, {{1, 0, 0, 0.5}}},
                 Lines{{{{0, 0}, {1, 1}}}, 2, {}},
                 Arrows{{{0, 0}}, {{3, 4}}, {9}, {}},
                 Heat{{{0, 1}, {0, 1}}, 2, 1, {0.25, 0.5}, {0, 1}, ColourScale::diverging, true},
                 Image{{{0, 1}, {0, 1}}, 1, 2, {0, NAN}, {0, 0, 1}},
                 Bars{{{{0, 1}, {0, 7}}}, {}},
                 Texts{{{1, 1}}, {"word"}, {}, {}}};
  Figure figure{"title", {"note"}, {{"data", {0, 1, 0}, true}}, {panel}, 1, {}};
  const Json json = figure_json(figure);
  CHECK(json.at("title") == "title");
  CHECK(json.at("notes").at(0) == "note");
  CHECK(json.at("legend").at(0).at("colour") == "#00ff00ff");
  const Json& one = json.at("panels").at(0);
  CHECK(one.at("bar").at("rows") == 2);
  CHECK(one.at("x").dump() == "[0.0,2.0]");
  const Json& marks = one.at("marks");
  REQUIRE(marks.size() == 7);
  CHECK(marks.at(0).at("at").dump() == "[[1.0,2.0],[null,3.0]]");
  CHECK(marks.at(0).at("colours").at(0) == "#ff000080");
  CHECK(marks.at(1).at("lines").at(0).at(1).dump() == "[1.0,1.0]");
  CHECK(marks.at(2).at("along").at(0).dump() == "[3.0,4.0]");
  CHECK(marks.at(3).at("scale") == "diverging");
  CHECK(marks.at(3).at("values").dump() == "[0.25,0.5]");
  CHECK(marks.at(4).at("ink").dump() == "[0.0,null]");
  CHECK(marks.at(5).at("at").at(0).at("y").dump() == "[0.0,7.0]");
  CHECK(marks.at(6).at("words").at(0) == "word");
}
