// Tests `pushforward plot` as a user runs it: the pictures of each kind of run, that a picture
// drawn alone has the same bytes as among all, and the errors for pictures that a run does not
// have.
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

constexpr const char* kNetwork =
    R"("model": {"hidden": [8]}, "train": {"steps": 8, "batch": 16, "log_every": 2},
       "sampler": {"type": "rk4", "steps": 4})";
constexpr const char* kTokenNetwork =
    R"("model": {"type": "token_mlp", "embed": 4, "hidden": [8]},
       "train": {"steps": 4, "batch": 16, "log_every": 2}, "sampler": {"steps": 64})";

// A sandbox with small runs of each kind.
struct Runs : Sandbox {
  Runs() {
    std::string list;
    for (const char* a : {"b", "d", "st", "tr"})
      for (const char* b : {"a", "e", "o"})
        for (const char* c : {"n", "t", "re", "nd"}) list += std::string(a) + b + c + "\n";
    write("list", list);
  }
  // Trains a run of this data into the folder `name`.
  void train(const std::string& name, const std::string& data, const char* network,
             const std::string& overrides = "") const {
    write(name + ".json", "{\"name\": \"" + name + "\", \"data\": " + data + ", " + network + "}");
    const Outcome outcome =
        (*this)("train " + name + ".json -q --overwrite --out " + name + " " + overrides);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  // Returns the files of a folder.
  std::vector<std::string> files(const std::string& folder) const {
    std::istringstream lines(shell("ls " + folder).text);
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    return all;
  }
  // Draws all pictures of a run, which must be those of `names`. Then draws each picture alone.
  // This must write only this picture, with the same bytes.
  void check_pictures(const std::string& run, const std::vector<std::string>& names,
                      const std::string& options = "") const {
    CAPTURE(run);
    expect((*this)("plot " + run + " -n 40 --out all " + options), 0, {});
    std::size_t count = 0;
    for (const std::string& name : names) {
      CAPTURE(name);
      expect((*this)("plot " + run + " -n 40 --out one --only " + name + " " + options), 0, {name});
      for (const std::string& file : files("one")) {
        CHECK(file.substr(0, file.find('.')) == name);
        CHECK_FALSE(read("one/" + file).empty());
        CHECK(read("one/" + file) == read("all/" + file));
        ++count;
      }
      remove("one");
    }
    CHECK(files("all").size() == count);
    remove("all");
  }
};

}  // namespace

TEST_CASE("for every kind of run, a picture drawn alone is the same as among all", "[long]") {
  const Runs runs;
  runs.train("points", R"({"type": "8gaussians"})", kNetwork, "model.label.type=embedding");
  runs.check_pictures(
      "points", {"loss", "samples", "classes", "density", "likelihood", "trajectories", "strip",
                 "flow", "field", "exact", "steps", "paths"});
  runs.check_pictures("points",
                      {"loss", "samples", "density", "likelihood", "trajectories", "strip", "flow",
                       "field", "steps", "paths"},
                      "--exact");
  runs.train("line", R"({"type": "mixture", "means": [[-1], [1]], "stds": [0.3, 0.3]})", kNetwork);
  runs.check_pictures("line", {"loss", "samples", "density", "likelihood", "trajectories", "strip",
                               "flow", "field", "exact", "steps", "paths"});
  runs.train("many", R"({"type": "gaussian", "dim": 3})", kNetwork);
  runs.check_pictures("many", {"loss", "samples", "pairs", "density", "trajectories", "strip",
                               "flow", "steps", "paths"});
  runs.train("table",
             R"({"type": "csv", "path": ")" PUSHFORWARD_SOURCE_DIR R"(/data/penguins.csv"})",
             kNetwork);
  runs.check_pictures("table", {"loss", "samples", "pairs", "conditional", "density"});
  runs.train("coupled", R"({"type": "moons"})", kNetwork, "coupling.type=ot");
  runs.check_pictures("coupled", {"loss", "samples", "density", "likelihood", "trajectories",
                                  "strip", "flow", "field", "steps", "paths", "coupling"});
  runs.train("images", R"({"type": "digits"})", kNetwork, "model.label.type=embedding");
  runs.check_pictures("images", {"loss", "samples", "strip", "classes", "interpolation", "flow"});
}

TEST_CASE("runs on tokens use the same table of pictures") {
  const Runs runs;
  runs.train("words", R"({"type": "words", "path": "list", "longest": 5})", kTokenNetwork);
  runs.check_pictures("words", {"loss", "strip", "flow"});
  runs.train("pairs", R"({"type": "quantize", "of": {"type": "moons"}, "levels": 8, "low": -2,
                          "high": 3})",
             kTokenNetwork);
  runs.check_pictures("pairs", {"loss", "strip", "flow"});
  runs.train("pixels", R"({"type": "quantize", "of": {"type": "digits"}, "levels": 17,
                           "low": -0.5, "high": 16.5})",
             kTokenNetwork, "model.label.type=embedding sampler.steps=8");
  runs.check_pictures("pixels", {"loss", "samples", "strip", "classes", "flow"});
}

TEST_CASE("pictures that a run does not have are refused, and nothing is drawn") {
  const Runs runs;
  runs.train("moons", R"({"type": "moons"})", kNetwork);
  runs.train("words", R"({"type": "words", "path": "list", "longest": 5})", kTokenNetwork);
  runs.train("many", R"({"type": "gaussian", "dim": 3})", kNetwork);
  runs.train("always", R"({"type": "moons"})", kNetwork,
             "model.label.type=embedding loss.label_dropout=0");
  runs.train("circles", R"({"type": "moons"})", kNetwork,
             R"('source={"type":"data","of":{"type":"circles","noise":0}}')");
  runs.train("pixels", R"({"type": "quantize", "of": {"type": "digits"}, "levels": 17,
                           "low": -0.5, "high": 16.5})",
             kTokenNetwork, "sampler.steps=8");
  const std::string of_points =
      "loss samples globe map globe_field classes pairs conditional density likelihood trajectories strip flow field exact "
      "steps paths "
      "coupling";
  const auto refuses = [&](const std::string& arguments, const std::string& words) {
    CAPTURE(arguments);
    expect(runs("plot " + arguments + " -n 40 --out drawn"), 2, {words});
    CHECK(runs.read("drawn/samples.png").empty());
    CHECK(runs.read("drawn/loss.png").empty());
  };
  refuses("moons --only samples,densty",
          "[plot] there is no picture \"densty\"; did you mean \"density\"? pictures of points: " +
              of_points);
  refuses("moons --only xyzzy",
          "[plot] there is no picture \"xyzzy\"; pictures of points: " + of_points);
  refuses("words --only loss,field",
          "[plot] \"field\" is a picture of points, and words is a run of text; "
          "pictures of text: loss strip flow");
  refuses("moons --only interpolation", "\"interpolation\" is a picture of images, and moons is");
  refuses("words --only samples", "\"samples\" is a picture of points and images, and words is");
  refuses("moons --only samples,classes",
          "[plot] there is no picture \"classes\" of moons: its samples have no classes");
  refuses("moons --only exact", "there is no picture \"exact\" of moons: [");
  refuses(
      "many --only loss,field",
      "there is no picture \"field\" of many: it is drawn only in 1 or 2 dimensions, but the data "
      "has 3");
  refuses("many --only likelihood", "drawn only in 1 or 2 dimensions, but the data has 3");
  for (const char* name : {"field", "likelihood", "exact"})
    refuses(std::string("always --only ") + name,
            "of always: its network was never trained without labels; give --label");
  refuses("circles --only loss,likelihood",
          "[plot] there is no picture \"likelihood\" of circles: [likelihood] the source has no "
          "density in closed form");
  refuses("moons --only coupling", "its coupling is independent, so there is nothing to compare");
  refuses("pixels --only interpolation", "its tokens jump from noise to data");
  refuses("moons --only loss,,field", "\"loss,,field\" has an empty name");
  CHECK(runs("plot always -n 40 --out drawn --only field --label 1").code == 0);
}

TEST_CASE("options of the solver make the samples of the pictures, and the note says so") {
  const Runs runs;
  runs.train("moons", R"({"type": "moons"})", kNetwork);
  const auto notes = [&](const std::string& options) {
    const Outcome outcome = runs("plot moons -n 40 --only samples --marks --out marks " + options);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    const std::string json = runs.read("marks/samples.json");
    CHECK(json.find("\"type\":\"dots\"") != std::string::npos);
    const std::size_t begin = json.find("\"notes\"");
    return json.substr(begin, json.find(']', begin) - begin);
  };
  CHECK_THAT(notes(""), Contains("moons  \u00b7  n = 40  \u00b7  rk4, 4 steps  "
                                 "\u00b7  EMA weights"));
  CHECK_THAT(notes("--solver euler --steps 4 --raw"),
             Contains("euler, 4 steps  \u00b7  raw weights"));
  CHECK_THAT(notes("--solver dopri5 --rtol 1e-2 --atol 1e-2"),
             Contains("dopri5, rtol 0.01, atol 0.01, ") && Contains(" evaluations each"));
  const std::string first = runs.read("marks/samples.png");
  notes("--solver euler --steps 1");
  CHECK(runs.read("marks/samples.png") != first);
  expect(runs("plot moons --solver eular"), 2, {"there is no solver \"eular\"; did you mean"});
  expect(runs("plot moons --solver euler --rtol 1e-3"), 2, {"euler has none"});
}

TEST_CASE("two runs stand side by side, and a table is drawn without a run") {
  const Runs runs;
  runs.train("one", R"({"type": "moons"})", kNetwork);
  runs.train("two", R"({"type": "8gaussians"})", kNetwork);
  runs.train("many", R"({"type": "gaussian", "dim": 3})", kNetwork);
  runs.train("words", R"({"type": "words", "path": "list", "longest": 5})", kTokenNetwork);
  expect(runs("plot one two -n 40 --marks --out both"), 0,
         {"both/compare_samples.png", "both/compare_density.svg"});
  const std::string json = runs.read("both/compare_samples.json");
  CHECK_THAT(json, Contains("\"title\":\"one and two: samples\""));
  CHECK_THAT(json, Contains("one  (n = 40)") && Contains("two  (n = 40)"));
  CHECK_THAT(json, Contains("two  \u00b7  n = 40  \u00b7  rk4, 4 steps"));
  expect(runs("plot one many -n 40"), 2,
         {"[plot] one has 2 columns and many has 3; compare runs whose data have the same "
          "dimension"});
  expect(runs("plot one words -n 40"), 2, {"words is a run of tokens, which have no common axes"});
  expect(runs("plot one two --only density"), 2,
         {"--only names pictures of one run, and two runs side by side has its own"});

  runs.write("table.csv", "minutes,share\n10,0.1\n20,0.4\n35,0.2\n50,0.3\n");
  expect(runs("plot table.csv --marks --out table"), 0, {"table/samples.png", "table/density.svg"});
  CHECK_THAT(runs.read("table/samples.json"), Contains("\"x_label\":\"minutes\"") &&
                                                  Contains("table.csv  \u00b7  n = 4, 2 columns"));
  expect(runs("sample one -n 40 --out points.npy"), 0, {});
  expect(runs("plot points.npy --out table"), 0, {"table/samples.png"});
  expect(runs("plot table.csv --steps 4"), 2,
         {"[plot] table.csv is a table, and --steps is for runs; leave it out"});
  expect(runs("plot table.csv one"), 2, {"table.csv is a table, and only two runs can stand side"});
  runs.write("empty.csv", "a,b\n");
  expect(runs("plot empty.csv"), 4, {});
}

TEST_CASE("samples by more steps come closer to those of small ones, in one picture") {
  const Runs runs;
  runs.train("moons", R"({"type": "moons"})",
             R"("model": {"hidden": [32, 32]}, "train": {"steps": 200, "batch": 64})");
  expect(runs("plot moons -n 200 --only steps --marks --out marks"), 0, {});
  const std::string json = runs.read("marks/steps.json");
  const auto off = [&](const std::string& panel) {
    const std::size_t at = json.find("\"" + panel + ", off by ");
    REQUIRE(at != std::string::npos);
    return std::stod(json.substr(at + panel.size() + 10));
  };
  CHECK(off("4 steps") < off("1 step"));
  CHECK(off("16 steps") < off("4 steps"));
  CHECK_THAT(json, Contains("euler beside dopri5 with rtol and atol 1e-5"));
}

TEST_CASE("an optimal coupling has shorter pairs than an independent one, in the picture too") {
  const Runs runs;
  runs.train("coupled", R"({"type": "moons"})", kNetwork,
             "coupling.type=ot model.label.type=embedding");
  expect(runs("plot coupled --only coupling,paths --label 1 --marks --out marks"), 0, {});
  const std::string json = runs.read("marks/coupling.json");
  const auto length = [&](const std::string& name) {
    const std::size_t at = json.find("\"" + name + ": length ");
    REQUIRE(at != std::string::npos);
    return std::stod(json.substr(at + name.size() + 10));
  };
  CHECK(length("ot") < 0.9 * length("independent"));
  CHECK_THAT(json, Contains("coupling ot  \u00b7  of a batch of 16"));
  CHECK_THAT(runs.read("marks/paths.json"), Contains("conditional, to its data"));
  expect(runs("plot coupled --only coupling --label 7"), 2, {});
}

TEST_CASE("with a label, pictures show the data of this class and say so") {
  const Runs runs;
  runs.train("classes", R"({"type": "moons"})", kNetwork, "model.label.type=embedding");
  const auto json = [&](const std::string& options) {
    expect(runs("plot classes -n 60 --only classes,field --marks --out marks " + options), 0, {});
    return runs.read("marks/classes.json") + runs.read("marks/field.json");
  };
  const std::string all = json(""), one = json("--label 1");
  CHECK_THAT(all, Contains("classes, all classes: learned velocity"));
  CHECK_THAT(all, Contains("no label: all classes"));
  CHECK_THAT(all, Contains("classes drawn by the data's shares"));
  CHECK_THAT(all, Contains("class 0"));
  CHECK_THAT(one, Contains("classes, class 1: learned velocity"));
  CHECK_THAT(one, Contains("\"words\":\"class 1\""));
  CHECK_THAT(one, !Contains("class 0"));
  CHECK_THAT(one, Contains("data  (n = 60)"));
}

TEST_CASE("a flow from a data set is named after it, and never said to start from noise") {
  const Runs runs;
  runs.train("bridge", R"({"type": "moons"})", kNetwork,
             R"('source={"type":"data","of":{"type":"8gaussians"}}')");
  expect(runs("plot bridge -n 40 --only trajectories,strip --marks --out marks"), 0, {});
  const std::string both = runs.read("marks/trajectories.json") + runs.read("marks/strip.json");
  CHECK_THAT(both, Contains("bridge: from 8gaussians to data"));
  CHECK_THAT(both, Contains("bridge: paths from 8gaussians to data"));
  CHECK_THAT(both, !Contains("noise"));
}

TEST_CASE("only the inputs that a picture needs are computed") {
  const Runs runs;
  runs.train("moons", R"({"type": "moons"})", kNetwork);
  runs.remove("moons/model.safetensors");
  expect(runs("plot moons"), 4, {"has no model.safetensors"});
  CHECK(runs.read("moons/plots/loss.png").empty());
  expect(runs("plot moons --only samples,loss"), 4, {"has no model.safetensors"});
  CHECK(runs.read("moons/plots/loss.png").empty());
  expect(runs("plot moons --only loss"), 0, {"moons/plots/loss.png", "moons/plots/loss.svg"});
}

TEST_CASE("list has a line for each picture, and completion offers their names") {
  const Sandbox sandbox;
  expect(sandbox("list pictures"), 0,
         {"pictures   (pushforward plot RUN --only NAME,NAME)\n  loss           every run ",
          "\n  likelihood     points      the density of the flow beside that of the data "
          "(from samples, data, density)\n",
          "\n  interpolation  images      interpolations between samples through their latents"});
  CHECK(
      sandbox("list pictures --names").text ==
      "loss\nsamples\nglobe\nmap\nglobe_field\nclasses\npairs\nconditional\ndensity\nlikelihood\ntrajectories\nstrip\n"
      "flow\nfield\nexact\n"
      "steps\npaths\ncoupling\ninterpolation\n");
  const std::string pictures = "plot run --only ";
  CHECK(sandbox.completed(pictures + "de") == "density\n");
  CHECK(sandbox.completed(pictures + "density,fl") == "density,flow\n");
  CHECK(sandbox.completed(pictures + "density,s") ==
        "density,samples density,strip density,steps\n");
}
