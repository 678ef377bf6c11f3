// Tests the warnings about settings that have no effect or a hidden effect: the place, text and
// cure of each. Defaults, written out or not, give no warning.
#include <filesystem>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/config/table.h"
#include "apps/failure.h"
#include "apps/suggest.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

const char* const kPlainMoons = R"({"data": {"type": "moons"}})";
const char* const kPlainWords = R"({"data": {"type": "words"}})";

std::string warnings(const char* text, const std::vector<std::string>& overrides) {
  return join_words(parse_config(text, "c.json", overrides).warnings(), "\n");
}

// Settings without effect, the warning about them, and one more setting that gives them an effect.
struct Idle {
  const char* text;
  std::vector<std::string> settings;
  std::string message, cured;
};

}  // namespace

TEST_CASE("a setting without effect gives a warning, until another setting makes use of it") {
  const std::string steps = "since `steps` is above 0 and the solver takes fixed steps";
  const std::string labels = "it has no effect, since the network takes no labels";
  const std::vector<Idle> cases{
      {kPlainMoons, {"sigma_data=1"}, "/sigma_data: it has no effect", "prediction=edm"},
      {kPlainMoons, {"loss.most=5"}, "/loss/most: it has no effect", "loss.weight=data"},
      {kPlainMoons,
       {"loss.label_dropout=0.3"},
       "/loss/label_dropout: " + labels,
       "model.label=embedding"},
      {kPlainWords,
       {"loss.label_dropout=0.3"},
       "/loss/label_dropout: " + labels,
       "model.label=embedding"},
      {kPlainMoons,
       {"ema.decay=0", "ema.warmup=false"},
       "/ema/warmup: it has no effect",
       "ema.decay=0.9"},
      {kPlainMoons,
       {"ema.decay=0", "sampler.ema=false"},
       "/sampler/ema: it has no effect",
       "ema.decay=0.9"},
      {kPlainMoons,
       {"train.checkpoint_every=0", "train.keep=9"},
       "/train/keep: it has no effect",
       "train.checkpoint_every=50"},
      {kPlainMoons,
       {"train.checkpoint_every=0", "train.keep_every=9"},
       "/train/keep_every: it has no effect",
       "train.checkpoint_every=50"},
      {kPlainMoons,
       {"train.checkpoint_every=30000", "train.on_nonfinite=rollback"},
       "/train/on_nonfinite: there is no checkpoint to go back to",
       "train.checkpoint_every=50"},
      {kPlainMoons,
       {"sampler.steps=9", "sampler.rtol=0.1"},
       "/sampler/rtol: it has no effect, " + steps,
       "sampler.steps=0"},
      {kPlainMoons,
       {"sampler.steps=9", "sampler.atol=0.1"},
       "/sampler/atol: it has no effect, " + steps,
       "sampler.steps=0"},
      {kPlainMoons,
       {"sampler.steps=9", "sampler.max_steps=7"},
       "/sampler/max_steps: it has no effect, " + steps,
       "sampler.steps=0"},
      {kPlainMoons,
       {"sampler=euler", "sampler.steps=7", R"(sampler.grid={"type":"list","times":[0,0.5,1]})"},
       "/sampler/steps: it has no effect, since `grid` is a list of times",
       "sampler.grid=uniform"},
      {kPlainMoons,
       {"schedule=step", "train.steps=500"},
       "/schedule/step_size: it has no effect, since the rate would first fall after step 1000 and "
       "the training ends at step 500",
       "schedule.step_size=100"},
      {kPlainMoons,
       {"sampler.guidance.from=0.5"},
       "/sampler/guidance/from: " + labels,
       "model.label=embedding"},
      {kPlainMoons,
       {"sampler.guidance.to=0.5"},
       "/sampler/guidance/to: " + labels,
       "model.label=embedding"},
      {kPlainMoons,
       {"sampler.denoise=yes"},
       "/sampler/denoise: it has no effect",
       "path.sigma_min=0.1"},
      {kPlainWords,
       {"sampler.temperature=0", "sampler.top_p=0.5"},
       "/sampler/top_p: it has no effect",
       "sampler.temperature=0.5"},
      {kPlainMoons,
       {"coupling=ot", "model.label=embedding"},
       "/coupling: the transport does not see the labels",
       "coupling.label_weight=1e3"},
      {kPlainMoons,
       {"coupling=ot", "model.label=embedding"},
       "/coupling: the transport does not see the labels",
       "coupling.within_classes=true"},
      {kPlainMoons,
       {"coupling=partial", "model.label=embedding"},
       "/coupling: the transport does not see the labels",
       "coupling=independent"},
      {kPlainMoons,
       {"coupling=sinkhorn", "model.label=embedding"},
       "/coupling: the transport does not see the labels",
       "coupling=independent"}};
  for (const Idle& idle : cases) {
    CAPTURE(idle.settings.back(), idle.message);
    const std::string got = warnings(idle.text, idle.settings);
    CHECK_THAT(got, Contains("warning: " + idle.message));
    CHECK(got.find("warning: ") == got.rfind("warning: "));
    std::vector<std::string> cured = idle.settings;
    cured.push_back(idle.cured);
    CHECK(warnings(idle.text, cured) == "");
  }
  CHECK(
      parse_config("{\"data\": {\"type\": \"moons\"},\n \"sigma_data\": 1}", "c.json").warnings() ==
      std::vector<std::string>{
          "c.json:2:16: warning: /sigma_data: it has no effect, since neither /prediction nor "
          "/loss/weight is edm\n   leave it out"});
}

TEST_CASE("defaults written out give no warning, whatever the section's type") {
  for (const DataKind kind : {DataKind::continuous, DataKind::tokens}) {
    const char* const text = kind == DataKind::tokens ? kPlainWords : kPlainMoons;
    for (const ConfigField& top : config_tables(kind).front().alternatives.front().fields) {
      if (top.kind != FieldKind::section || top.key == "data") continue;
      for (const Alternative& alternative : section_below(top, kind).alternatives) {
        CAPTURE(top.key, alternative.type);
        std::vector<std::string> changes;
        if (!alternative.type.empty()) changes.push_back(top.key + "=" + alternative.type);
        try {
          const Config config = parse_config(text, "c.json", changes);
          CHECK(parse_config(config.dump(), "c.json").warnings() == config.warnings());
          CHECK(config.warnings().empty());
        } catch (const Failure&) {
          // This test leaves out values of a key `type` that need further keys or other settings.
        }
      }
    }
  }
}

TEST_CASE("never showing labels is refused in a new run, and accepted from an earlier run") {
  const std::vector<std::string> blind{"model.label=embedding", "loss.label_dropout=1"};
  CHECK_THROWS_WITH(
      parse_config(kPlainMoons, "c.json", blind),
      Contains("error: /loss/label_dropout: the network is given labels or conditions, "
               "but every row would be trained without\n   set it below 1"));
  CHECK(parse_config(kPlainMoons, "c.json", blind, {.earlier_run = true})
            .number("/loss/label_dropout") == 1);
}
