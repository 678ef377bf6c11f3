// Tests which configs and overrides are refused and with which messages, and that no input crashes.
#include <map>
#include <random>

#include "apps/config/config.h"
#include "apps/config/table.h"
#include "apps/failure.h"
#include "tests/flow/distributions/toy_names.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns all messages of a config. It must be refused with the exit code for usage.
std::string errors(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    parse_config(text, "c.json", overrides);
  } catch (const Failure& failure) {
    REQUIRE(failure.code == Exit::usage);
    return failure.what();
  }
  return "no error";
}

// Returns the messages of a config that is valid except possibly in this section.
std::string section_errors(const std::string& section) {
  return errors("{\"data\": {\"type\": \"moons\"},\n" + section + "}");
}

const std::string moons_text = R"({"data": {"type": "moons"}})";

}  // namespace

TEST_CASE("a config that is not UTF-8 is refused at its place, with and without overrides") {
  const std::string utf16 =
      "c.json:1:1: error: the file is UTF-16 text\n   convert it: iconv -f utf-16 -t utf-8";
  CHECK(errors("\xFE\xFF\"") == utf16);
  CHECK(errors(std::string("\xFF\xFE{\0}\0", 6), {"seed=1"}) == utf16);
  CHECK_THAT(errors("{\"a\": \"\xE9\"}"), Contains("c.json:1:8: error: a byte that is not UTF-8"));
}

TEST_CASE("the error for a number beyond 1e12 names the limit") {
  const auto error = [](const char* override) { return errors(moons_text, {override}); };
  CHECK_THAT(error(R"(coupling={"type": "ot", "label_weight": 1e13})"),
             Contains("/coupling/label_weight is 1e13, but must be at least 0, at most 1e12"));
  CHECK_THAT(error(R"(data={"type": "affine", "scale": -2e12, "of": {"type": "moons"}})"),
             Contains("/data/scale is -2e12, but must be nonzero, at least -1e12"));
  CHECK_THAT(error(R"(data={"type": "affine", "scale": 0, "of": {"type": "moons"}})"),
             Contains("/data/scale is 0, but must be nonzero\n"));
  CHECK_THAT(error("source.std=1e15"), Contains("but must be above 0, at most 1e12"));
  CHECK_THAT(error("source.std=-1"), Contains("but must be above 0\n"));
}

TEST_CASE("all errors of a file are reported at once, in the order of the file") {
  CHECK(
      errors(R"({
  "version": 2,
  "sed": 1,
  "data": {"type": "mons"},
  "model": {"widht": 3, "activation": "relo", "dropout": 1, "lr": 0.1},
  "train": {"steps": 3.7, "batch": 5e9},
  "optimizer": {"type": "sgd", "lr": "1e-3", "lr": 1, "beta1": 0.9}
})") ==
      R"(c.json:2:14: error: /version is 2, but must be 1
   version of the config format: integer, 1, default 1
c.json:3:3: error: unknown key "sed" in the config
   did you mean "seed"? keys here: version name seed from precision data source path coupling model prediction sigma_data loss optimizer schedule ema train sampler eval output
c.json:4:20: error: /data/type "mons" is not known
   did you mean "moons"? types here: )" +
          toy_names() +
          R"( mixture digits geyser csv npy pairs standardize dequantize affine vmf_mixture wrapped_mixture manifold words text quantize tokens
c.json:5:13: error: unknown key "widht" in /model (type "mlp")
   `widht` might be "width" of type res_mlp; keys here: type hidden activation input time label condition dropout layer_norm init zero_last
c.json:5:39: error: /model/activation is "relo", which is not known
   did you mean "relu"? choices here: silu gelu relu tanh softplus sigmoid selu
c.json:5:58: error: /model/dropout is 1, but must be at least 0, below 1
   probability of dropping an element after each activation; in a transformer, of the outputs of attention and MLP: number, at least 0, below 1, default 0
c.json:5:61: error: unknown key "lr" in /model (type "mlp")
   `lr` belongs in /optimizer; keys here: type hidden activation input time label condition dropout layer_norm init zero_last
c.json:6:22: error: /train/steps must be an integer, not 3.7
   optimizer steps: integer, from 1 to 1000000000, default 30000
c.json:6:36: error: /train/batch is 5e9, but must be from 1 to 1000000
   samples per step: integer, from 1 to 1000000, default 256
c.json:7:38: error: /optimizer/lr must be a number, not "1e-3"
   learning rate: number, from 0 to 1000, default 0.01
c.json:7:46: error: duplicate key "lr"
   the key is already at 7:32; keep one of the two
c.json:7:55: error: unknown key "beta1" in /optimizer (type "sgd")
   `beta1` belongs in /optimizer (type adam, adamw); keys here: type lr momentum nesterov weight_decay)");
}

TEST_CASE("a config with one fault gets exactly one error") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("seed": -1)", "2:9: error: /seed is -1, but must be from 0 to 9007199254740992"},
      {R"("seed": 9007199254740993)", "2:9: error: /seed is 9007199254740993, but must be from 0"},
      {R"("seed": 99999999999999999999999)",
       "2:9: error: /seed is 99999999999999999999999, but must be"},
      {R"("seed": true)", "/seed must be an integer, not true"},
      {R"("seed": null)", "/seed must be an integer, not null"},
      {R"("name": "")", "/name must not be an empty string"},
      {R"("name": "a/b")", "/name is \"a/b\", but a name may have"},
      {R"("name": "..")", "/name is \"..\", but a name may have"},
      {R"("name": "a\u0000b")", "/name must not hold a zero character"},
      {R"("precision": "float16")", "/precision is \"float16\", which is not known"},
      {R"("precision": "flaot64")", "did you mean \"float64\"? choices here: float32 float64"},
      {R"("model": "mlp")",
       "/model must be an object { ... }, not \"mlp\"\n   write {\"type\": \"mlp\"}; types here"},
      {R"("train": [])",
       "/train must be an object { ... }, not an array\n   keys here: steps batch"},
      {R"("model": {"type": 3})",
       "/model/type must be a string, not 3\n   types here: mlp res_mlp"},
      {R"("model": {"hidden": []})", "/model/hidden has 0 entries, but needs at least 1"},
      {R"("model": {"hidden": [64, 3.5]})",
       "2:26: error: /model/hidden/1 must be an integer, not 3.5"},
      {R"("model": {"hidden": 64})", "/model/hidden must be an array, not 64"},
      {R"("model": {"hidden": [[64]]})", "/model/hidden/0 must be an integer, not an array"},
      {R"("model": {"time": {"type": "fourier", "dim": 33}})",
       "/model/time/dim is 33, but must be from 2 to 65536, a multiple of 2"},
      {R"("model": {"time": {"type": "raw", "dim": 32}})",
       "unknown key \"dim\" in /model/time (type \"raw\")\n   `dim` belongs in "},
      {R"("train": {"batch": 0})", "/train/batch is 0, but must be from 1 to 1000000"},
      {R"("train": {"optimizer": {}})", "`optimizer` belongs at the top level; keys here"},
      {R"("train": {"rtol": 1})",
       "`rtol` belongs in /sampler (type bosh3, dopri5, tsit5); keys here"},
      {R"("optimizer": {"type": "sgd", "nesterov": true})",
       "2:42: error: /optimizer/nesterov: "
       "Nesterov's look-ahead needs momentum\n   set `momentum` above 0, say 0.9"},
      {R"("schedule": {"warmup": 100}, "train": {"steps": 100})",
       "2:24: error: /schedule/warmup: "
       "the warm-up must be shorter than the training\n   lower it, or raise /train/steps"},
      {R"("source": {"type": "uniform", "low": 1})", "/source/high: it is not above `low`"},
      {R"("source": {"type": "data"})",
       "/source/of is missing\n   the data set, such as {\"type\":"},
      {R"("path": {"sigma": 1})",
       "unknown key \"sigma\" in /path (type \"cond_ot\")\n   did you mean \"sigma_min\"?"},
      {R"("optim": {"lr": 1})",
       "unknown key \"optim\" in the config\n   did you mean \"optimizer\"?"},
  };
  for (const auto& [section, message] : cases) {
    CAPTURE(section);
    const std::string got = section_errors(section);
    CHECK_THAT(got, Contains(message));
    CHECK(got.find("error", got.find("error") + 5) == std::string::npos);
  }
}

TEST_CASE("errors of the data section name the place, the reason and the cure") {
  const auto data = [](const std::string& text) { return errors("{\"data\": " + text + "}"); };
  CHECK(errors("{}") ==
        "c.json:1:1: error: /data is missing\n   what to learn, such as {\"type\": \"moons\"}; "
        "types: " +
            toy_names() +
            " mixture digits geyser csv npy pairs standardize "
            "dequantize affine vmf_mixture wrapped_mixture manifold words text quantize tokens");
  CHECK_THAT(data("{}"), Contains("/data/type is missing\n   types here: moons"));
  CHECK_THAT(data("\"mons\""), Contains("write {\"type\": \"moons\"}"));
  CHECK_THAT(data(R"({"type": "moons", "noise": 0.1, "scale": 2})"),
             Contains("unknown key \"scale\" in /data (type \"moons\")"));
  CHECK_THAT(data(R"({"type": "csv"})"),
             Contains("/data/path is missing\n   path of the file, absolute"));
  CHECK_THAT(data(R"({"type": "digits", "classes": [1, 10]})"),
             Contains("/data/classes/1 is 10, but must be from 0 to 9"));
  CHECK_THAT(data(R"({"type": "digits", "classes": [1, 2, 1]})"),
             Contains("/data/classes/2 repeats 1"));
  CHECK_THAT(data(R"({"type": "csv", "path": "x", "columns": [1.5]})"),
             Contains("/data/columns/0 must be an integer, not 1.5"));
  CHECK_THAT(data(R"({"type": "mixture", "means": [[1, 2], [3]]})"),
             Contains("/data/means: its rows have different lengths"));
  CHECK_THAT(data(R"({"type": "mixture", "means": [[1], [3]], "stds": [1]})"),
             Contains("/data/stds: it and `means` have different lengths"));
  CHECK_THAT(data(R"({"type": "mixture", "means": [[1], [3]], "weights": [1, 0]})"),
             Contains("/data/weights/1 is 0, but must be above 0"));
  CHECK_THAT(data(R"({"type": "affine", "of": {"type": "moons"}, "scale": [1, 0]})"),
             Contains("/data/scale/1 is 0, but must be nonzero"));
  CHECK_THAT(data(R"({"type": "standardize", "of": {"type": "affine", "of": {"type": "moon"}}})"),
             Contains("/data/of/of/type \"moon\" is not known\n   did you mean \"moons\"?"));
  CHECK_THAT(errors("[]"),
             Contains("c.json:1:1: error: the config must be an object { ... }, not an array"));
}

TEST_CASE("overrides set, replace and remove") {
  const auto with = [](const std::vector<std::string>& overrides) {
    return parse_config(moons_text, "c.json", overrides);
  };
  CHECK(with({"optimizer.lr=3e-4"}).number("/optimizer/lr") == 3e-4);
  CHECK(with({"optimizer.lr=3e-4", "optimizer.lr=1e-4"}).number("/optimizer/lr") == 1e-4);
  CHECK(with({"optimizer.lr=3e-4", "~optimizer.lr"}).number("/optimizer/lr") == 3e-3);
  CHECK(with({"~optimizer", "~model.time.dim"}).string("/optimizer/type") == "adamw");
  CHECK(with({"model.hidden=[8, 8]"}).integers("/model/hidden").size() == 2);
  CHECK(with({"model={\"type\": \"res_mlp\", \"blocks\": 2}"}).integer("/model/blocks") == 2);
  CHECK(with({"data.type=csv", "data.path=my data=1.csv"}).string("/data/path") == "my data=1.csv");
  CHECK(with({"data.type=csv", "data.path=//host/a.csv"}).string("/data/path") == "//host/a.csv");
  CHECK(with({"name=\"123\""}).string("/name") == "123");
  CHECK(with({"data.type=standardize", "data.of.type=moons", "data.of.noise=0.2"})
            .number("/data/of/noise") == 0.2);
}

TEST_CASE("a word in place of a section is the section's type") {
  const auto with = [](const std::vector<std::string>& overrides) {
    return parse_config(R"({"data": {"type": "moons", "noise": 0.2},
                           "path": {"type": "polynomial", "power": 3}})",
                        "c.json", overrides);
  };
  // The loops visit all sections that have types, at any depth.
  for (const SectionTable& table : config_tables(DataKind::continuous)) {
    for (const Alternative& alternative : table.alternatives) {
      for (const ConfigField& field : alternative.fields) {
        if (&table != &config_tables(DataKind::continuous).front() ||
            field.kind != FieldKind::section || !section_table(field.section).typed())
          continue;
        CAPTURE(field.key);
        const std::string type =
            field.key == "data" ? "rings" : section_table(field.section).fallback;
        CHECK(with({field.key + "=" + type}) == with({field.key + ".type=" + type}));
      }
    }
  }
  CHECK(with({"path=vp"}).string("/path/type") == "vp");
  CHECK_FALSE(with({"path=vp"}).has("/path/power"));
  CHECK(with({"model.time=sinusoidal"}).string("/model/time/type") == "sinusoidal");
  CHECK(with({"data=standardize", "data.of=rings"}).string("/data/of/type") == "rings");
  CHECK(with({"data=moons"}).number("/data/noise") == 0.2);
}

TEST_CASE("the keys $schema and $comment have no effect on a config") {
  const std::string text = R"({"$schema": "x", "$comment": "a note", "data": {"type": "moons"}})";
  CHECK(parse_config(text, "c.json") == parse_config(moons_text, "c.json"));
  CHECK_THAT(errors(R"({"$schema": 3, "data": {"type": "moons"}})"),
             Contains("c.json:1:13: error: /$schema must be a string, not 3"));
  CHECK_THAT(errors(R"({"data": {"type": "moons", "$comment": "x"}})"),
             Contains("unknown key \"$comment\" in /data"));
}

TEST_CASE("an override of a type removes only keys that the new type does not have") {
  const std::string full = parse_config(moons_text, "c.json").dump();
  const Config config = parse_config(
      full, "config.json", {"sampler.type=euler", "sampler.steps=50", "optimizer.type=sgd"});
  CHECK(config.integer("/sampler/steps") == 50);
  CHECK_FALSE(config.has("/sampler/rtol"));
  CHECK(config.number("/optimizer/lr") == 3e-3);  // the old and the new type both have this key
  CHECK(parse_config(full, "c.json", {"sampler.steps=50", "sampler.type=rk4"})
            .integer("/sampler/steps") == 50);
  CHECK(
      parse_config(full, "c.json", {"model.time.type=raw"}).section("/model/time").json().size() ==
      1);
  const std::string wrong = R"({"data": {"type": "moons", "nois": 1}})";
  CHECK_THAT(errors(wrong, {"data.type=rings"}),
             Contains("c.json:1:28: error: unknown key \"nois\" in /data (type \"rings\")"));
  CHECK(parse_config(wrong, "c.json", {"~data.nois"}).number("/data/noise") == 0.05);
}

TEST_CASE("errors of overrides name the override") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"train.stpes=3",
       "override `train.stpes=3`: error: "
       "unknown key \"stpes\" in /train\n   did you mean \"steps\"?"},
      {"tran.steps=3",
       "override `tran.steps=3`: error: "
       "unknown key \"tran\" in the config\n   did you mean \"train\"?"},
      {"train.steps=3.7",
       "override `train.steps=3.7`: error: /train/steps must be an integer, not 3.7"},
      {"train.steps=", "override `train.steps=`: error: /train/steps must be an integer, not \"\""},
      {"name=123",
       "default the name of the config's file, moons of moons.json; "
       "a string of digits needs its quotes: '\"123\"'"},
      {"path=vpp",
       "override `path=vpp`: error: /path/type \"vpp\" is not known\n   did you mean \"vp\"?"},
      {"model.time=raws", "/model/time/type \"raws\" is not known\n   did you mean \"raw\"?"},
      {"train=fast", "/train must be an object { ... }, not \"fast\"\n   keys here: steps batch"},
      {"lr=1", "unknown key \"lr\" in the config\n   `lr` belongs in /optimizer"},
      {"x", "override `x`: error: it has no \"=\"\n   write key.path=value to set a key"},
      {"~ema.decay=1", "error: \"~\" resets a key and takes no value"},
      {"a..b=1", "error: the path \"a..b\" has an empty name"},
      {"=1", "error: the path \"\" has an empty name"},
      {"~", "error: the path \"\" has an empty name"},
      {"~ema.deacy",
       "override `~ema.deacy`: error: unknown key \"deacy\" in /ema\n   did you mean \"decay\"?"},
      {"~model.time.dmi",
       "unknown key \"dmi\" in /model/time (type \"fourier\")\n   did you mean \"dim\"?"},
      {"~mdoel.time.dim", "unknown key \"mdoel\" in the config"},
      {"~data", "/data is missing"},
      {"data.type.x=1", "/data/type is \"moons\", not an object with keys of its own"},
      {"model.hidden=[3,]",
       "its value is not valid JSON, at column 3: trailing comma before ]\n   remove this comma"},
      {"ema={\"decay\": 0.9, \"decay\": 0.8}", "error: duplicate key \"decay\""},
      {"name=\xFF", "error: its value is not UTF-8"},
      {"optimizer.nesterov=true",
       "unknown key \"nesterov\" in /optimizer (type "
       "\"adamw\")\n   `nesterov` belongs in /optimizer (type sgd)"},
  };
  for (const auto& [override_text, message] : cases) {
    CAPTURE(override_text);
    CHECK_THAT(errors(moons_text, {override_text}), Contains(message));
  }
  std::string deep = "a";
  for (int i = 0; i < 100000; ++i) deep += ".a";
  CHECK_THAT(errors(moons_text, {deep + "=1"}), Contains("a path of 100001 names"));
  CHECK_THAT(errors("3", {"seed=1", "~seed"}), Contains("the config must be an object"));
}

TEST_CASE("the list of errors of a very faulty file is limited") {
  std::string text = "{";
  for (int i = 0; i < 100000; ++i) text += "\"k" + std::to_string(i) + "\": 1, ";
  const std::string got = errors(text + "\"data\": {\"type\": \"moons\"}}");
  CHECK_THAT(got, Contains("there may be more errors"));
  CHECK(got.size() < 100000);
}

TEST_CASE("randomly damaged configs are read or refused, without a crash") {
  std::mt19937 random(1);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::string seed = starter_config();
  const std::vector<std::string> pieces = {
      "{",  "}",  "[",     "]", ",",    ":",    "\"",       "\\",   "/*",   "*/",
      "//", "\n", "1e400", "-", "null", "true", "\"type\"", "\xC3", "\xFF", "9007199254740993",
      "NaN"};
  const std::vector<std::string> words = {"~",     ".",    "=", "data", "of", "type",
                                          "model", "time", "[", "{",    "1",  "moons"};
  std::map<bool, int> outcomes;
  for (int k = 0; k < 3000; ++k) {
    std::string text = seed;
    const std::size_t edits = 1 + below(4);
    for (std::size_t e = 0; e < edits; ++e) {
      const std::size_t at = below(text.size()), length = std::min(below(20), text.size() - at);
      if (below(3) == 0)
        text.erase(at, length);
      else if (below(2) == 0)
        text.insert(at, pieces[below(pieces.size())]);
      else
        text.insert(below(text.size()), text.substr(at, length));
    }
    std::vector<std::string> overrides(below(3));
    for (std::string& word : overrides) {
      for (std::size_t i = below(8); i > 0; --i) word += words[below(words.size())];
    }
    try {
      const Config config = parse_config(text, "fuzz", overrides);
      CHECK(parse_config(config.dump(), "again") == config);
      ++outcomes[true];
    } catch (const Failure& failure) {
      CHECK(failure.code == Exit::usage);
      ++outcomes[false];
    }
  }
  CHECK(outcomes[true] > 20);
  CHECK(outcomes[false] > 1000);
}
