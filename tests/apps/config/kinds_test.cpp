// Tests the two kinds of config, for continuous data and for tokens. Each has its own alternatives,
// defaults and rules. Errors name every part of a config that is for the other kind.
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/config/data_types.h"
#include "apps/config/table.h"
#include "apps/failure.h"
#include "tests/flow/distributions/toy_names.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;
using Catch::Matchers::StartsWith;

namespace {

Config parse_config_text(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_config(text, "c.json", overrides);
}
// Returns the error message of a config, or "" if it is valid.
std::string verdict(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    parse_config_text(text, overrides);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::usage);
    return failure.what();
  }
  return "";
}

const std::string kWords = R"({"data": {"type": "words"})",
                  kMoons = R"({"data": {"type": "moons"})",
                  kTokens = R"({"data": {"type": "tokens", "path": "x.npy", "vocabulary": 4})";

const std::string kContinuousData =
    toy_names() +
    " mixture digits geyser csv npy pairs standardize dequantize affine vmf_mixture "
    "wrapped_mixture manifold";

}  // namespace

TEST_CASE("the kind of the data determines the defaults of all other sections") {
  const Config words = parse_config_text(kWords + "}"), moons = parse_config_text(kMoons + "}");
  CHECK(of_tokens(words));
  CHECK_FALSE(of_tokens(moons));
  const std::vector<std::vector<std::string>> sections{
      {"/source/type", "mask", "gaussian"},
      {"/path/type", "mixture", "cond_ot"},
      {"/coupling/type", "independent", "independent"},
      {"/model/type", "transformer", "mlp"},
      {"/prediction", "posterior", "velocity"},
      {"/loss/type", "cross_entropy", "mse"},
      {"/sampler/type", "ctmc_kernel", "dopri5"}};
  for (const auto& row : sections) {
    CAPTURE(row[0]);
    CHECK(words.string(row[0]) == row[1]);
    CHECK(moons.string(row[0]) == row[2]);
  }
  CHECK_FALSE(words.has("/sigma_data"));
  CHECK(moons.has("/sigma_data"));
  CHECK(words.integer("/eval/times") == 32);
  CHECK_FALSE(moons.has("/eval/times"));
  // Quantized continuous data is tokens too.
  const Config quantised =
      parse_config_text(R"({"data": {"type": "quantize", "of": {"type": "moons"}}})");
  CHECK(of_tokens(quantised));
  CHECK(quantised.string("/data/of/type") == "moons");
  for (const Config* config : {&words, &quantised}) {
    CHECK(parse_config_text(config->dump()) == *config);
    CHECK(parse_config_text(config->dump()).dump() == config->dump());
  }
}

TEST_CASE("keys and types for the other kind of data are refused, with their place and a cure") {
  struct Case {
    std::string text, message;
  };
  const std::string words = ", but /data (words) is tokens\n   ",
                    moons = ", but /data (moons) is continuous data\n   ";
  const std::vector<Case> cases{
      {kWords + ",\n \"sampler\": {\"type\": \"dopri5\"}}",
       "c.json:2:22: error: /sampler/type \"dopri5\" is for continuous data" + words +
           "for tokens choose one of: ctmc_kernel ctmc_euler ctmc_adaptive"},
      {kMoons + R"(, "sampler": {"type": "ctmc_kernel"}})",
       "c.json:1:49: error: /sampler/type \"ctmc_kernel\" is for tokens" + moons +
           "for continuous data choose one of: euler midpoint heun ralston heun3 rk4 "
           "rk4_38 bosh3 dopri5 tsit5 dpm_solver edm_heun euler_maruyama stochastic_heun"},
      {kWords + R"(, "source": {"type": "gaussian"}})",
       "c.json:1:48: error: /source/type \"gaussian\" is for continuous data" + words +
           "for tokens choose one of: data mask uniform_tokens"},
      {kMoons + R"(, "source": {"type": "mask"}})",
       "c.json:1:48: error: /source/type \"mask\" is for tokens" + moons +
           "for continuous data choose one of: gaussian uniform data"},
      {kMoons + R"(, "source": {"type": "uniform_tokens"}})", "\"uniform_tokens\" is for tokens"},
      {kWords + R"(, "path": {"type": "cond_ot"}})",
       "/path/type \"cond_ot\" is for continuous data" + words +
           "for tokens choose one of: mixture"},
      {kMoons + R"(, "path": {"type": "mixture"}})", "/path/type \"mixture\" is for tokens"},
      {kWords + R"(, "coupling": {"type": "ot"}})",
       "/coupling/type \"ot\" is for continuous data" + words +
           "for tokens choose one of: independent paired"},
      {kWords + R"(, "model": {"type": "res_mlp"}})",
       "/model/type \"res_mlp\" is for continuous data" + words +
           "for tokens choose one of: token_mlp transformer"},
      {kMoons + R"(, "model": {"type": "transformer"}})",
       "/model/type \"transformer\" is for tokens"},
      {kWords + R"(, "prediction": "velocity"})",
       "c.json:1:43: error: /prediction \"velocity\" is for continuous data" + words +
           "for tokens choose one of: posterior"},
      {kMoons + R"(, "prediction": "posterior"})",
       "/prediction \"posterior\" is for tokens" + moons +
           "for continuous data choose one of: velocity data noise score edm"},
      {kWords + R"(, "loss": {"type": "mse"}})", "/loss/type \"mse\" is for continuous data"},
      {kMoons + R"(, "loss": {"type": "generalised_kl"}})",
       "/loss/type \"generalised_kl\" is for tokens" + moons +
           "for continuous data choose one of: mse"},
      {kWords + R"(, "loss": {"type": "lagrangian"}})",
       "/loss/type \"lagrangian\" is for continuous data"},
      {kWords + R"(, "loss": {"time": {"type": "noise_level"}}})",
       "/loss/time/type \"noise_level\" is for continuous data"},
      {kWords + R"(, "sampler": {"grid": {"type": "edm"}}})",
       "/sampler/grid/type \"edm\" is for continuous data" + words +
           "for tokens choose one of: auto uniform power cosine kappa list"},
      {kMoons + R"(, "sampler": {"type": "euler", "grid": {"type": "kappa"}}})",
       "/sampler/grid/type \"kappa\" is for tokens"},
      {kWords + R"(, "sigma_data": 0.5})",
       "/sigma_data is for continuous data" + words + "leave it out"},
      {kMoons + R"(, "eval": {"times": 4}})", "/eval/times is for tokens" + moons + "leave it out"},
      // The outer data set of each of these configs contains another data set.
      {R"({"data": {"type": "standardize", "of": {"type": "words"}}})",
       "c.json:1:49: error: /data/of/type \"words\" is for tokens, "
       "but /data (standardize) is continuous data\n   for continuous data choose one of: " +
           kContinuousData},
      {R"({"data": {"type": "quantize", "of": {"type": "words"}}})",
       "c.json:1:46: error: /data/of/type \"words\" is for tokens, "
       "but /data (quantize) wraps continuous data\n   for continuous data choose one of: " +
           kContinuousData},
      {kWords + R"(, "source": {"type": "data", "of": {"type": "moons"}}})",
       "/source/of/type \"moons\" is for continuous data" + words +
           "for tokens choose one of: words text quantize tokens"}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const std::string got = verdict(c.text);
    CHECK_THAT(got, Contains(c.message));
    CHECK(got.find("error: ") == got.rfind("error: "));  // there is no other error
  }
}

TEST_CASE("every alternative of one kind is refused in the other and accepted in its own") {
  const std::vector<ConfigField>& top = config_tables().front().alternatives.front().fields;
  int refused = 0;
  for (const ConfigField& field : top) {
    if (field.kind != FieldKind::section || field.key == "data") continue;
    const SectionTable& table = section_table(field.section);
    if (!table.typed()) continue;
    for (const Alternative& alternative : table.alternatives) {
      CAPTURE(field.key, alternative.type);
      for (const DataKind kind : {DataKind::continuous, DataKind::tokens}) {
        const std::string type =
            ", \"" + field.key + "\": {\"type\": \"" + alternative.type + "\"}}";
        const std::string got = verdict((kind == DataKind::tokens ? kWords : kMoons) + type);
        const bool other = alternative.kinds != DataKind::any && alternative.kinds != kind;
        CHECK((got.find(" is for ") != std::string::npos) == other);
        refused += other;
      }
    }
  }
  CHECK(refused == 53);
}

TEST_CASE("combinations of settings that cannot work with tokens are refused") {
  struct Case {
    std::string text, message;
  };
  const std::vector<Case> broken{
      {kTokens + R"(, "source": {"token": 4}})",
       "/source/token: it is not in the data's vocabulary, "
       "0 to /data/vocabulary - 1\n   give a token of the vocabulary that never "
       "occurs in the data, or leave it out: the mask is then an additional state"},
      {kWords + R"(, "source": {"token": 0}})",
       "/source/token: a token of the vocabulary can only be "
       "the mask if /data is of type tokens\n   leave it out"},
      {R"({"data": {"type": "tokens", "path": "x.npy", "vocabulary": 2}, "source": {"token": 1}})",
       "/source/token: the vocabulary has 2 tokens, so without the mask one is left"},
      {kWords + R"(, "coupling": {"type": "paired"}})",
       "/coupling: only rows of a finite data set can be paired"},
      {R"({"data": {"type": "words"}, "coupling": {"type": "paired"},
           "source": {"type": "data", "of": {"type": "words", "held_out": 0}}})",
       "/coupling: rows held out of data or source leave "
       "rows without a partner\n   set both `held_out`"},
      {R"({"data": {"type": "words", "shortest": 9, "longest": 8}})",
       "/data/longest: it is less than `shortest`"},
      {R"({"data": {"type": "quantize", "of": {"type": "moons"}, "low": 1, "high": 1}})",
       "/data/high: it is not above `low`"},
      {kWords + R"(, "model": {"width": 64, "heads": 5}})",
       "/model/heads: it does not divide `width`"},
      {kWords + R"(, "model": {"width": 6, "heads": 2, "positions": "rotary"}})",
       "/model/positions: width / heads is odd"},
      {kWords + R"(, "sampler": {"guidance": {"scale": 1}}})",
       "/sampler/guidance/scale: guidance needs"},
      {R"({"data": {"type": "quantize", "of": {"type": "moons"}, "held_out": 0.1}})",
       "/data/held_out: the wrapped data set draws new rows without end"},
      {kTokens +
           R"(, "source": {"type": "data", "of": {"type": "tokens", "path": "y.npy", "vocabulary": 4}},
               "sampler": {"corrector": {"type": "balanced"}}})",
       "/sampler/corrector: a corrector resamples tokens from masks or uniform noise"},
      {kWords + R"(, "path": {"kappa": {"type": "polynomial", "power": 0.5}},
                    "sampler": {"type": "ctmc_euler"}})",
       "/sampler: polynomial jumps at an infinite rate at "
       "t = 0\n   begin a little later, or take the kernel"},
      {R"({"data": {"type": "quantize", "of": {"type": "dequantize", "of": {"type": "digits"}},
           "low": 0, "high": 17, "held_out": 0.1}})",
       "/data/held_out: the wrapped data set draws new rows without end"},
      {kTokens + R"(, "model": {"label": {"type": "embedding"}}})",
       "/model/label: it is an embedding, but the data has no classes"},
      {kWords + R"(, "sampler": {"begin": 0.5, "end": 0.5}})",
       "/sampler/end: it must be after `begin`"},
      {kWords + R"(, "schedule": {"warmup": 6000}})",
       "/schedule/warmup: the warm-up must be shorter"}};
  for (const Case& c : broken) {
    CAPTURE(c.text);
    CHECK_THAT(verdict(c.text), StartsWith("c.json:") && Contains("error: " + c.message));
  }
  for (
      const std::string& text :
      {kTokens + R"(, "source": {"token": 3}})",
       kWords + R"(, "path": {"kappa": {"type": "polynomial", "power": 0.5}}})",
       kWords + R"(, "path": {"kappa": {"type": "polynomial", "power": 0.5}},
                    "sampler": {"type": "ctmc_euler", "begin": 0.01}})",
       kWords + R"(, "sampler": {"corrector": {"type": "remask"}}})",
       kTokens + R"(, "source": {"type": "uniform_tokens"}})",
       R"({"data": {"type": "words", "held_out": 0}, "coupling": {"type": "paired"},
            "source": {"type": "data", "of": {"type": "words", "held_out": 0}}})" +
           std::string(),
       kWords +
           R"(, "model": {"label": {"type": "embedding"}}, "sampler": {"guidance": {"scale": 1}}})",
       kWords + R"(, "sampler": {"type": "ctmc_euler", "grid": {"type": "kappa"}}})"}) {
    CAPTURE(text);
    CHECK(verdict(text) == "");
  }
}

TEST_CASE("overrides apply to the kind of data that earlier overrides chose") {
  const Config config = parse_config_text(
      kMoons + "}", {"data.type=words", "sampler.steps=9", "path.kappa.type=cosine"});
  CHECK(config.string("/sampler/type") == "ctmc_kernel");
  CHECK(config.integer("/sampler/steps") == 9);
  CHECK(config.string("/path/kappa/type") == "cosine");
  CHECK(parse_config_text(kWords + "}", {"sampler.type=ctmc_euler", "~sampler.type"}) ==
        parse_config_text(kWords + "}"));
  CHECK_THAT(
      verdict(kWords + "}", {"sampler.type=rk4"}),
      StartsWith("override `sampler.type=rk4`: error: /sampler/type \"rk4\" is for continuous"));
  CHECK_THAT(verdict(kWords + "}", {"~sampler.rtol"}),
             Contains("unknown key \"rtol\" in /sampler"));
}

TEST_CASE("a wrong data set hides no other fault and causes none") {
  const std::string got = verdict(R"({"data": {"type": "wrods"}, "sampler": {"type": "ctmc_kernel"},
                                      "prediction": "posterior"})");
  CHECK_THAT(got, Contains("did you mean \"words\"?"));
  CHECK(got.find("error: ") == got.rfind("error: "));
  CHECK_THAT(verdict(R"({"sampler": {"type": "dopri"}})"),
             Contains("/data is missing") && Contains("did you mean \"dopri5\"?"));
}

TEST_CASE("a text may be empty only if its default is empty") {
  const std::string text = R"({"data": {"type": "text", "path": "book")";
  CHECK(parse_config_text(text + "}}").string("/data/letters").empty());
  CHECK(parse_config_text(text + R"(, "letters": ""}})") == parse_config_text(text + "}}"));
  CHECK(parse_config_text(parse_config_text(text + "}}").dump()) == parse_config_text(text + "}}"));
  CHECK_THAT(verdict(R"({"data": {"type": "text", "path": ""}})"),
             Contains("/data/path must not be an empty string"));
  CHECK_THAT(verdict(R"({"data": {"type": "words", "letters": ""}})"),
             Contains("/data/letters must not be an empty string"));
}

TEST_CASE("config init writes a valid config for every data set") {
  for (const std::string& type : section_table("data").types()) {
    CAPTURE(type);
    const Config config = parse_config(starter_config({type}), "init");
    // A config for measured tables or images has them inside a section such as standardize, which
    // scales them well.
    const Json& data = config.section("/data").json();
    const bool wraps_itself = type == "standardize" || type == "affine" || type == "manifold" ||
                              type == "dequantize" || type == "quantize";
    CHECK((wraps_itself ? data : innermost(data)).at("type") == type);
    CHECK(of_tokens(config) == (section_table("data").find(type)->kinds == DataKind::tokens));
  }
  CHECK(parse_config(starter_config({"words"}), "init") == parse_config_text(kWords + "}"));
  CHECK_THROWS_WITH(starter_config({"word"}),
                    Contains("[config] there is no data set \"word\"; did you mean \"words\"?"));
  CHECK_THROWS_WITH(starter_config({"mine/rings.json"}),
                    Contains("`pushforward config init rings > mine/rings.json` writes one"));
  CHECK_THROWS_WITH(starter_config({"my.json"}),
                    Contains("`pushforward config init DATA > my.json` writes one"));
}

TEST_CASE("config init standardizes measured numbers") {
  const Config table = parse_config(starter_config({"csv", "my 'table'.csv"}), "init");
  CHECK(table.string("/data/type") == "csv");  // which standardizes its columns itself
  CHECK(table.string("/data/path") == "my 'table'.csv");
  CHECK(table.string("/data/scale") == "auto");
  CHECK(table.number("/model/time/scale") == 1);
  CHECK(parse_config(starter_config({"npy"}), "init").string("/data/of/path") == "FILE");
  CHECK(parse_config(starter_config({"geyser"}), "init").string("/data/type") == "standardize");
  const Config digits = parse_config(starter_config({"digits"}), "init");
  CHECK(digits.numbers("/data/scale") == std::vector<double>{0.125});
  CHECK(digits.numbers("/data/shift") == std::vector<double>{-1});
}

TEST_CASE("the config of config init gets its name from its file and names the schema") {
  const std::string text = starter_config({"moons", "", "/share/config.schema.json"});
  CHECK_THAT(text, Contains("\n  \"$schema\": \"/share/config.schema.json\",\n  \"version\"") &&
                       Contains("  // \"name\": \"run\",  // name of the run"));
  CHECK(parse_config(text, "init", {}, {false, "mine"}).string("/name") == "mine");
}
