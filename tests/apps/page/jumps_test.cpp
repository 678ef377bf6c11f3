// Tests the jumps of a flow map on the page, beside the paths of its ODE, and its tape.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "tests/apps/page/ask_page.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::string map_config(const char* loss) {
  return R"({"version": 1, "data": {"type": "moons", "noise": 0.05}, "model": {"type": "mlp",
  "hidden": [16, 16]}, "loss": )" +
         std::string(loss) + R"(, "optimizer": {"lr": 3e-3}, "train": {"steps": 60, "batch": 32},
  "sampler": {"type": "jumps", "steps": 1}})";
}

// The mean square distance of the rows of two sets of points in the plane.
double mean_square(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return sum / (static_cast<double>(a.size()) / 2);
}

}  // namespace

TEST_CASE("the page shows where jumps of a flow map lead, and where its ODE does", "[page]") {
  const TestFolder folder;
  const PageAnswer opened = open_page(folder, map_config(R"({"type": "lagrangian"})"));
  REQUIRE(opened.head.at("type").text() == "opened");
  CHECK(opened.head.at("map").get<bool>());
  ask_page({{"ask", "train"}, {"steps", 40}});
  for (const int jumps : {1, 3}) {
    INFO(jumps << " jumps");
    const PageAnswer found = ask_page({{"ask", "jumps"}, {"n", 40}, {"jumps", jumps}, {"seed", 3}});
    REQUIRE(found.head.at("type").text() == "jumps");
    CHECK(found.head.at("jumps").get<int>() == jumps);
    const std::vector<double> points = found.array("points"), ode = found.array("ode");
    REQUIRE(points.size() == std::size_t(jumps + 1) * 80);
    REQUIRE(ode.size() == 80);
    // They are the samples of the solver "jumps" and of the reference, from the same noise.
    const PageAnswer by_jumps = ask_page({{"ask", "flow"},
                                          {"n", 40},
                                          {"times", jumps + 1},
                                          {"seed", 3},
                                          {"solver", "jumps"},
                                          {"steps", jumps}});
    CHECK(points == by_jumps.array("points"));
    CHECK(found.array("times") == by_jumps.array("times"));
    const PageAnswer fine = ask_page(
        {{"ask", "flow"}, {"n", 40}, {"times", 2}, {"seed", 3}, {"solver", "rk4"}, {"steps", 64}});
    const std::vector<double> both = fine.array("points");
    CHECK(ode == std::vector<double>(both.begin() + 80, both.end()));
    CHECK(std::equal(both.begin(), both.begin() + 80, points.begin()));
    const double off = std::sqrt(mean_square({points.end() - 80, points.end()}, ode));
    CHECK(found.head.at("off").get<double>() == Approx(off).epsilon(1e-5));
    // W2 is a distance, and the pairs of equal noise are one plan between the two sets.
    CHECK(found.head.at("compared").get<int>() == 40);
    const auto w2 = found.head.at("w2").get<double>(),
               of_ode = found.head.at("w2_of_ode").get<double>();
    CHECK(w2 > 0);
    CHECK(std::abs(w2 - of_ode) <= off + 1e-6);
  }
  // With another solver for the ODE, and without the distances to the data.
  const PageAnswer quick = ask_page({{"ask", "jumps"},
                                     {"n", 5},
                                     {"jumps", 1},
                                     {"seed", 3},
                                     {"solver", "euler"},
                                     {"steps", 2},
                                     {"compare", false}});
  const PageAnswer euler = ask_page(
      {{"ask", "flow"}, {"n", 5}, {"times", 2}, {"seed", 3}, {"solver", "euler"}, {"steps", 2}});
  const std::vector<double> ends = euler.array("points");
  CHECK(quick.array("ode") == std::vector<double>(ends.begin() + 10, ends.end()));
  CHECK(quick.head.at("compared").get<int>() == 0);
  CHECK_FALSE(quick.head.contains("w2"));
}

TEST_CASE("a map that starts from a flow has its velocity before the first step", "[page]") {
  const TestFolder folder;
  const std::string plain = R"({"version": 1, "data": {"type": "moons"}, "model": {"type": "mlp",
    "hidden": [16]}, "ema": {"decay": 0}, "train": {"steps": 30, "batch": 32}})";
  open_page(folder, plain);
  ask_page({{"ask", "train"}, {"steps", 30}});
  ask_page({{"ask", "save"}});
  std::ofstream(folder / "config.json") << plain;
  const Json question{{"ask", "flow"}, {"n", 20},          {"times", 2},
                      {"seed", 3},     {"solver", "heun"}, {"steps", 4}};
  const std::vector<double> wanted = ask_page(question).array("points");
  const TestFolder other;
  for (const char* decay : {"0", "0.99"}) {
    INFO("an average of decay " << decay);
    const PageAnswer opened =
        open_page(other, R"({"version": 1, "data": {"type": "moons"}, "model": {"type": "mlp",
      "hidden": [16]}, "loss": {"type": "lagrangian"}, "ema": {"decay": )" +
                             std::string(decay) + R"(}, "train": {"steps": 30, "batch": 32},
      "from": ")" + (folder / "") +
                             "\"}");
    REQUIRE(opened.head.at("type").text() == "opened");
    const std::vector<double> points = ask_page(question).array("points");
    for (std::size_t k = 0; k < wanted.size(); ++k)
      CHECK(points[k] == Approx(wanted[k]).margin(1e-5));
    // One jump of such a map is one step of Euler's method.
    const std::vector<double> jump =
        ask_page({{"ask", "jumps"}, {"n", 20}, {"jumps", 1}, {"seed", 3}}).array("points");
    const std::vector<double> euler = ask_page({{"ask", "flow"},
                                                {"n", 20},
                                                {"times", 2},
                                                {"seed", 3},
                                                {"solver", "euler"},
                                                {"steps", 1}})
                                          .array("points");
    for (std::size_t k = 0; k < euler.size(); ++k) CHECK(jump[k] == Approx(euler[k]).margin(1e-5));
  }
}

TEST_CASE("a training without a flow map has no jumps, and says so", "[page]") {
  const TestFolder folder;
  const PageAnswer opened = open_page(folder, R"({"version": 1, "data": {"type": "moons"},
    "model": {"type": "mlp", "hidden": [8]}})");
  CHECK_FALSE(opened.head.at("map").get<bool>());
  const PageAnswer found = ask_page({{"ask", "jumps"}, {"n", 4}, {"jumps", 1}});
  CHECK(found.head.at("type").text() == "fault");
  CHECK_THAT(found.head.at("words").text(), Contains("jumps need a flow map"));
  open_page(folder, map_config(R"({"type": "lagrangian"})"));
  for (const int jumps : {0, 65})
    CHECK_THAT(ask_page({{"ask", "jumps"}, {"n", 4}, {"jumps", jumps}}).head.at("words").text(),
               Contains("it must be from 1 to 64"));
}

TEST_CASE("every line of a flow map's tape is shown, constants without a tangent", "[page]") {
  const TestFolder folder;
  for (const char* loss : {R"({"type": "lagrangian"})", R"({"type": "eulerian"})"}) {
    INFO(loss);
    open_page(folder, map_config(loss));
    const PageAnswer tape = ask_page({{"ask", "tape"}, {"backward", false}});
    int paused = 0;
    for (const Json& line : tape.head.at("tape").at("lines")) {
      const PageAnswer shown = ask_page({{"ask", "line"}, {"id", line.at("id").get<int>()}});
      REQUIRE(shown.head.at("type").text() == "line");
      if (!line.at("paused").get<bool>()) continue;
      ++paused;
      CHECK_FALSE(shown.has("tangent"));
    }
    CHECK(paused > 0);
  }
}
