// Tests the engine's side of the page: its C functions, the messages, and the numbers in them.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "apps/page/crossings.h"
#include "apps/page/message.h"
#include "apps/training/training.h"
#include "tests/apps/page/ask_page.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

const char* const kPageConfig = R"({"version": 1, "data": {"type": "moons", "noise": 0.05},
  "model": {"type": "mlp", "hidden": [32, 32]}, "optimizer": {"lr": 3e-3},
  "train": {"steps": 60, "batch": 64}, "sampler": {"type": "euler", "steps": 8}})";

}  // namespace

TEST_CASE("the page trains as the program does, number for number", "[page]") {
  const TestFolder folder;
  const PageAnswer opened = open_page(folder, kPageConfig);
  REQUIRE(opened.head.at("type").text() == "opened");
  CHECK(opened.head.at("protocol").get<int>() == kPageProtocol);
  CHECK(opened.head.at("dim").get<int>() == 2);
  CHECK(opened.head.at("steps").get<int>() == 60);
  CHECK(opened.array("points").size() == 4000);

  const PageAnswer trained = ask_page({{"ask", "train"}, {"steps", 20}});
  CHECK(trained.head.at("step").get<int>() == 20);
  CHECK_FALSE(trained.head.at("finished").get<bool>());
  const auto training = make_training(parse_config(opened.head.at("config").dump(), "exported"), 1);
  for (const double loss : trained.array("loss"))
    CHECK(loss == static_cast<double>(static_cast<float>(training->step().loss)));

  const PageAnswer rest = ask_page({{"ask", "train"}, {"steps", 100}});
  CHECK(rest.array("at").size() == 40);
  CHECK(rest.head.at("finished").get<bool>());
}

TEST_CASE("the page shows the flow, its field and its density", "[page]") {
  const TestFolder folder;
  open_page(folder, kPageConfig);
  ask_page({{"ask", "train"}, {"steps", 5}});
  const PageAnswer flow = ask_page({{"ask", "flow"}, {"n", 50}, {"times", 9}, {"seed", 3}});
  REQUIRE(flow.head.at("type").text() == "flow");
  CHECK(flow.array("times").front() == 0);
  CHECK(flow.array("times").back() == 1);
  const std::vector<double> points = flow.array("points");
  REQUIRE(points.size() == 9u * 50 * 2);
  CHECK(flow.head.at("evaluations").get<double>() == 8);
  const PageAnswer heun = ask_page(
      {{"ask", "flow"}, {"n", 50}, {"times", 2}, {"seed", 3}, {"solver", "heun"}, {"steps", 4}});
  CHECK(heun.head.at("evaluations").get<double>() == 8);
  CHECK(heun.array("points")[0] == points[0]);

  // A step of Euler's method from the first sample moves by the velocity there.
  const double x = points[0], y = points[1], small = 1e-3;
  const PageAnswer field = ask_page({{"ask", "field"},
                                     {"t", 0},
                                     {"side", 2},
                                     {"limits", {x - small, x + small, y - small, y + small}}});
  const std::vector<double> u = field.array("velocity");
  CHECK(points[100] - x == Approx((u[0] + u[2] + u[4] + u[6]) / 4 / 8).margin(1e-4));
  CHECK(points[101] - y == Approx((u[1] + u[3] + u[5] + u[7]) / 4 / 8).margin(1e-4));

  // The density is positive and adds up to one over a large square.
  const PageAnswer density =
      ask_page({{"ask", "density"}, {"side", 40}, {"limits", {-6, 6, -6, 6}}, {"t", 1}});
  double sum = 0;
  for (const double v : density.array("log_density")) sum += std::exp(v) * 0.09;
  CHECK(sum == Approx(1).margin(0.05));
  // Near t = 0 it is the density of the source, and between the ends it adds up to one too.
  const PageAnswer first = ask_page({{"ask", "density"},
                                     {"side", 2},
                                     {"limits", {-1e-3, 1e-3, -1e-3, 1e-3}},
                                     {"t", 0},
                                     {"solver", "rk4"},
                                     {"steps", 4}});
  CHECK(std::exp(first.array("log_density")[0]) == Approx(1 / (2 * 3.14159265)).epsilon(0.02));
  const PageAnswer middle = ask_page({{"ask", "density"},
                                      {"side", 40},
                                      {"limits", {-6, 6, -6, 6}},
                                      {"t", 0.4},
                                      {"solver", "rk4"},
                                      {"steps", 8}});
  sum = 0;
  for (const double v : middle.array("log_density")) sum += std::exp(v) * 0.09;
  CHECK(sum == Approx(1).margin(0.05));
  CHECK(middle.array("log_density") != density.array("log_density"));
  const PageAnswer likelihood = ask_page({{"ask", "likelihood"}, {"n", 64}});
  CHECK(std::isfinite(likelihood.head.at("nll").get<double>()));
}

TEST_CASE("the learned density is known at every time for every prediction", "[page]") {
  const TestFolder folder;
  for (const char* prediction : {"velocity", "data", "noise"}) {
    open_page(folder, R"({"version": 1, "data": {"type": "moons"}, "model": {"type": "mlp",
    "hidden": [8]}, "prediction": ")" +
                          std::string(prediction) + "\"}");
    for (const double t : {0., 0.5, 1.}) {
      INFO(prediction << " at t = " << t);
      const PageAnswer density = ask_page({{"ask", "density"},
                                           {"side", 2},
                                           {"limits", {-1, 1, -1, 1}},
                                           {"t", t},
                                           {"solver", "rk4"},
                                           {"steps", 8}});
      REQUIRE(density.head.at("type").text() == "density");
      for (const double v : density.array("log_density")) CHECK(std::isfinite(v));
    }
  }
}

TEST_CASE("the page shows the exact flow of a mixture, and says why moons have none", "[page]") {
  const TestFolder folder;
  CHECK(open_page(folder, kPageConfig).head.at("no_exact").text().find("finite sets") !=
        std::string::npos);
  const PageAnswer refused = ask_page(
      {{"ask", "field"}, {"exact", true}, {"t", 0}, {"side", 4}, {"limits", {-1, 1, -1, 1}}});
  CHECK(refused.head.at("type").text() == "fault");
  const PageAnswer opened =
      open_page(folder, R"({"version": 1, "data": {"type": "mixture", "weights": [0.5, 0.5],
      "means": [[-1, 0], [1, 0]], "stds": [0.5, 0.5]}, "model": {"type": "mlp", "hidden": [8]}})");
  REQUIRE(opened.head.at("type").text() == "opened");
  CHECK(opened.head.at("no_exact").text().empty());
  // By symmetry, the velocity at the origin is 0.
  const PageAnswer field = ask_page({{"ask", "field"},
                                     {"exact", true},
                                     {"t", 0.5},
                                     {"side", 2},
                                     {"limits", {-1e-3, 1e-3, -1e-3, 1e-3}}});
  CHECK(field.array("velocity")[0] == Approx(0).margin(0.01));
  const PageAnswer density = ask_page({{"ask", "density"},
                                       {"exact", true},
                                       {"t", 1},
                                       {"side", 2},
                                       {"limits", {-1e-3, 1e-3, -1e-3, 1e-3}}});
  CHECK(std::exp(density.array("log_density")[0]) ==
        Approx(std::exp(-2.) / (2 * 3.14159265 * 0.25)).epsilon(0.01));
}

TEST_CASE("the page gets the path and the source, from which it computes posteriors", "[page]") {
  const TestFolder folder;
  std::ofstream(folder / "four.csv") << "x,y\n-1,-1\n-1,3\n1,-1\n1,3\n";
  const auto open = [&](const std::string& more) {
    return open_page(
        folder,
        R"({"version": 1, "data": {"type": "standardize", "of": {"type": "csv", "path": ")" +
            (folder / "four.csv") +
            R"(", "guess": "no", "scale": "none"}}, "model": {"type": "mlp", "hidden": [8]})" +
            more + "}");
  };
  REQUIRE(open("").head.at("type").text() == "opened");
  const PageAnswer path = ask_page({{"ask", "path"}});
  REQUIRE(path.head.at("type").text() == "path");
  CHECK(path.head.at("unknown").text().empty());
  CHECK(path.head.at("rows").get<int>() == 4);
  CHECK(path.head.at("independent").get<bool>());
  // The columns have the means 0 and 1 and the standard deviations 1 and 2.
  CHECK(path.head.at("shift").get<std::vector<double>>() == std::vector<double>{0, 1});
  CHECK(path.head.at("scale").get<std::vector<double>>() == std::vector<double>{1, 2});
  // The path is xt = t x1 + (1 - t) x0, and the source a standard normal distribution.
  const std::vector<double> t = path.array("t");
  REQUIRE(t.size() == 991);
  CHECK(t.back() == Approx(0.99));
  for (const std::size_t k : {0, 500, 990}) {
    CHECK(path.array("alpha")[k] == Approx(t[k]));
    CHECK(path.array("sigma")[k] == Approx(1 - t[k]));
    CHECK(path.array("dalpha")[k] == 1);
    CHECK(path.array("dsigma")[k] == -1);
  }
  CHECK(path.array("weights") == std::vector<double>{1});
  CHECK(path.array("means") == std::vector<double>{0, 0});
  CHECK(path.array("stds") == std::vector<double>{1});

  REQUIRE(open(R"(, "source": {"type": "uniform"}, "coupling": {"type": "ot"})")
              .head.at("type")
              .text() == "opened");
  const PageAnswer other = ask_page({{"ask", "path"}});
  CHECK_FALSE(other.head.at("independent").get<bool>());
  CHECK(other.head.at("unknown").text() ==
        "the source is neither a Gaussian nor a mixture of Gaussians");
  CHECK_FALSE(other.has("alpha"));
}

TEST_CASE("the page shows the steps of a solver and where many small ones lead", "[page]") {
  const TestFolder folder;
  open_page(folder, kPageConfig);
  ask_page({{"ask", "train"}, {"steps", 20}});
  const PageAnswer flow = ask_page(
      {{"ask", "flow"}, {"n", 30}, {"times", 2}, {"seed", 3}, {"solver", "euler"}, {"steps", 4}});
  const PageAnswer euler = ask_page(
      {{"ask", "solver"}, {"n", 30}, {"rows", 5}, {"seed", 3}, {"solver", "euler"}, {"steps", 4}});
  REQUIRE(euler.head.at("type").text() == "solver");
  CHECK(euler.head.at("rows").get<int>() == 5);
  CHECK(euler.head.at("accepted").get<int>() == 20);
  CHECK(euler.head.at("rejected").get<int>() == 0);
  CHECK(euler.head.at("evaluations").get<double>() == 4);
  const std::vector<double> points = flow.array("points"), end = euler.array("end"),
                            row = euler.array("row"), to = euler.array("to");
  REQUIRE(end.size() == 40);
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (to[k] != 1) continue;
    for (std::size_t j = 0; j < 2; ++j)
      CHECK(end[2 * k + j] ==
            Approx(points[60 + 2 * static_cast<std::size_t>(row[k]) + j]).margin(1e-5));
  }
  const PageAnswer fine = ask_page(
      {{"ask", "flow"}, {"n", 30}, {"times", 2}, {"seed", 3}, {"solver", "rk4"}, {"steps", 64}});
  const std::vector<double> ends = fine.array("points");
  CHECK(euler.array("reference") == std::vector<double>(ends.begin() + 60, ends.end()));

  const PageAnswer adaptive =
      ask_page({{"ask", "solver"}, {"n", 30}, {"rows", 5}, {"seed", 3}, {"solver", "dopri5"}});
  const std::vector<double> accepted = adaptive.array("accepted");
  const auto taken = std::count(accepted.begin(), accepted.end(), 1.);
  CHECK(adaptive.head.at("accepted").get<long>() == taken);
  CHECK(adaptive.head.at("rejected").get<long>() == std::ssize(accepted) - taken);
  // Seven stages for each tried step, of which the first is the last of the step before it, the
  // first slope, and one evaluation that finds the first step's length.
  CHECK(adaptive.head.at("evaluations").get<double>() * 5 ==
        Approx(6. * static_cast<double>(accepted.size()) + 5 * 2));
  CHECK(
      ask_page({{"ask", "solver"}, {"n", 3}, {"rows", 3}, {"solver", "euler_maruyama"}})
          .head.at("words")
          .text() ==
      "[page] only solvers of an ODE take steps whose error can be shown; choose euler, heun, rk4 "
      "or dopri5");
}

TEST_CASE("pairs by optimal transport cross less often", "[page]") {
  const TestFolder folder;
  open_page(folder, kPageConfig);
  const PageAnswer alone = ask_page({{"ask", "pairs"}, {"n", 64}});
  const PageAnswer transport =
      ask_page({{"ask", "pairs"}, {"n", 64}, {"coupling", {{"type", "ot"}}}});
  CHECK(alone.head.at("crossings").get<int>() > 50);
  CHECK(transport.head.at("crossings").get<int>() < alone.head.at("crossings").get<int>() / 5);
  CHECK(transport.head.at("coupling").text() == "ot");
  CHECK(count_crossings(std::vector<double>{0, 0, 0, 1}, std::vector<double>{1, 1, 1, 0}) == 1);
  CHECK(count_crossings(std::vector<double>{0, 0, 0, 1}, std::vector<double>{1, 0, 1, 1}) == 0);
  CHECK_THROWS(count_crossings(std::vector<double>{0, 0}, std::vector<double>{}));
}

TEST_CASE("the page shows the tape of the next step, and each line's derivative", "[page]") {
  const TestFolder folder;
  open_page(folder, kPageConfig);
  const PageAnswer tape = ask_page({{"ask", "tape"}});
  const auto forward = tape.head.at("forward").get<std::size_t>();
  const Json& lines = tape.head.at("tape").at("lines");
  REQUIRE(lines.size() > forward);
  const double loss = ask_page({{"ask", "train"}, {"steps", 0}}).array("loss").size();
  CHECK(loss == 0);
  // The last forward line is the loss, whose derivative with respect to itself is 1.
  const PageAnswer line = ask_page({{"ask", "line"}, {"id", forward - 1}});
  CHECK(line.array("cotangent") == std::vector<double>{1});
  CHECK(line.array("values") == std::vector<double>{static_cast<double>(static_cast<float>(
                                    lines.at(forward - 1).at("values").front().get<double>()))});
  CHECK(ask_page({{"ask", "line"}, {"id", 100000}}).head.at("type").text() == "fault");
}

TEST_CASE("the tangent of the loss is minus the square of the gradient's norm", "[page]") {
  const TestFolder folder;
  open_page(folder, R"({"version": 1, "data": {"type": "moons"}, "model": {"type": "mlp",
    "hidden": [8, 8]}, "train": {"batch": 32, "clip_norm": 0}})");
  const PageAnswer tape = ask_page({{"ask", "tape"}, {"backward", false}});
  const Json& lines = tape.head.at("tape").at("lines");
  double square = 0;
  std::size_t weights = 0;
  for (std::size_t id = 0; id < lines.size(); ++id) {
    CHECK(tape.head.at("formulas").find(lines.at(id).at("op").text()) != nullptr);
    if (lines.at(id).at("kind").text() != "parameter") continue;
    const PageAnswer line = ask_page({{"ask", "line"}, {"id", id}});
    if (!line.has("tangent")) continue;  // frequencies that training does not change
    const std::vector<double> g = line.array("cotangent"), t = line.array("tangent");
    REQUIRE(g.size() == t.size());
    for (std::size_t k = 0; k < g.size(); ++k) CHECK(t[k] == -g[k]);
    // The arrays are corners, and the root mean square is that of the whole value.
    std::size_t count = 1;
    for (const Json& n : line.head.at("shape")) count *= n.get<std::size_t>();
    square +=
        std::pow(line.head.at("rms").at("cotangent").get<double>(), 2) * static_cast<double>(count);
    weights += count;
  }
  CHECK(weights > 1000);
  const PageAnswer loss = ask_page({{"ask", "line"}, {"id", lines.size() - 1}});
  CHECK(loss.array("tangent").at(0) == Approx(-square).epsilon(1e-4));
  CHECK(loss.head.at("rms").at("tangent").get<double>() == Approx(square).epsilon(1e-4));
  // The batch does not move with the weights.
  CHECK_FALSE(ask_page({{"ask", "line"}, {"id", 0}}).has("tangent"));
}

TEST_CASE("a saved training continues with the same bits", "[page]") {
  const TestFolder folder;
  open_page(folder, kPageConfig);
  ask_page({{"ask", "train"}, {"steps", 10}});
  ask_page({{"ask", "save"}});
  const std::vector<double> then = ask_page({{"ask", "train"}, {"steps", 5}}).array("loss");
  open_page(folder, kPageConfig);
  const PageAnswer restored = ask_page({{"ask", "restore"}});
  CHECK(restored.head.at("step").get<int>() == 10);
  CHECK(ask_page({{"ask", "train"}, {"steps", 5}}).array("loss") == then);
}

TEST_CASE("questions that the page cannot answer get the reason", "[page]") {
  const TestFolder folder;
  const auto fault = [&](const std::string& config) {
    const PageAnswer answer = open_page(folder, config);
    CHECK(answer.head.at("type").text() == "fault");
    return answer.head.at("fault").text() + ": " + answer.head.at("words").text();
  };
  CHECK(fault(R"({"version": 1, "data": {"type": "moon"}})").starts_with("config: config:1:"));
  CHECK(fault(R"({"version": 1, "data": {"type": "csv", "path": "gone.csv"}})")
            .starts_with("file: "));
  CHECK(fault(R"({"version": 1, "data": {"type": "moons"}, "precision": "float64"})")
            .starts_with("config: [page] the page computes in float32"));
  CHECK(fault(R"({"version": 1, "data": {"type": "moons"}, "from": "runs/moons"})")
            .starts_with("file: [page] /from names the run runs/moons, but the page cannot read "
                         "folders; open the config.json and the model.safetensors of that run "
                         "together, or leave /from out"));
  open_page(folder, kPageConfig);
  const PageAnswer unknown = ask_page({{"ask", "tea"}});
  CHECK(unknown.head.at("words").text() == "[page] the question \"tea\" is unknown");
  page_ask("{");
  CHECK(Json::parse(page_text()).at("type").text() == "fault");

  // A step size that is far too large ends in numbers that are not finite, which the page says.
  const PageAnswer opened =
      open_page(folder, R"({"version": 1, "data": {"type": "moons"}, "model": {"type": "mlp",
    "hidden": [8]}, "optimizer": {"type": "sgd", "lr": 1000}, "train": {"clip_norm": 0}})");
  REQUIRE(opened.head.at("type").text() == "opened");
  const PageAnswer diverged = ask_page({{"ask", "train"}, {"steps", 50}});
  REQUIRE(diverged.head.contains("diverged"));
  CHECK(diverged.head.at("diverged").text().find("Choose a smaller step size") !=
        std::string::npos);
}

TEST_CASE("an array of a message fits its shape", "[page]") {
  PageMessage message("test");
  CHECK_THROWS(message.add("x", {2, 2}, std::vector<double>{1, 2, 3}));
  message.add("x", {3}, std::vector<double>{1, 2, 3});
  message.add("y", {1, 2}, std::vector<double>{4, 5});
  CHECK(Json::parse(message.text()).at("arrays").dump() ==
        R"([{"name":"x","shape":[3],"at":0},{"name":"y","shape":[1,2],"at":3}])");
}
