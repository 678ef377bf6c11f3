// Tests `pushforward report` as a user runs it: the file of each kind of run, its messages, its size,
// hostile names, and the files that it does not replace.
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/json/json.h"
#include "apps/page/message.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using pushforward::app::Json;

namespace {

constexpr const char* kFlowNetwork =
    R"("model": {"hidden": [8]}, "train": {"steps": 8, "batch": 16, "log_every": 2},
       "sampler": {"type": "rk4", "steps": 4}, "eval": {"n": 40})";

std::string bytes_of(const std::string& text) {
  static const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    held = held << 6 | static_cast<unsigned>(digits.find(c));
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(held >> (bits -= 8) & 255);
  }
  return bytes;
}

std::vector<float> floats_of(const std::string& text) {
  const std::string bytes = bytes_of(text);
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

// A message of a report: its head, and its arrays by name.
struct RecordedMessage {
  Json head;
  std::vector<float> numbers;

  std::vector<std::size_t> shape(const std::string& name) const {
    for (const Json& array : head.at("arrays"))
      if (array.at("name").text() == name) return array.at("shape").get<std::vector<std::size_t>>();
    return {};
  }
  std::vector<float> array(const std::string& name) const {
    for (const Json& array : head.at("arrays")) {
      if (array.at("name").text() != name) continue;
      std::size_t count = 1;
      for (const std::size_t n : shape(name)) count *= n;
      const auto at = array.at("at").get<std::ptrdiff_t>();
      return {numbers.begin() + at, numbers.begin() + at + std::ptrdiff_t(count)};
    }
    return {};
  }
};

// The messages of a report by their types. Checks that the file is whole and that each array has its
// place in the numbers.
std::map<std::string, std::vector<RecordedMessage>> messages_of(const std::string& html) {
  const bool whole = html.starts_with("<!doctype html>\n<!-- pushforward report -->\n") &&
                     html.ends_with("</html>\n");
  REQUIRE(whole);
  CHECK(html.size() < 3'000'000);
  // The page loads nothing from outside of the file. Names of XML namespaces look like addresses, but
  // are never loaded, so they are removed first.
  std::string page = html.substr(0, html.find("<script id=\"recording\"")) +
                     html.substr(html.find("<script type=\"module\""));
  for (std::size_t at; (at = page.find("http://www.w3.org/")) != std::string::npos;)
    page.erase(at, 18);
  for (const char* outside : {" src=", "http:", "https:", "@import", "url("}) {
    INFO(outside);
    const bool found = page.find(outside) != std::string::npos;
    CHECK_FALSE(found);
  }
  const std::string begin = "<script id=\"recording\" type=\"application/json\">";
  const std::size_t from = html.find(begin) + begin.size();
  const Json recording = Json::parse(html.substr(from, html.find("</script>", from) - from));
  CHECK(recording.at("protocol").get<int>() == app::kPageProtocol);
  std::map<std::string, std::vector<RecordedMessage>> all;
  for (const Json& message : recording.at("messages")) {
    RecordedMessage one{message.at("head"), floats_of(message.at("numbers").text())};
    std::size_t end = 0;
    for (const Json& array : one.head.at("arrays")) {
      CHECK(array.at("at").get<std::size_t>() == end);
      std::size_t count = 1;
      for (const std::size_t n : array.at("shape").get<std::vector<std::size_t>>()) count *= n;
      end += count;
    }
    CHECK(end == one.numbers.size());
    all[one.head.at("type").text()].push_back(one);
  }
  return all;
}

struct ReportSandbox : Sandbox {
  void train(const std::string& name, const std::string& data, const std::string& rest,
             const std::string& overrides = "") const {
    write(name + ".json", "{\"name\": \"" + name + "\", \"data\": " + data + ", " + rest + "}");
    const Outcome outcome = (*this)("train " + name + ".json -q --out " + name + " " + overrides);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
};

bool lists(const Json& list, const char* key, const std::string& word) {
  for (const Json& entry : list)
    if (entry.at(key).text() == word) return true;
  return false;
}

}  // namespace

TEST_CASE("a report of a flow of points has its curves, samples, field, density, pairs and tape") {
  const ReportSandbox run;
  run.train("moons", R"({"type": "8gaussians"})", kFlowNetwork);
  run.ask("eval moons");
  expect(run("report moons -n 50 --seed 3"), 0, {"moons/report.html (", "open it in a browser"});
  auto all = messages_of(run.read("moons/report.html"));

  const RecordedMessage& about = all.at("run").at(0);
  CHECK(about.head.at("name").text() == "moons");
  CHECK(about.head.at("subject").text() == "points");
  CHECK(about.head.at("steps").get<int>() == 8);
  CHECK(about.head.at("absent").empty());
  CHECK(lists(about.head.at("evaluation"), "name", "2-Wasserstein"));
  CHECK(about.head.at("environment").contains("compiler"));
  // The bytes of the weights are those of the run's model file.
  const Json& weights = all.at("weights").at(0).head;
  CHECK(weights.at("step").text() == "8");
  CHECK(weights.at("bytes").get<std::size_t>() == run.read("moons/model.safetensors").size());
  CHECK(bytes_of(weights.at("model").text()) == run.read("moons/model.safetensors"));
  CHECK(all.at("trained").at(0).array("at") == std::vector<float>{2, 4, 6, 8});
  CHECK(all.at("trained").at(0).array("loss").size() == 4);
  CHECK(all.at("flow").at(0).shape("points") == std::vector<std::size_t>{31, 50, 2});
  CHECK(all.at("flow").at(0).array("times").front() == 0);
  CHECK(all.at("flow").at(0).array("times").back() == 1);
  CHECK(all.at("opened").at(0).shape("points").at(1) == 2);
  CHECK(all.at("field").size() == 22);  // learned and exact, at 11 times
  CHECK(all.at("density").size() == 2);
  CHECK(all.at("density").at(0).shape("log_density") == std::vector<std::size_t>{72, 72});
  CHECK(all.at("pairs").at(0).shape("x0") == std::vector<std::size_t>{16, 2});
  // Every line of the tape has its values.
  const Json& lines = all.at("tape").at(0).head.at("tape").at("lines");
  CHECK(lines.size() == all.at("line").size());
  CHECK(all.at("tape").at(0).head.at("step").get<int>() == 8);
  for (const Json& line : lines) {
    if (line.contains("file")) CHECK(line.at("file").text().find('/') < 10);
  }
  CHECK_FALSE(all.at("line").back().array("values").empty());
}

TEST_CASE("the settings of a report that differ from the defaults are marked") {
  const ReportSandbox run;
  run.train("moons", R"({"type": "moons", "noise": 0.1})", kFlowNetwork, "optimizer.lr=0.01");
  expect(run("report moons -n 20"), 0, {});
  const Json settings =
      messages_of(run.read("moons/report.html")).at("run").at(0).head.at("settings");
  std::map<std::string, bool> differs;
  for (const Json& setting : settings) {
    differs[setting.at("path").text()] = setting.at("differs").get<bool>();
    CHECK_FALSE(setting.at("doc").text().empty());
  }
  CHECK(differs.at("/optimizer/lr"));
  CHECK(differs.at("/data/type"));
  CHECK(differs.at("/data/noise"));
  CHECK(differs.at("/sampler/type"));
  CHECK(differs.at("/train/steps"));
  CHECK_FALSE(differs.at("/seed"));
  CHECK_FALSE(differs.at("/path/type"));
  CHECK_FALSE(differs.at("/optimizer/type"));
}

TEST_CASE("the commands of a report reproduce the run and its samples") {
  const ReportSandbox run;
  run.train("moons", R"({"type": "moons"})", kFlowNetwork);
  expect(run("report moons -n 20 --seed 5 --solver euler --steps 3 --out four.html"), 0, {});
  auto all = messages_of(run.read("four.html"));
  std::vector<std::string> commands;
  for (const Json& entry : all.at("run").at(0).head.at("commands")) {
    std::string command = entry.at("command").text();
    commands.push_back(command);
    if (!command.starts_with("pushforward ")) continue;
    CAPTURE(command);
    CHECK(run(command.substr(command.find(' '))).code == 0);
  }
  CHECK(commands.size() == 6);
  // The samples are those at the last time of the flow, and the run has the same weights.
  const app::NdArray samples = app::read_npy(run.path("samples.npy"));
  const std::vector<float> points = all.at("flow").at(0).array("points");
  REQUIRE(samples.values.size() == 40);
  for (std::size_t k = 0; k < 40; ++k)
    CHECK(float(samples.values[k]) == points[points.size() - 40 + k]);
  CHECK(run.read("moons/model.safetensors") == run.read("moons-again/model.safetensors"));
  // The same command writes the same bytes.
  const std::string again = "report moons -n 20 --seed 5 --solver euler --steps 3 --out again.html";
  run.ask(again);
  const std::string before = run.read("again.html");
  run.ask(again);
  const bool same = run.read("again.html") == before;
  CHECK(same);
}

TEST_CASE("a report replaces an earlier report, but no other file") {
  const ReportSandbox run;
  run.train("moons", R"({"type": "moons"})", kFlowNetwork);
  run.write("mine.html", "<html>my page</html>");
  expect(run("report moons -n 20 --out mine.html"), 4,
         {"[report] mine.html exists and is no report of this program, so it is not replaced; "
          "remove it, or choose another name with --out"});
  CHECK(run.read("mine.html") == "<html>my page</html>");
  expect(run("report moons -n 20 --out config.json"), 2,
         {"\"config.json\" is no name of an HTML file; end it in .html"});
  expect(run("report moons -n 20 --out page.html"), 0, {});
  expect(run("report moons -n 30 --out page.html"), 0, {"page.html"});
  CHECK(messages_of(run.read("page.html")).at("flow").at(0).shape("points").at(1) == 30);
  expect(run("report nothing"), 4, {"[run] nothing does not exist"});
  run.write("moons/eval.json", "[1, 2]");
  expect(run("report moons -n 20 --out page.html"), 4,
         {"[report] moons/eval.json holds no JSON object; run `pushforward eval` again, or remove "
          "the file"});
  run.write("moons/eval.json", "{\"rows\": 3}");
  expect(run("report moons -n 20 --out page.html"), 4,
         {"[report] moons/eval.json is no report of `pushforward eval`; run `pushforward eval` "
          "again, or remove the file"});
}

TEST_CASE("numbers of eval from before the last training are marked, and a new run loses them") {
  const ReportSandbox run;
  run.train("moons", R"({"type": "moons"})", kFlowNetwork);
  const auto about = [&] {
    expect(run("report moons -n 20"), 0, {});
    return messages_of(run.read("moons/report.html")).at("run").at(0).head;
  };
  CHECK(about().at("evaluation").is_null());
  run.ask("eval moons");
  CHECK_FALSE(about().at("evaluated_earlier").get<bool>());
  REQUIRE(run.shell("touch -d '+1 minute' moons/model.safetensors").code == 0);
  CHECK(about().at("evaluated_earlier").get<bool>());
  run.ask("train moons.json -q --overwrite --out moons");
  CHECK(run.read("moons/report.html").empty());
  CHECK(about().at("evaluation").is_null());
}

namespace {

constexpr const char* kTokensNetwork =
    R"("model": {"type": "token_mlp", "embed": 4, "hidden": [8]},
       "train": {"steps": 4, "batch": 16, "log_every": 2}, "sampler": {"steps": 8})";

}  // namespace

TEST_CASE("a report shows each kind of run in its own way", "[long]") {
  const ReportSandbox run;
  const auto report = [&](const std::string& name, const std::string& data, const char* network,
                          const std::string& overrides = "") {
    run.train(name, data, network, overrides);
    expect(run("report " + name), 0, {});
    return messages_of(run.read(name + "/report.html"));
  };
  auto line = report("line", R"({"type": "mixture", "means": [[-1], [1]], "stds": [0.3, 0.3]})",
                     kFlowNetwork);
  CHECK(line.at("field").size() == 22);
  CHECK(line.at("field").at(0).shape("velocity") == std::vector<std::size_t>{120, 1});
  CHECK(line.at("density").at(1).shape("log_density") == std::vector<std::size_t>{400});

  auto many = report("many", R"({"type": "gaussian", "dim": 18})", kFlowNetwork);
  CHECK(many.count("field") == 0);
  CHECK(many.count("pairs") == 0);
  CHECK(many.at("flow").at(0).shape("points").at(2) == 18);
  CHECK(many.at("flow").at(0).shape("points").at(1) > 300);

  auto images =
      report("images", R"({"type": "digits"})", kFlowNetwork, "model.label.type=embedding");
  CHECK(images.at("run").at(0).head.at("subject").text() == "images");
  CHECK(images.at("run").at(0).head.at("image").at("width").get<int>() == 8);
  CHECK(images.at("flow").at(0).array("labels").size() == 81);

  auto pixels = report("pixels", R"({"type": "quantize", "of": {"type": "digits"}, "levels": 17,
                                     "low": -0.5, "high": 16.5})",
                       kTokensNetwork);
  CHECK(pixels.at("run").at(0).head.at("image").at("masks").get<bool>());
  CHECK(pixels.at("flow").at(0).head.at("jumps").get<bool>());
  CHECK(std::isnan(pixels.at("flow").at(0).array("points").front()));
  CHECK_FALSE(std::isnan(pixels.at("flow").at(0).array("points").back()));

  run.write("list", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
  auto words =
      report("words", R"({"type": "words", "path": "list", "longest": 5})", kTokensNetwork);
  CHECK(words.count("flow") == 0);
  const RecordedMessage& sequences = words.at("tokens").at(0);
  const auto vocabulary = sequences.head.at("vocabulary").get<int>();
  CHECK(sequences.head.at("glyphs").size() == std::size_t(vocabulary));
  CHECK(sequences.array("states").front() == float(vocabulary));  // a mask
  CHECK(sequences.array("states").back() < float(vocabulary));
  CHECK(sequences.shape("data").at(1) == 5);

  auto pairs = report("pairs", R"({"type": "quantize", "of": {"type": "moons"}, "levels": 8,
                                   "low": -2, "high": 3})",
                      kTokensNetwork);
  CHECK(pairs.at("run").at(0).head.at("subject").text() == "pairs");
  CHECK(pairs.at("tokens").at(0).shape("states").at(2) == 2);

  // Noise that is much wider than the data is shown in units of the spread at each time.
  auto wide = report("wide", R"({"type": "moons"})",
                     R"("model": {"hidden": [8]}, "path": {"type": "ve"}, "prediction": "data",
                        "sampler": {"type": "euler", "steps": 32}, "train": {"steps": 8, "batch": 16, "log_every": 2})");
  CHECK(wide.at("flow").at(0).head.at("by_spread").get<bool>());
  for (const Json& limit : wide.at("run").at(0).head.at("limits"))
    CHECK(std::abs(limit.get<double>()) < 8);
}

TEST_CASE("a report shows the loss of held-out rows where the run has it") {
  const ReportSandbox run;
  run.train("moons", R"({"type": "moons"})", kFlowNetwork);
  expect(run("report moons -n 20"), 0, {});
  CHECK(messages_of(run.read("moons/report.html")).at("trained").at(0).array("held_out").empty());
  run.write("rows.csv", "a,b\n1,2\n3,4\n5,1\n2,2\n4,5\n6,3\n2,7\n1,5\n");
  run.train("rows", R"({"type": "standardize", "of": {"type": "csv", "path": "rows.csv"}})",
            kFlowNetwork, "train.holdout=0.25 train.valid_every=4");
  expect(run("report rows -n 20"), 0, {});
  const auto all = messages_of(run.read("rows/report.html"));
  CHECK(all.at("trained").at(0).array("held_out_at") == std::vector<float>{4, 8});
  CHECK(all.at("trained").at(0).array("held_out").size() == 2);
}

TEST_CASE("a report says what a run lacks and why") {
  const ReportSandbox run;
  run.write("rows.csv", "a,b\n1,2\n3,4\n5,1\n2,2\n4,5\n");
  run.train("table", R"({"type": "standardize", "of": {"type": "csv", "path": "rows.csv"}})",
            kFlowNetwork);
  run.remove("rows.csv");
  expect(run("report table -n 20"), 0, {});
  auto all = messages_of(run.read("table/report.html"));
  const Json& absent = all.at("run").at(0).head.at("absent");
  REQUIRE(absent.size() == 1);
  CHECK(absent.at(std::size_t{0}).at("panel").text() == "data");
  CHECK_THAT(absent.at(std::size_t{0}).at("why").text(), Contains("rows.csv is missing"));
  CHECK(all.at("tape").at(0).head.at("random_rows").get<bool>());
  CHECK(all.at("opened").at(0).shape("points").empty());

  run.train("always", R"({"type": "moons"})", kFlowNetwork,
            "model.label.type=embedding loss.label_dropout=0");
  expect(run("report always -n 20"), 0, {});
  auto classes = messages_of(run.read("always/report.html"));
  CHECK(lists(classes.at("run").at(0).head.at("absent"), "why",
              "its network was never trained without labels; give --label"));
  CHECK(classes.count("field") == 0);
  expect(run("report always -n 20 --label 1"), 0, {});
  CHECK(messages_of(run.read("always/report.html")).at("field").size() == 11);

  // Weights that the live page cannot train on from stay out.
  const auto why_no_weights = [&](const std::string& name) {
    expect(run("report " + name + " -n 20"), 0, {});
    auto messages = messages_of(run.read(name + "/report.html"));
    CHECK(messages.count("weights") == 0);
    for (const Json& entry : messages.at("run").at(0).head.at("absent"))
      if (entry.at("panel").text() == "weights") return entry.at("why").text();
    return std::string();
  };
  run.train("double", R"({"type": "moons"})", kFlowNetwork, "precision=float64");
  CHECK(why_no_weights("double") == "the live page computes in float32, and /precision is float64");
  run.train("large", R"({"type": "moons"})", kFlowNetwork, "model.hidden=[400,400] train.steps=1");
  CHECK_THAT(why_no_weights("large"),
             Contains("model.safetensors has ") && Contains("holds at most 600.0 kB of weights"));

  run.train("unlogged", R"({"type": "moons"})",
            R"("model": {"hidden": [8]}, "train": {"steps": 2, "batch": 16, "log_every": 100})");
  run.remove("unlogged/metrics.jsonl");
  run.remove("unlogged/env.json");
  expect(run("report unlogged -n 20"), 0, {});
  auto unlogged = messages_of(run.read("unlogged/report.html"));
  CHECK(lists(unlogged.at("run").at(0).head.at("absent"), "panel", "curves"));
  CHECK(unlogged.at("run").at(0).head.at("environment").is_null());
}
