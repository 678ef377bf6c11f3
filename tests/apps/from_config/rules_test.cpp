// Tests combinations of sections that cannot work: the place, text and cure of the error of each
// rule, and similar configs that are valid.
#include <algorithm>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/config/table.h"
#include "apps/failure.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;
using Catch::Matchers::StartsWith;

namespace {

// Returns the error message of a moons config with these sections, or "" if it is valid.
std::string verdict(const std::string& sections) {
  try {
    parse_config("{\"data\": {\"type\": \"moons\"}, " + sections + "}", "c.json");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::usage);
    return failure.what();
  }
  return "";
}

// A rule: its message without the place, configs that break it, and similar configs that are valid.
struct RuleCase {
  std::string message;
  std::vector<std::string> broken, fine;
};

void examine(const std::vector<RuleCase>& cases) {
  for (const RuleCase& c : cases) {
    for (const std::string& sections : c.broken) {
      CAPTURE(sections);
      const std::string got = verdict(sections);
      CHECK_THAT(got, StartsWith("c.json:1:") && Contains("error: " + c.message));
      // The message contains only one error.
      CHECK(got.find("error: ") == got.rfind("error: "));
    }
    for (const std::string& sections : c.fine) {
      CAPTURE(sections);
      CHECK(verdict(sections) == "");
    }
  }
}

const std::string kTable = R"("path": {"type": "table", "points": [[0, 0, 1], [1, 1, )";

}  // namespace

TEST_CASE("sections that need a standard normal source refuse other sources") {
  examine(
      {{"/source: the prediction, path or sampler needs "
        "a standard normal source, and this is another\n"
        "   set it to {\"type\": \"gaussian\", \"std\": 1}; "
        "or use the prediction velocity, a path like cond_ot and an ODE solver",
        {R"("source": {"std": 2}, "path": {"sigma_min": 0.1}, "prediction": "score")",
         R"("source": {"type": "uniform"}, "prediction": "edm")",
         R"("source": {"type": "uniform"}, "path": {"type": "ve"})",
         R"("source": {"type": "data", "of": {"type": "moons"}}, "path": {"type": "edm"})",
         R"("source": {"type": "uniform"}, "sampler": {"type": "euler_maruyama"})",
         R"("source": {"std": 0.5}, "sampler": {"type": "stochastic_heun"})"},
        {R"("source": {"std": 1}, "prediction": "edm")", R"("source": {}, "path": {"type": "ve"})",
         R"("source": {"std": 2}, "prediction": "noise")",
         R"("source": {"type": "uniform"}, "prediction": "data", "path": {"type": "vp"})",
         R"("source": {"type": "uniform"}, "sampler": {"type": "dpm_solver"})",
         R"("source": {"type": "uniform"}, "sampler": {"type": "edm_heun"})"}}});
}

TEST_CASE("noise on the path excludes some settings") {
  const std::string noisy = R"("path": {"noise": {"type": "brownian"}}, )";
  const std::string still = R"("path": {"noise": {"type": "none"}}, )";
  RuleCase predicts{
      "/prediction: only the velocity can be learned on a path with noise\n"
      "   set it to \"velocity\", or set /path/noise to {\"type\": \"none\"}",
      {},
      {noisy + R"("prediction": "velocity")"}};
  for (const char* p : {"data", "noise", "edm"}) {
    predicts.broken.push_back(noisy + "\"prediction\": \"" + p + "\"");
    predicts.fine.push_back(still + "\"prediction\": \"" + p + "\"");
  }
  RuleCase weighs{
      "/loss/weight: this weight is not defined on a path with noise\n"
      "   set it to \"none\", or set /path/noise to {\"type\": \"none\"}",
      {},
      {noisy + R"("loss": {"weight": "velocity"})", noisy + R"("loss": {"weight": "none"})"}};
  for (const char* w : {"data", "noise", "edm"}) {
    weighs.broken.push_back(noisy + R"("loss": {"weight": ")" + w + "\"}");
    weighs.fine.push_back(still + R"("loss": {"most": 10, "weight": ")" + w + "\"}");
  }
  RuleCase samples{
      "/sampler: it needs E[x0 | xt], which is unknown on a path with noise\n"
      "   choose an ODE solver like dopri5, or set /path/noise to {\"type\": \"none\"}",
      {},
      {noisy + R"("sampler": {"type": "heun"})", noisy + R"("sampler": {"type": "tsit5"})"}};
  for (const char* s : {"dpm_solver", "edm_heun", "euler_maruyama", "stochastic_heun"}) {
    samples.broken.push_back(noisy + R"("sampler": {"type": ")" + s + "\"}");
    samples.fine.push_back(still + R"("sampler": {"type": ")" + s + "\"}");
  }
  const RuleCase changes{
      "/sampler/path: a flow trained on a path with noise cannot be sampled along another path\n"
      "   set it to {\"type\": \"own\"}, or set /path/noise to {\"type\": \"none\"}",
      {noisy + R"("sampler": {"path": {"type": "cosine"}})"},
      {noisy + R"("sampler": {"path": {"type": "own"}})",
       still + R"("sampler": {"path": {"type": "ve"}})"}};
  examine({predicts, weighs, samples, changes});
}

TEST_CASE("the score is refused where sigma ends at 0") {
  const std::string score = R"(, "prediction": "score")";
  RuleCase learned{
      "/prediction: the score is infinite at t = 1 on this path, where sigma is 0\n"
      "   predict \"noise\" instead (noise = -sigma times the score), or choose "
      "a path with sigma > 0 at t = 1: ve, edm, or cond_ot with sigma_min above 0",
      {kTable + "0]]}" + score},
      {R"("prediction": "score", "path": {"type": "cond_ot", "sigma_min": 1e-5})",
       R"("prediction": "score", "path": {"type": "ve"})",
       R"("prediction": "score", "path": {"type": "edm"})", kTable + "0.01]]}" + score}};
  for (const char* type : {"cond_ot", "polynomial", "cosine", "linear_vp", "vp"}) {
    const std::string path = std::string(R"("path": {"type": ")") + type + "\"}";
    learned.broken.push_back(path + score);
    learned.fine.push_back(path + R"(, "prediction": "noise")");
  }
  examine({learned});
}

TEST_CASE("couplings are refused if the batch is too small or the data is not a finite set") {
  RuleCase small{
      "/train/batch: it is too small for optimal transport within a batch\n"
      "   raise it to at least 16 (256 is better), or set /coupling to {\"type\": \"independent\"}",
      {},
      {R"("train": {"batch": 1})", R"("coupling": {"type": "ot"})"}};
  for (const char* type : {"ot", "sinkhorn", "schroedinger_bridge"}) {
    std::string coupling = std::string(R"("coupling": {"type": ")") + type + "\"}, ";
    if (std::string_view(type) == "schroedinger_bridge")
      coupling += R"("path": {"noise": {"type": "brownian", "scale": 1}}, )";
    small.broken.push_back(coupling + R"("train": {"batch": 15})");
    small.fine.push_back(coupling + R"("train": {"batch": 16})");
  }
  const RuleCase paired{
      "/coupling: only rows of a finite data set can be paired\n"
      "   set /source to {\"type\": \"data\", \"of\": ...} with as many rows as the data",
      {R"("coupling": {"type": "paired"})",
       R"("coupling": {"type": "paired"}, "source": {"type": "uniform"})"},
      {R"("coupling": {"type": "independent"}, "source": {"type": "uniform"})"}};
  examine({small, paired});
}

TEST_CASE("guidance needs labels that training sometimes shows and sometimes leaves out") {
  const std::string labels = R"("model": {"label": {"type": "embedding"}}, )";
  examine(
      {{"/sampler/guidance/scale: guidance needs a network that takes labels or conditions, "
        "and this one takes none\n   set /model/label to {\"type\": \"embedding\"} or name columns in "
        "`condition` of a csv, or set the scale to 0",
        {R"("sampler": {"guidance": {"scale": 1}})", R"("sampler": {"guidance": {"scale": -1}})"},
        {R"("sampler": {"guidance": {"scale": 0}})",
         labels + R"("sampler": {"guidance": {"scale": 1}})"}},
       {"/sampler/guidance/scale: guidance needs a network that is also trained "
        "without labels or conditions\n   set /loss/label_dropout to 0.1, or set the scale to 0",
        {labels + R"("sampler": {"guidance": {"scale": 2}}, "loss": {"label_dropout": 0})"},
        {labels + R"("sampler": {"guidance": {"scale": 2}}, "loss": {"label_dropout": 0.01})",
         labels + R"("loss": {"label_dropout": 0})"}}});
}

TEST_CASE("pairs of numbers and lists must be in order") {
  const std::string levels =
      ": it is not above `sigma_min`\n   the noise level falls "
      "from sigma_max to sigma_min, so set sigma_min < sigma_max";
  examine(
      {{"/path/sigma_max" + levels,
        {R"("path": {"type": "ve", "sigma_min": 100})",
         R"("path": {"type": "ve", "sigma_max": 0.02})",
         R"("path": {"type": "edm", "sigma_min": 1, "sigma_max": 0.5})"},
        {R"("path": {"type": "ve", "sigma_min": 99})",
         R"("path": {"type": "edm", "sigma_max": 0.0021})"}},
       {"/path/beta_max: it is not above `beta_min`\n   beta falls "
        "from beta_max to beta_min, so set beta_min < beta_max",
        {R"("path": {"type": "vp", "beta_min": 20})"},
        {R"("path": {"type": "vp", "beta_min": 19.9})"}},
       {"/path/points: its rows do not have three numbers\n   give [t, alpha, sigma] in each row",
        {R"("path": {"type": "table", "points": [[0, 0, 1], [1, 1]]})",
         R"("path": {"type": "table", "points": [[0, 0, 1, 2], [1, 1, 0, 2]]})"},
        {kTable + "0]]}"}},
       {"/sampler/end: it must be after `begin`\n   samples go "
        "from noise at t = 0 to data at t = 1, so set begin < end",
        {R"("sampler": {"begin": 0.5, "end": 0.5})",
         R"("sampler": {"type": "dpm_solver", "end": 0})"},
        {R"("sampler": {"begin": 0.5, "end": 0.51})"}},
       {"/sampler/grid/sigma_max" + levels,
        {R"("sampler": {"grid": {"type": "edm", "sigma_min": 80}})",
         R"("sampler": {"grid": {"type": "log_snr", "sigma_min": 80}})"},
        {R"("sampler": {"type": "heun", "grid": {"type": "edm", "sigma_min": 79}})"}},
       {"/sampler/grid/times: the times do not rise\n   give each "
        "time once, in rising order from 0 (noise) to 1 (data)",
        {R"("sampler": {"type": "euler", "grid": {"type": "list", "times": [0, 0.7, 0.5, 1]}})",
         R"("sampler": {"type": "euler", "grid": {"type": "list", "times": [1, 0]}})",
         R"("sampler": {"type": "euler", "grid": {"type": "list", "times": [0, 0.5, 0.5, 1]}})"},
        {R"("sampler": {"type": "euler", "grid": {"type": "list", "times": [0, 0.5, 0.51, 1]}})"}},
       {"/sampler/guidance/to: "
        "it must not be before `from`\n   guidance acts at times between `from` and `to`",
        {R"("sampler": {"guidance": {"from": 0.6, "to": 0.5}})"},
        {R"("sampler": {"guidance": {"from": 0.5, "to": 0.5}})"}}});
}

TEST_CASE("samplers that need the score are refused with a coupling that makes x0 depend on x1") {
  examine(
      {{"/sampler: it needs the score, which is unknown when the coupling makes x0 depend on x1\n"
        "   choose an ODE solver like dopri5, or set /coupling to {\"type\": \"independent\"}",
        {R"("coupling": {"type": "ot"}, "sampler": {"type": "euler_maruyama"})",
         R"("coupling": {"type": "sinkhorn"}, "sampler": {"type": "stochastic_heun"})"},
        {R"("coupling": {"type": "ot"}, "sampler": {"type": "dpm_solver"})",
         R"("coupling": {"type": "independent"}, "sampler": {"type": "euler_maruyama"})"}}});
}

TEST_CASE("weights that are infinite at an end are refused, for every prediction and path") {
  const auto config = [](const char* prediction, const char* weight, const std::string& path,
                         double max_weight) {
    return std::string("\"prediction\": \"") + prediction + R"(", "path": {"type": ")" + path +
           R"("}, "loss": {"weight": ")" + weight + R"(", "most": )" + std::to_string(max_weight) +
           "}";
  };
  // At t = 1 the noise cannot be computed from xt and the data. At t = 0 the data cannot be
  // computed from xt and the noise.
  for (const std::string path : {"cond_ot", "polynomial", "cosine", "linear_vp"}) {
    CAPTURE(path);
    for (const char* weight : {"velocity", "noise", "edm", "score"}) {
      CAPTURE(weight);
      const std::string got = verdict(config("data", weight, path, 0));
      CHECK_THAT(got,
                 Contains(std::string("error: /loss/weight: the weight of a data network as ") +
                          weight + " is infinite at t = 1 on this path, where sigma is 0\n" +
                          "   set /loss/most, for example to 100, or set "
                          "/loss/weight to one that is finite here: none, data"));
      CHECK(verdict(config("data", weight, path, 10)) == "");
    }
    CHECK(verdict(config("data", "data", path, 0)) == "");
    CHECK_THAT(verdict(config("noise", "data", path, 0)),
               Contains("as data is infinite at t = 0 on this path, where alpha is 0"));
    CHECK(verdict(config("noise", "noise", path, 0)) == "");
    CHECK_THAT(verdict(config("velocity", "score", path, 0)),
               Contains("as score is infinite at t = 1"));
    // On the path polynomial, alpha = t^2 has derivative 0 at t = 0, so the velocity does not
    // depend on the data there.
    if (path != "polynomial") CHECK(verdict(config("velocity", "data", path, 0)) == "");
    CHECK(verdict(config("velocity", "noise", path, 0)) == "");
  }
  // On the paths ve and edm sigma > 0 at t = 1, and on the path vp alpha > 0 at t = 0, so these
  // weights are finite.
  for (const char* weight : {"velocity", "data", "noise", "score"}) {
    CAPTURE(weight);
    CHECK(verdict(config("data", weight, "ve", 0)) == "");
    CHECK(verdict(config("score", weight, "edm", 0)) == "");
  }
  CHECK(verdict(config("noise", "data", "vp", 0)) == "");
}

TEST_CASE("settings of a sampler that it cannot follow or would ignore are refused") {
  const std::string list = R"("sampler": {"type": "euler", "grid": {"type": "list", "times": )";
  examine(
      {{"/sampler/grid: a grid of 1 steps through EDM's noise levels\n   give at least 2",
        {R"("sampler": {"type": "edm_heun", "steps": 1})",
         R"("sampler": {"type": "heun", "steps": 1, "grid": {"type": "edm"}})"},
        {R"("sampler": {"type": "edm_heun", "steps": 2})",
         R"("sampler": {"type": "edm_heun", "steps": 1}, "path": {"type": "edm"})",
         R"("sampler": {"type": "edm_heun", "steps": 10000000})"}},
       {"/sampler/grid: ve has noise levels 100 to 0.02 from t = 0 to 1, "
        "none of them between 0.01 and 0.001\n   widen the range",
        {R"("path": {"type": "ve"}, "sampler": {"type": "heun", "grid": {"type": "edm", "sigma_max": 0.01, "sigma_min": 0.001}})",
         R"("path": {"type": "ve"}, "sampler": {"type": "heun", "grid": {"type": "log_snr", "sigma_max": 0.01, "sigma_min": 0.001}})"},
        {R"("path": {"type": "ve"}, "sampler": {"type": "heun", "grid": {"type": "edm", "sigma_max": 0.03, "sigma_min": 0.001}})"}},
       {"/sampler/grid: /sampler/steps is 0, so the steps are adaptive and a grid has no effect\n"
        "   set /sampler/steps above 0, or leave the grid out",
        {R"("sampler": {"grid": {"type": "cosine"}})",
         R"("sampler": {"type": "tsit5", "grid": {"type": "list", "times": [0, 1]}})"},
        {R"("sampler": {"grid": {"type": "auto"}})",
         R"("sampler": {"steps": 8, "grid": {"type": "cosine"}})"}},
       {"/sampler/grid: the times go from 0 to 1, but on cond_ot the prediction "
        "data can be followed from 0 to 0.999\n   give times in that range",
        {R"("prediction": "data", )" + list + "[0, 1]}}"},
        {R"("prediction": "data", )" + list + "[0, 0.999]}}", list + "[0, 1]}}"}},
       {"/sampler/path: ve has noise levels sigma / alpha from 9 to 8 and the training path, "
        "ve, from 7 to 6\n   choose a path that shares noise levels with the training path",
        {R"("path": {"type": "ve", "sigma_max": 7, "sigma_min": 6}, "sampler": {"path": {"type": "ve", "sigma_max": 9, "sigma_min": 8}})"},
        {R"("path": {"type": "ve", "sigma_max": 7, "sigma_min": 6}, "sampler": {"path": {"type": "ve", "sigma_max": 9, "sigma_min": 6.5}})",
         R"("path": {"type": "ve"}, "sampler": {"path": {"type": "cond_ot"}})",
         R"("path": {"type": "edm"}, "prediction": "edm", "sampler": {"path": {"type": "vp"}})"}}});
}

TEST_CASE("noise levels for training that the path does not have are refused") {
  const auto distribution = [](double mean) {
    return R"("loss": {"time": {"type": "noise_level", "mean": )" + std::to_string(mean) + "}}";
  };
  const std::string ve = R"("path": {"type": "ve"}, )";
  examine({{"/loss/time: most of its noise levels are above those of the path, "
            "100 down to 0.02, and would all become t = 0\n   choose `mean` so that "
            "the noise level exp(mean) lies between them, or choose another path",
            {ve + distribution(5)},
            {ve + distribution(4), ve + distribution(-1.2), distribution(9)}},
           {"/loss/time: most of its noise levels are below those of the path, "
            "100 down to 0.02, and would all become t = 1",
            {ve + distribution(-4.5)},
            {distribution(-9)}}});
}

TEST_CASE("couplings that do not suit their data or path are refused") {
  const std::string files = R"("data": {"type": "npy", "path": "a.npy"}, )";
  const std::string pairs = R"("coupling": {"type": "paired"}, "source": {"type": "data", "of": )";
  const std::string bridge =
      R"("coupling": {"type": "schroedinger_bridge", "sigma": 0.5}, "path": )";
  examine(
      {{"/coupling: only rows of a finite data set can be paired, but /data (moons) draws new "
        "rows without end\n   use files of pairs (npy, csv), or set it to {\"type\": "
        "\"independent\"}",
        {pairs + R"({"type": "npy", "path": "a.npy"}})"},
        {}},
       {"/coupling/sigma: the coupling is that of a bridge with Brownian noise of scale 0.5, but "
        "the noise on the path is none\n   set /path/noise "
        "to {\"type\": \"brownian\", \"scale\": 0.5}",
        {bridge + "{}"},
        {bridge + R"({"noise": {"type": "brownian", "scale": 0.5}})"}},
       {"/coupling/sigma: the coupling is that of a bridge with Brownian noise of scale 0.5, "
        "but the scale of the noise on the path is 0.1\n   set /path/noise to {\"type\": "
        "\"brownian\", \"scale\": 0.5}, or set `sigma` to the scale of the noise",
        {bridge + R"({"noise": {"type": "brownian"}})"},
        {}},
       {"/coupling/sigma: the mean of a bridge is the straight line from x0 to x1, but /path is",
        {bridge + R"({"type": "cosine", "noise": {"type": "brownian", "scale": 0.5}})",
         bridge + R"({"sigma_min": 0.1, "noise": {"type": "brownian", "scale": 0.5}})"},
        {}},
       {"/path/sigma_min: samples would end in data plus sigma_min times the source, and the "
        "source is not Gaussian\n   set it to 0, or set /source to {\"type\": \"gaussian\"}",
        {R"("path": {"sigma_min": 0.1}, "source": {"type": "uniform"})"},
        {R"("path": {"sigma_min": 0.1}, "source": {"std": 2})",
         R"("source": {"type": "uniform"})"}}});
  // Returns the error message of a config with only these sections, without the data set moons that
  // `verdict` adds.
  const auto alone = [](const std::string& text) -> std::string {
    try {
      parse_config("{" + text + "}", "c.json");
    } catch (const Failure& failure) {
      return failure.what();
    }
    return "";
  };
  CHECK(alone(files + pairs + R"({"type": "npy", "path": "b.npy"}})") == "");
  CHECK(alone(R"("data": {"type": "standardize", "of": {"type": "geyser"}}, )" + pairs +
              R"({"type": "geyser"}})") == "");
  CHECK_THAT(alone(files + pairs + R"({"type": "affine", "of": {"type": "moons"}}})"),
             Contains("/source (moons) draws new rows without end"));
  const std::string by_class = R"(, "coupling": {"type": "ot", "label_weight": 1})",
                    embedding = R"(, "model": {"label": {"type": "embedding"}})";
  for (const char* data : {R"({"type": "gaussian"})", R"({"type": "geyser"})",
                           R"({"type": "affine", "of": {"type": "csv", "path": "a.csv"}})",
                           R"({"type": "checkerboard"})"}) {
    CAPTURE(data);
    CHECK_THAT(alone(std::string("\"data\": ") + data + by_class),
               Contains("/coupling/label_weight: the data has no labels\n "
                        "  set it to 0, or choose labelled data such as digits or moons"));
    CHECK_THAT(alone(std::string("\"data\": ") + data + embedding),
               Contains("/model/label: it is an embedding, but the data has no classes\n   set "
                        "its type to \"none\", or choose labelled data such as digits or moons"));
  }
  for (const char* data : {R"({"type": "moons"})", R"({"type": "digits"})",
                           R"({"type": "standardize", "of": {"type": "moons"}})",
                           R"({"type": "mixture", "means": [[0, 1], [1, 0]]})"}) {
    CAPTURE(data);
    CHECK(alone(std::string("\"data\": ") + data + by_class) == "");
    CHECK(alone(std::string("\"data\": ") + data + embedding) == "");
  }
}

TEST_CASE("the error of a table that is not a valid path names the bad row") {
  const std::string table = R"("path": {"type": "table", "points": )";
  examine({{"/path/points: row 2 of the table goes from alpha 0.7, sigma 0.5 to 0.6, "
            "0\n   alpha must not fall, sigma must not rise, and one of them must change",
            {table + "[[0, 0, 1], [0.5, 0.7, 0.5], [1, 0.6, 0]]}"},
            {table + "[[0, 0, 1], [0.5, 0.7, 0.5], [1, 1, 0]]}"}},
           {"/path/points: the table's times run from 0.1 to 1\n   they must run from 0 to 1",
            {table + "[[0.1, 0, 1], [1, 1, 0]]}"},
            {}},
           {"/sampler/path/points: the table has sigma 0 at t = 0",
            {R"("sampler": {"path": {"type": "table", "points": [[0, 1, 0], [1, 2, 0]]}})"},
            {}}});
}

TEST_CASE("a rule gives no error if a value that it reads is already faulty") {
  const std::string got =
      verdict(R"("prediction": "score", "path": {"type": "table", "points": [[0], [1, 1, 0]]})");
  CHECK_THAT(got, Contains("/path/points: its rows do not have three numbers"));
  CHECK(got.find("infinite") == std::string::npos);
}

TEST_CASE("an error names the place of the deepest part that the document contains") {
  CHECK_THAT(verdict("\n\"coupling\": {\"type\": \"ot\"},\n \"train\": {\"batch\": 4}"),
             StartsWith("c.json:3:21: error: /train/batch"));
  CHECK_THAT(verdict("\n\"path\": {\"type\": \"ve\"},\n  \"source\": {\"type\": \"uniform\"}"),
             StartsWith("c.json:3:13: error: /source:"));
}

TEST_CASE("every rule of the whole document has a description and a cure") {
  const std::vector<ConfigRule>& rules =
      section_table("config", DataKind::continuous).alternatives.front().rules;
  // Each error rule has a case above, except the rule about warm-up, the five about held-out rows
  // (tests/apps/config/holdout_test.cpp), the eight about flow maps
  // (tests/apps/engine/flow_maps_test.cpp), the eight about pairs and times at the start
  // (run_pairs_test.cpp there), the five about bridges (bridge_test.cpp there), the three about
  // classes and conditions in the cost of a pair and the one about settings of flat couplings on a
  // manifold (manifold_runs_test.cpp there). Other tests cover these rules and the warnings.
  CHECK(std::ranges::count(rules, Severity::error, &ConfigRule::severity) == 63);
  for (const ConfigRule& rule : rules) {
    CAPTURE(rule.key);
    CHECK_FALSE(rule.needs.empty());
    CHECK_FALSE(rule.what.empty());
    CHECK_FALSE(rule.cure.empty());
  }
}
