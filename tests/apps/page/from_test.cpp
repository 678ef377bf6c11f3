// Tests a training of the page that goes on from the weights of a run.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "tests/apps/page/ask_page.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// The whole config of a run, with every default.
std::string small_config(const std::string& data, int width) {
  return parse_config(R"({"version": 1, "data": )" + data +
                          R"(, "model": {"type": "mlp", "hidden": [)" + std::to_string(width) +
                          R"(]}, "optimizer": {"lr": 0.01}, "train": {"steps": 200, "batch": 64},
                             "sampler": {"type": "euler", "steps": 8}})",
                      "small")
      .dump();
}

double mean_loss(int steps) {
  double sum = 0;
  for (const double loss : ask_page({{"ask", "train"}, {"steps", steps}}).array("loss"))
    sum += loss / steps;
  return sum;
}

std::vector<double> velocities() {
  return ask_page({{"ask", "field"}, {"t", 0.5}, {"side", 4}, {"limits", {-2, 2, -2, 2}}})
      .array("velocity");
}

// Makes a folder of the config and of the weights that the page has saved in `folder`.
std::string saved_run(const TestFolder& folder, const std::string& config) {
  ask_page({{"ask", "save"}});
  const std::string run = folder / "run";
  std::filesystem::create_directories(run);
  std::ofstream(run + "/config.json") << config;
  std::filesystem::copy_file(folder / "model.safetensors", run + "/model.safetensors",
                             std::filesystem::copy_options::overwrite_existing);
  return run;
}

PageAnswer open_from(const TestFolder& folder, const std::string& config, const std::string& run) {
  return ask_page({{"ask", "open"},
                   {"config", config},
                   {"folder", folder / ""},
                   {"of_run", true},
                   {"overrides", {"from=" + run}}});
}

}  // namespace

TEST_CASE("a training of the page goes on from the weights of a run", "[page]") {
  const TestFolder folder;
  const std::string config = small_config(R"({"type": "moons"})", 32);
  open_page(folder, config);
  const double first = mean_loss(10);
  mean_loss(180);
  const double last = mean_loss(10);
  REQUIRE(last < 0.8 * first);
  const std::vector<double> field = velocities();
  const std::string run = saved_run(folder, config);
  REQUIRE(open_from(folder, config, run).head.at("type").text() == "opened");
  // The field is that of the run's last step, to the bit, and the loss goes on from there.
  CHECK(velocities() == field);
  const PageAnswer next = ask_page({{"ask", "train"}, {"steps", 0}});
  CHECK(next.head.at("step").get<int>() == 0);
  const double then = mean_loss(10);
  CHECK(then < (first + last) / 2);
}

TEST_CASE("the page says what differs between the opened weights and the config", "[page]") {
  const TestFolder folder;
  const std::string config = small_config(R"({"type": "moons"})", 8);
  open_page(folder, config);
  const std::string run = saved_run(folder, config);
  const PageAnswer other = open_from(folder, small_config(R"({"type": "moons"})", 16), run);
  REQUIRE(other.head.at("type").text() == "fault");
  CHECK(other.head.at("words").text().starts_with("[from] the network of " + run +
                                                  " is another one than that of this config: "));
  // The earlier training is still open.
  CHECK(ask_page({{"ask", "train"}, {"steps", 1}}).head.at("type").text() == "trained");
  const PageAnswer scaled = open_from(
      folder, small_config(R"({"type": "standardize", "of": {"type": "moons"}})", 8), run);
  REQUIRE(scaled.head.at("type").text() == "opened");
  CHECK(scaled.head.at("remarks").dump().find("scaled in another way") != std::string::npos);
  std::ofstream(run + "/model.safetensors") << "no weights";
  CHECK(open_from(folder, config, run).head.at("type").text() == "fault");
}

TEST_CASE("the page describes what a config needs", "[page]") {
  const auto describe = [](const std::string& config) {
    return ask_page({{"ask", "describe"}, {"config", config}});
  };
  const PageAnswer moons = describe(small_config(R"({"type": "moons"})", 8));
  CHECK(moons.head.at("type").text() == "described");
  CHECK_FALSE(moons.head.at("tokens").get<bool>());
  CHECK(moons.head.at("files").empty());
  const PageAnswer table = describe(
      small_config(R"({"type": "standardize", "of": {"type": "csv", "path": "a/b.csv"}})", 8));
  CHECK(table.head.at("files").dump() == R"([{"key":"/data/of/path","path":"a/b.csv"}])");
  const PageAnswer words = describe(R"({"version": 1, "data": {"type": "words", "path": "list"},
                                        "model": {"type": "token_mlp"}})");
  CHECK(words.head.at("tokens").get<bool>());
  CHECK(describe("{").head.at("fault").text() == "config");
}
