// Combinations of sections that cannot work: each rule with its place, words and cure, and the near
// misses that it lets pass.
#include <string>
#include <vector>

#include "apps/config.h"
#include "apps/config_table.h"
#include "apps/failure.h"
#include "catch.h"

using namespace pushforward;
using Catch::Matchers::StartsWith;

namespace {

// The message of a config of these sections on top of moons; empty if it is fine.
std::string verdict(const std::string& sections) {
  try {
    parse_config("{\"data\": {\"type\": \"moons\"}, " + sections + "}", "c.json");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::usage);
    return failure.what();
  }
  return "";
}

// One rule: what its message says after the place, configs that break it, and near misses.
struct Case {
  std::string message;
  std::vector<std::string> broken, fine;
};

void examine(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    for (const std::string& sections : c.broken) {
      CAPTURE(sections);
      const std::string got = verdict(sections);
      CHECK_THAT(got, StartsWith("c.json:1:") && Contains("error: " + c.message));
      // This rule and no other.
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

TEST_CASE("sections that need a standard normal source") {
  examine(
      {{"/source: it is not the standard normal that the prediction, path or sampler is made for\n"
        "   set it to {\"type\": \"gaussian\", \"std\": 1}; else use prediction velocity, a path "
        "like cond_ot, and an ODE solver",
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

TEST_CASE("what noise on the path rules out") {
  const std::string noisy = R"("path": {"noise": {"type": "brownian"}}, )";
  const std::string still = R"("path": {"noise": {"type": "none"}}, )";
  Case predicts{
      "/prediction: with noise on the path only the velocity can be learned\n"
      "   set it to \"velocity\", or /path/noise to {\"type\": \"none\"}",
      {},
      {noisy + R"("prediction": "velocity")"}};
  for (const char* p : {"data", "noise", "edm"}) {
    predicts.broken.push_back(noisy + "\"prediction\": \"" + p + "\"");
    predicts.fine.push_back(still + "\"prediction\": \"" + p + "\"");
  }
  Case weighs{
      "/loss/weight: with noise on the path only the velocity can be weighted for\n"
      "   set it to \"none\", or /path/noise to {\"type\": \"none\"}",
      {},
      {noisy + R"("loss": {"weight": "velocity"})", noisy + R"("loss": {"weight": "none"})"}};
  for (const char* w : {"data", "noise", "edm"}) {
    weighs.broken.push_back(noisy + R"("loss": {"weight": ")" + w + "\"}");
    weighs.fine.push_back(still + R"("loss": {"weight": ")" + w + "\"}");
  }
  Case samples{
      "/sampler: it needs the noise x0 that a path with noise of its own does not tell\n"
      "   take an ODE solver like dopri5, or set /path/noise to {\"type\": \"none\"}",
      {},
      {noisy + R"("sampler": {"type": "heun"})", noisy + R"("sampler": {"type": "tsit5"})"}};
  for (const char* s : {"dpm_solver", "edm_heun", "euler_maruyama", "stochastic_heun"}) {
    samples.broken.push_back(noisy + R"("sampler": {"type": ")" + s + "\"}");
    samples.fine.push_back(still + R"("sampler": {"type": ")" + s + "\"}");
  }
  const Case changes{
      "/sampler/path: a path with noise of its own cannot be changed for another\n"
      "   set it to {\"type\": \"own\"}, or /path/noise to {\"type\": \"none\"}",
      {noisy + R"("sampler": {"path": {"type": "cosine"}})"},
      {noisy + R"("sampler": {"path": {"type": "own"}})",
       still + R"("sampler": {"path": {"type": "ve"}})"}};
  examine({predicts, weighs, samples, changes});
}

TEST_CASE("the score where sigma ends at 0") {
  const std::string score = R"(, "prediction": "score")";
  Case learned{
      "/prediction: the score is infinite at t = 1 on this path, where sigma is 0\n"
      "   predict noise, which is -sigma times it, or take a path that ends in noise: ve, "
      "edm, cond_ot with sigma_min above 0",
      {kTable + "0]]}" + score},
      {R"("prediction": "score", "path": {"type": "cond_ot", "sigma_min": 1e-5})",
       R"("prediction": "score", "path": {"type": "ve"})",
       R"("prediction": "score", "path": {"type": "edm"})", kTable + "0.01]]}" + score}};
  Case weighted{
      "/loss/weight: its weight is infinite at t = 1 on this path, where sigma is 0\n"
      "   set /loss/most, say to 100, or weigh for noise",
      {},
      {R"("loss": {"weight": "score", "most": 100})", R"("loss": {"weight": "noise"})",
       R"("loss": {"weight": "score"}, "path": {"type": "ve"})",
       R"("loss": {"weight": "score"}, "path": {"sigma_min": 0.1})",
       R"("prediction": "score", "loss": {"weight": "score"}, "path": {"type": "edm"})"}};
  for (const char* type : {"cond_ot", "polynomial", "cosine", "linear_vp", "vp"}) {
    const std::string path = std::string(R"("path": {"type": ")") + type + "\"}";
    learned.broken.push_back(path + score);
    learned.fine.push_back(path + R"(, "prediction": "noise")");
    weighted.broken.push_back(path + R"(, "loss": {"weight": "score"})");
  }
  examine({learned, weighted});
}

TEST_CASE("couplings and what they pair") {
  Case small{
      "/train/batch: it is too small for transport within the batch to mean anything\n"
      "   raise it to 16 or more, better 256, or set /coupling to {\"type\": "
      "\"independent\"}",
      {},
      {R"("train": {"batch": 1})", R"("coupling": {"type": "ot"})"}};
  for (const char* type : {"ot", "sinkhorn", "schroedinger_bridge"}) {
    const std::string coupling = std::string(R"("coupling": {"type": ")") + type + "\"}, ";
    small.broken.push_back(coupling + R"("train": {"batch": 15})");
    small.fine.push_back(coupling + R"("train": {"batch": 16})");
  }
  const Case paired{
      "/coupling: rows can only be paired with the rows of a finite set\n"
      "   set /source to {\"type\": \"data\", \"of\": ...}, as many rows as the data",
      {R"("coupling": {"type": "paired"})",
       R"("coupling": {"type": "paired"}, "source": {"type": "uniform"})"},
      {R"("coupling": {"type": "paired"},
                        "source": {"type": "data", "of": {"type": "npy", "path": "a.npy"}})",
       R"("coupling": {"type": "paired"}, "train": {"batch": 2},
                        "source": {"type": "data", "of": {"type": "geyser"}})"}};
  examine({small, paired});
}

TEST_CASE("guidance needs labels, seen and left out") {
  const std::string labels = R"("model": {"label": {"type": "embedding"}}, )";
  examine(
      {{"/sampler/guidance/scale: there is no class to guide to: the network does not see "
        "labels\n   set /model/label to {\"type\": \"embedding\"}, or the scale to 0",
        {R"("sampler": {"guidance": {"scale": 1}})", R"("sampler": {"guidance": {"scale": -1}})"},
        {R"("sampler": {"guidance": {"scale": 0}})",
         labels + R"("sampler": {"guidance": {"scale": 1}})"}},
       {"/sampler/guidance/scale: guidance needs a network that was also trained without "
        "labels\n   set /loss/label_dropout to 0.1, or the scale to 0",
        {labels + R"("sampler": {"guidance": {"scale": 2}}, "loss": {"label_dropout": 0})"},
        {labels + R"("sampler": {"guidance": {"scale": 2}}, "loss": {"label_dropout": 0.01})",
         labels + R"("loss": {"label_dropout": 0})"}}});
}

TEST_CASE("pairs of numbers and lists in order") {
  const std::string levels =
      ": it is not above `sigma_min`\n   noise falls from sigma_max to sigma_min";
  examine(
      {{"/path/sigma_max" + levels,
        {R"("path": {"type": "ve", "sigma_min": 100})",
         R"("path": {"type": "ve", "sigma_max": 0.02})",
         R"("path": {"type": "edm", "sigma_min": 1, "sigma_max": 0.5})"},
        {R"("path": {"type": "ve", "sigma_min": 99})",
         R"("path": {"type": "edm", "sigma_max": 0.0021})"}},
       {"/path/beta_max: it is not above `beta_min`\n   beta falls from beta_max to beta_min",
        {R"("path": {"type": "vp", "beta_min": 20})"},
        {R"("path": {"type": "vp", "beta_min": 19.9})"}},
       {"/path/points: its rows are no triples\n   give [t, alpha, sigma] in each row",
        {R"("path": {"type": "table", "points": [[0, 0, 1], [1, 1]]})",
         R"("path": {"type": "table", "points": [[0, 0, 1, 2], [1, 1, 0, 2]]})"},
        {kTable + "0]]}"}},
       {"/sampler/end: it is not after `begin`\n   samples go from noise, t = 0, to data, t = 1",
        {R"("sampler": {"begin": 0.5, "end": 0.5})",
         R"("sampler": {"type": "dpm_solver", "end": 0})"},
        {R"("sampler": {"begin": 0.5, "end": 0.51})"}},
       {"/sampler/grid/sigma_max" + levels,
        {R"("sampler": {"grid": {"type": "edm", "sigma_min": 80}})",
         R"("sampler": {"grid": {"type": "log_snr", "sigma_min": 80}})"},
        {R"("sampler": {"grid": {"type": "edm", "sigma_min": 79}})"}},
       {"/sampler/grid/times: they do not rise\n   give each time once, from noise, 0, to data, 1",
        {R"("sampler": {"type": "euler", "grid": {"type": "list", "times": [0, 0.7, 0.5, 1]}})",
         R"("sampler": {"type": "euler", "grid": {"type": "list", "times": [1, 0]}})",
         R"("sampler": {"type": "euler", "grid": {"type": "list", "times": [0, 0.5, 0.5, 1]}})"},
        {R"("sampler": {"type": "euler", "grid": {"type": "list", "times": [0, 0.5, 0.51, 1]}})"}},
       {"/sampler/guidance/to: it is before `from`\n   guidance acts from the one to the other",
        {R"("sampler": {"guidance": {"from": 0.6, "to": 0.5}})"},
        {R"("sampler": {"guidance": {"from": 0.5, "to": 0.5}})"}}});
}

TEST_CASE("samplers that need the score of independent noise") {
  examine(
      {{"/sampler: it needs the score, which this coupling, that ties noise to data, does not "
        "tell\n"
        "   take an ODE solver like dopri5, or set /coupling to {\"type\": \"independent\"}",
        {R"("coupling": {"type": "ot"}, "sampler": {"type": "euler_maruyama"})",
         R"("coupling": {"type": "sinkhorn"}, "sampler": {"type": "stochastic_heun"})"},
        {R"("coupling": {"type": "ot"}, "sampler": {"type": "dpm_solver"})",
         R"("coupling": {"type": "independent"}, "sampler": {"type": "euler_maruyama"})"}}});
}

TEST_CASE("a rule keeps quiet where what it reads is faulty already") {
  const std::string got =
      verdict(R"("prediction": "score", "path": {"type": "table", "points": [[0], [1, 1, 0]]})");
  CHECK_THAT(got, Contains("/path/points: its rows are no triples"));
  CHECK(got.find("infinite") == std::string::npos);
}

TEST_CASE("a message points at the deepest part that was written") {
  CHECK_THAT(verdict("\n\"coupling\": {\"type\": \"ot\"},\n \"train\": {\"batch\": 4}"),
             StartsWith("c.json:3:21: error: /train/batch"));
  CHECK_THAT(verdict("\n\"path\": {\"type\": \"ve\"},\n  \"source\": {\"type\": \"uniform\"}"),
             StartsWith("c.json:3:13: error: /source:"));
}

TEST_CASE("every rule of the whole document says what and how to cure it") {
  const std::vector<Rule>& rules = section_table("config").alternatives.front().rules;
  CHECK(rules.size() == 13);  // each has cases above, but for the warm-up's, which stands elsewhere
  for (const Rule& rule : rules) {
    CAPTURE(rule.key);
    CHECK_FALSE(rule.needs.empty());
    CHECK_FALSE(rule.what.empty());
    CHECK_FALSE(rule.cure.empty());
  }
}
