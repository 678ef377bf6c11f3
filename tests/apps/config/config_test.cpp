// Tests configs: defaults, getters, writing and reading back, the starter config, the reference
// page and completion.
#include "apps/config/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "apps/config/file_memory.h"
#include "apps/config/table.h"
#include "apps/failure.h"
#include "apps/json/document.h"
#include "apps/suggest.h"
#include "flow/distributions/toy.h"
#include "flow/path/noise.h"
#include "flow/path/prediction.h"
#include "flow/solve/diffusion.h"
#include "flow/solve/method.h"
#include "flow/solve/tableau.h"
#include "nn/init.h"
#include "nn/layers/activation.h"
#include "nn/networks/token_options.h"
#include "nn/networks/velocity_options.h"
#include "nn/training/optimizer_options.h"
#include "nn/training/schedule.h"
#include "paths.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;
namespace fs = std::filesystem;

namespace {

Config moons_config(const std::vector<std::string>& overrides = {}) {
  return parse_config(R"({"data": {"type": "moons"}})", "moons.json", overrides);
}

std::string contents(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::string> sorted(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  return words;
}

std::vector<std::string> names(std::span<const Choice> choices) {
  std::vector<std::string> all;
  for (const Choice& choice : choices) all.push_back(choice.name);
  return all;
}

// Returns whether an alternative is invalid with only its defaults, because it has required keys or
// needs another source or path noise (`paired` and `schroedinger_bridge`).
bool needs_more(const Alternative& alternative) {
  for (const ConfigField& row : alternative.fields) {
    if (row.fallback.is_null()) return true;
  }
  return alternative.type == "paired" || alternative.type == "schroedinger_bridge";
}

const ConfigField& stated_field(const char* table, const char* type, const char* key) {
  return *section_table(table, DataKind::continuous).find(type)->find(key);
}

}  // namespace

TEST_CASE("every default has its value and its kind") {
  const Config config = moons_config();
  CHECK(config.integer("/version") == 1);
  CHECK(config.string("/name") == "run");
  CHECK(config.string("/precision") == "float32");
  CHECK(config.number("/data/noise") == 0.05);
  CHECK(config.string("/source/type") == "gaussian");
  CHECK(config.integers("/model/hidden") == std::vector<std::int64_t>{128, 128, 128});
  CHECK(config.integer("/model/time/dim") == 32);
  CHECK_FALSE(config.boolean("/model/layer_norm"));
  CHECK(config.number("/optimizer/weight_decay") == 0.01);
  CHECK(config.integer("/train/steps") == 30000);
  CHECK(config.number("train/clip_norm") == 1.0);
  CHECK(config.boolean("/sampler/ema"));
}

TEST_CASE("sections stay valid after their config is destroyed") {
  const Section time = moons_config().section("/model").section("time");
  CHECK(time.type() == "fourier");
  CHECK(time.has("scale"));
  CHECK_FALSE(time.has("max_period"));
  CHECK(time.number("scale") == 1.0);
  CHECK(time.json().size() == 3);
}

TEST_CASE("getters do not convert, and their errors name a path that does not exist") {
  const Config config = moons_config();
  CHECK_THROWS_WITH(config.number("/train/steps"), Contains("/train/steps is 30000, no number"));
  CHECK_THROWS_WITH(config.integer("/optimizer/lr"),
                    Contains("/optimizer/lr is 0.003, no integer"));
  CHECK_THROWS_WITH(config.section("/train").string("stepz"),
                    "[config] there is no stepz in \"/train\"");
  CHECK_THROWS_WITH(config.number("/name/x"), Contains("there is no /name/x"));
  CHECK_THROWS(config.matrix("/model/hidden"));
  CHECK_THROWS(config.numbers("/model/hidden"));
}

TEST_CASE("arrays and nested data sections are read") {
  const Config config = parse_config(
      R"({"data": {"type": "affine", "scale": [2, 0.5], "shift": 1,
                   "of": {"type": "mixture", "means": [[0, 1], [2, 3], [4, 5.5]], "stds": [1, 2, 3]}},
          "source": {"type": "data", "of": {"type": "csv", "path": "a.csv", "columns": ["x", 3]}}})",
      "c.json");
  const Section data = config.section("data");
  CHECK(data.numbers("scale") == std::vector<double>{2, 0.5});
  CHECK(data.numbers("shift") == std::vector<double>{1});
  CHECK(data.matrix("of/means") == std::vector<std::vector<double>>{{0, 1}, {2, 3}, {4, 5.5}});
  CHECK(data.numbers("of/weights").empty());
  CHECK(config.array("/source/of/columns") == Json::parse(R"(["x", 3])"));
}

TEST_CASE("whole numbers may be written with an exponent or a point") {
  const Config config = moons_config(
      {"train.steps=2e4", "train.batch=64.0", "seed=9007199254740992", "optimizer.lr=1"});
  CHECK(config.integer("/train/steps") == 20000);
  CHECK(config.integer("/train/batch") == 64);
  CHECK(config.integer("/seed") == 9007199254740992);
  CHECK(config.number("/optimizer/lr") == 1.0);
}

TEST_CASE("reading a dumped config gives the same config and hash") {
  for (const auto& entry :
       fs::recursive_directory_iterator(PUSHFORWARD_SOURCE_DIR "/data/configs")) {
    if (entry.is_directory()) continue;
    CAPTURE(entry.path());
    const Config config = load_config(entry.path().string());
    const Config again = parse_config(config.dump(), "config.json");
    CHECK(again == config);
    CHECK(again.dump() == config.dump());
    CHECK(again.hash() == config.hash());
    CHECK(config.string("/name") == entry.path().stem().string());
    CHECK(config.warnings().empty());
    // Any JSON reader accepts the config's file, and an editor finds its schema.
    const Json plain = Json::parse(contents(entry.path()));
    CHECK(fs::equivalent(entry.path().parent_path() / plain.at("$schema").get<std::string>(),
                         PUSHFORWARD_SOURCE_DIR "/data/config.schema.json"));
  }
}

TEST_CASE("a dump has every key of every section, and the hash depends on the dump") {
  const Json json = Json::parse(moons_config().dump());
  for (const ConfigField& top :
       config_tables(DataKind::continuous).front().alternatives.front().fields)
    CHECK(json.contains(top.key));
  CHECK(moons_config().hash() == moons_config({"seed=0", "optimizer.type=adamw"}).hash());
  CHECK(moons_config().hash() != moons_config({"seed=1"}).hash());
  CHECK(moons_config().dump().find("\"lr\": 0.003,") != std::string::npos);
}

TEST_CASE("runs that were trained before a key existed keep what they were trained with") {
  const auto read = [](const char* model, bool earlier_run) {
    return parse_config(std::string(R"({"data": {"type": "moons"}, "model": )") + model + "}",
                        "config.json", {}, {.earlier_run = earlier_run});
  };
  CHECK(read("{}", true).string("/model/input/type") == "none");
  CHECK(read("{}", false).string("/model/input/type") == "auto");
  const char* fourier = R"({"input": {"type": "fourier", "dim": 64, "scale": 0.3}})";
  CHECK(read(fourier, true).integer("/model/input/octaves") == 0);
  CHECK(read(fourier, true).integer("/model/input/blur") == 0);
  CHECK(read(fourier, false).number("/model/input/octaves") == 4);
  CHECK(read(fourier, false).string("/model/input/blur") == "auto");
  CHECK(read(R"({"type": "res_mlp"})", true).string("/model/input/type") == "none");
}

TEST_CASE("the starter config has the defaults for moons") {
  const Config config = parse_config(starter_config(), "init");
  CHECK(config == moons_config());
}

TEST_CASE("the schema in data is the one that the table of fields gives") {
  CHECK(contents(PUSHFORWARD_SOURCE_DIR "/data/config.schema.json") ==
        config_schema().dump(2) + "\n");
}

TEST_CASE("a config without a name is called after its file") {
  const TestFolder own;
  const fs::path folder = own.path();
  for (const auto& [file, name] :
       std::vector<std::pair<std::string, std::string>>{{"my.json", "my"},
                                                        {"two words.json", "two_words"},
                                                        {".-x.y.json", "x.y"},
                                                        {"\xC3\xA4.json", "run"},
                                                        {"noending", "noending"}}) {
    CAPTURE(file);
    std::ofstream(folder / file) << R"({"data": {"type": "moons"}})";
    CHECK(load_config((folder / file).string()).string("/name") == name);
    CHECK(load_config((folder / file).string(), {"name=given"}).string("/name") == "given");
  }
}

TEST_CASE("the reference page in docs is the one that the table of fields gives") {
  CHECK(contents(PUSHFORWARD_SOURCE_DIR "/docs/config.md") == config_reference_markdown());
}

TEST_CASE("every default of the table is valid, and every row has a description") {
  for (const SectionTable& table : config_tables()) {
    CAPTURE(table.name);
    CHECK_FALSE(table.doc.empty());
    REQUIRE_FALSE(table.alternatives.empty());
    if (!table.fallback.empty()) CHECK(table.find(table.fallback) != nullptr);
    for (const Alternative& alternative : table.alternatives) {
      CAPTURE(alternative.type);
      CHECK(alternative.type.empty() == !table.typed());
      for (const ConfigField& row : alternative.fields) {
        CAPTURE(row.key);
        CHECK_FALSE(row.doc.empty());
        CHECK(row.key != "type");
        if (row.kind == FieldKind::section) CHECK_NOTHROW(section_table(row.section));
        if (row.kind == FieldKind::choice) CHECK_FALSE(row.choices.empty());
        CHECK(row.range.low <= row.range.high);
      }
      if (table.name == "config" || table.name == "data") continue;
      // The alternative with only its defaults must be valid in a config with only defaults.
      for (const ConfigField& top : config_tables().front().alternatives.front().fields) {
        if (top.section != table.name || !table.typed() || needs_more(alternative)) continue;
        std::vector<std::string> changes{top.key + ".type=" + alternative.type};
        if (alternative.type == "wrapped")
          changes.push_back(R"(data={"type":"wrapped_mixture","means":[[0]]})");
        if (alternative.type == "jumps") changes.push_back("loss.type=lagrangian");
        const bool bridge =
            alternative.type == "score_and_flow" || alternative.type == "bridge_sde";
        if (bridge) changes.push_back("path.noise.type=brownian");
        if (alternative.type == "bridge_sde") changes.push_back("loss.type=score_and_flow");
        if (alternative.kinds == DataKind::tokens) changes.push_back("data.type=words");
        if (alternative.type == "metric") changes.push_back("source.type=uniform_tokens");
        CHECK_NOTHROW(moons_config(changes));
      }
    }
  }
}

TEST_CASE("the names in the table are those of the engine") {
  CHECK(stated_field("model", "mlp", "activation").choices == names(activations()));
  CHECK(stated_field("model", "mlp", "init").choices == names(init_schemes()));
  CHECK(stated_field("model", "mlp", "condition").choices == names(conditions()));
  CHECK(section_table("model", DataKind::continuous).types() == names(networks()));
  CHECK(section_table("time_features").types() == names(time_features()));
  CHECK(section_table("optimizer").types() == names(optimizers()));
  CHECK(section_table("schedule").types() == names(schedules()));
  // The solvers are all Runge-Kutta tableaux, then the methods with their own drivers.
  std::vector<std::string> solvers;
  for (const Tableau* tableau : kTableaux) solvers.push_back(tableau->name);
  for (const char* method :
       {"dpm_solver", "edm_heun", "euler_maruyama", "stochastic_heun", "jumps", "bridge_sde"})
    solvers.push_back(method);
  CHECK(section_table("sampler", DataKind::continuous).types() == solvers);
  for (const Tableau* tableau : kTableaux) {
    const Alternative& row = *section_table("sampler").find(tableau->name);
    CHECK((row.find("rtol") != nullptr) == tableau->adaptive());
  }
  for (SamplingMethod method : kMethods) {
    const Alternative* row = section_table("sampler").find(name_of(method));
    REQUIRE((row != nullptr) == (method != SamplingMethod::ode));
    const bool sde =
        method == SamplingMethod::euler_maruyama || method == SamplingMethod::stochastic_heun;
    if (row) CHECK((row->find("diffusion") != nullptr) == sde);
  }
  std::vector<std::string> noises, predictions, weights{"none"}, diffusions;
  for (const PathNoise& noise : path_noises()) noises.push_back(noise.name);
  for (Prediction prediction : kPredictions) predictions.push_back(name_of(prediction));
  weights.insert(weights.end(), predictions.begin(), predictions.end());
  for (DiffusionShape shape : kDiffusionShapes) diffusions.push_back(name_of(shape));
  CHECK(section_table("path_noise").types() == noises);
  CHECK(stated_field("config", "", "prediction").choices == predictions);
  CHECK(stated_field("loss", "mse", "weight").choices == weights);
  const Alternative& transformer = *section_table("model").find("transformer");
  CHECK(transformer.find("positions")->choices == names(position_kinds()));
  CHECK(transformer.find("activation")->choices == names(activations()));
  CHECK(transformer.find("init")->choices == names(init_schemes()));
  CHECK(sorted(section_table("diffusion").types()) == sorted(diffusions));
  for (const ToyInfo& toy : toys()) CHECK(section_table("data").find(toy.name) != nullptr);
}

TEST_CASE("completion offers keys, types and choices") {
  const auto has = [](const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  CHECK(completion_words("optimizer.w") == std::vector<std::string>{"optimizer.weight_decay="});
  CHECK(completion_words("optimizer.type=a") ==
        std::vector<std::string>{"optimizer.type=adam", "optimizer.type=adamw"});
  CHECK(completion_words("model.layer_norm=") ==
        std::vector<std::string>{"model.layer_norm=true", "model.layer_norm=false"});
  CHECK(completion_words("~ema.") == std::vector<std::string>{"~ema.decay", "~ema.warmup"});
  CHECK(has(completion_words("data."), "data.of.noise="));
  CHECK(has(completion_words(""), "seed="));
  CHECK(completion_words("nothing").empty());
}

TEST_CASE("edit distances are right, and suggestions are the nearest words") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("widht", "width") == 1);  // a swap is one edit
  CHECK(edit_distance("ca", "abc") == 3);       // restricted form: no edit inside a swapped pair
  CHECK(nearest("widht", {"hidden", "width"}) == "width");
  CHECK(nearest("lr", {"decay", "lt"}) == "lt");
  CHECK(nearest("learning_rate", {"lr"}).empty());
  CHECK(nearest(std::string(1000, 'x'), {"x"}).empty());
}

TEST_CASE("a missing file, a folder and a file that is too large are refused") {
  const TestFolder own;
  const fs::path folder = own.path();
  std::ofstream(folder / "moons.json") << R"({"data": {"type": "moons"}})";
  const auto failure = [&](const fs::path& path) {
    try {
      load_config(path.string());
    } catch (const Failure& f) {
      return std::to_string(static_cast<int>(f.code)) + " " + f.what();
    }
    return std::string("none");
  };
  CHECK(failure(folder / "moons.json") == "none");
  const std::string at = folder.string();
  CHECK(
      failure(folder / "mons.json") ==
      "4 " + at +
          "/mons.json: error: cannot read the config: No such file or directory\n   did you mean " +
          at + "/moons.json?");
  CHECK_THAT(failure(folder), Contains("cannot read the config: it is a folder"));
  std::ofstream(folder / "large.json") << std::string(max_json_bytes + 100, ' ');
  CHECK_THAT(failure(folder / "large.json"),
             Contains("2 ") && Contains("at most 16777216 are allowed"));
}

TEST_CASE("what a run remembers of its files is no part of the config's text") {
  const Config config = parse_config(
      R"({"data": {"type": "quantize", "of": {"type": "csv", "path": "t.csv", "types":
      {"read": "category"}}}})",
      "c.json");
  const std::string place = std::string("/data/of/") + kFileMemory;
  const Config located = config.with_text("/data/of/path", "far/t.csv").with_text(place, "{}");
  CHECK(located.string(place) == "{}");
  CHECK(located.hash() == config.hash());
  // A column of that name stays where it is.
  const Config again = parse_config(located.dump(), "c.json");
  CHECK(again == config.with_text("/data/of/path", "far/t.csv"));
  CHECK(again.string("/data/of/types/read") == "category");
  CHECK_FALSE(again.has(place));
}
