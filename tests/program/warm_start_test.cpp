// Tests runs that start from the weights of another run: which weights they have, what they record,
// and which runs are refused.
#include <string>
#include <vector>

#include "nn/checkpoint/safetensors.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

struct WarmSandbox : Sandbox {
  WarmSandbox() {
    write("t.csv", "a,b\n1.5,20\n2.5,31\n2.0,22\n1.75,29\n3.0,30\n2.75,21\n");
    write("u.csv", "a,c\n1.5,120\n2.5,131\n2.0,122\n1.75,129\n3.0,130\n2.75,121\n");
    write("c.json", R"({"name": "table", "data": {"type": "standardize",
      "of": {"type": "csv", "path": "t.csv"}}, "model": {"hidden": [8]},
      "train": {"steps": 30, "batch": 16, "log_every": 1},
      "sampler": {"type": "euler", "steps": 4}})");
    ask("train c.json -q --out first");
  }
  std::string samples(const std::string& run) const {
    ask("sample " + run + " -n 20 --out s.npy --seed 3");
    return read("s.npy");
  }
  std::string metadata(const std::string& run, const std::string& key) const {
    const Safetensors file = read_safetensors(posix(), path(run + "/model.safetensors"));
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? "none" : found->second;
  }
};

}  // namespace

TEST_CASE("a run starts from the weights of another one and records which") {
  const WarmSandbox sandbox;
  // With a rate of 0 the weights stay those of the first run.
  expect(sandbox("train c.json --out same from=first optimizer.lr=0 seed=5 train.steps=3"), 0,
         {"the weights of first after step 30 are the first of this run; optimizer, schedule and "
          "average begin anew"});
  CHECK(sandbox.samples("same") == sandbox.samples("first"));
  sandbox.ask("train c.json -q --out fresh optimizer.lr=0 seed=5 train.steps=3");
  CHECK(sandbox.samples("fresh") != sandbox.samples("first"));
  const auto record = nlohmann::json::parse(sandbox.read("same/env.json")).at("from");
  CHECK(record.at("run") == "first");
  CHECK(record.at("step") == "30");
  CHECK(record.at("absolute").get<std::string>().ends_with("/first"));
  CHECK(record.at("bytes") == sandbox.read("first/model.safetensors").size());
  CHECK(sandbox.metadata("same", "from.step") == "30");
  CHECK(sandbox.metadata("same", "from.xxh3") == record.at("xxh3"));
  CHECK(sandbox.metadata("same", "from.run").ends_with("/first"));
  CHECK(sandbox.metadata("first", "from.run") == "none");
  // In double, too.
  expect(sandbox("train c.json --out double from=first precision=float64 train.steps=3"), 0, {});
}

TEST_CASE("a run with other weights at its start is resumed to the same bits") {
  const WarmSandbox sandbox;
  const std::string train = "train c.json -q from=first seed=5 ";
  sandbox.ask(train + "--out whole");
  sandbox.ask(train + "--out parts --max-steps 7");
  sandbox.ask("train parts/config.json -q --out parts --resume");
  CHECK(sandbox.read("parts/model.safetensors") == sandbox.read("whole/model.safetensors"));
  // Killed before its first checkpoint, it starts from the recorded weights again, from any folder.
  sandbox.ask(train + "--out killed --max-steps 7");
  sandbox.empty("killed/checkpoints");
  sandbox.make_folder("sub");
  expect(sandbox.from("sub", "train ../killed/config.json -q --out ../killed --resume"), 0, {});
  CHECK(sandbox.read("killed/model.safetensors") == sandbox.read("whole/model.safetensors"));
  expect(sandbox("train parts/config.json --out parts --resume from=other train.steps=40"), 2,
         {"was started with another config: /from differs"});
  // The weights of the first run have changed since.
  sandbox.ask(train + "--out late --max-steps 7");
  sandbox.empty("late/checkpoints");
  sandbox.ask("train first/config.json -q --out first --resume train.steps=40");
  expect(sandbox("train late/config.json -q --out late --resume"), 4,
         {"[from] the weights of ",
          "have changed since this run was started from them: they were "
          "those of step 30 and are those of step 40; start a new run without --resume"});
}

TEST_CASE("weights that do not fit are refused with both shapes, and other data is remarked on") {
  const WarmSandbox sandbox;
  expect(sandbox("train c.json --out run from=first 'model.hidden=[16]'"), 4,
         {"[from] the network of first is another one than that of this config: ", " is [8, ",
          " there and [16, ",
          "parameters differ); give /model and the number of columns "
          "and classes as in first/config.json, or leave /from out"});
  expect(sandbox("train c.json --out run from=first 'model.hidden=[8,8]'"), 4,
         {"4.weight, [2, 8] here, is missing there (", "parameters differ)"});
  expect(sandbox("train c.json --out run from=first data.of.columns=[0]"), 4,
         {"[from] the network"});
  expect(sandbox("train c.json --out run from=frist"), 4,
         {"[run] frist is not a run: frist/config.json is missing"});
  expect(sandbox("train c.json --out first --overwrite from=first"), 2,
         {"[train] --overwrite would remove first, from whose weights (/from) the new run starts; "
          "choose another --out"});
  CHECK_FALSE(sandbox.read("first/model.safetensors").empty());
  CHECK(sandbox.read("run/config.json").empty());
  expect(sandbox("train c.json --out other from=first data.of.path=u.csv train.steps=3"), 0,
         {"warning: the weights of first are for the columns a, b, and this data has a, c",
          "note: the numbers of the flow are scaled in another way than in first: 1 in column c "
          "stands for "});
  expect(sandbox("train c.json --out noise from=first prediction=noise train.steps=3"), 0,
         {"warning: the network of first predicts velocity, and this one noise"});
}

TEST_CASE("kinds, categories, transforms and classes that differ are listed at a warm start") {
  const WarmSandbox sandbox;
  const auto rows = [](const char* header, const char* one, const char* two) {
    std::string text = header;
    for (int k = 1; k < 7; ++k)
      text +=
          std::to_string(k * k) + "," + std::to_string(7 - k) + ".5," + (k % 2 ? one : two) + "\n";
    return text;
  };
  sandbox.write("birds.csv", rows("eggs,mass,kind\n", "gull", "tern"));
  sandbox.write("other.csv", rows("eggs,mass,kind\n", "gull", "auk"));
  sandbox.write("b.json",
                R"({"data": {"type": "csv", "path": "birds.csv"}, "model": {"hidden": [8]},
    "train": {"steps": 3, "batch": 16}})");
  sandbox.ask("train b.json -q --out birds");
  const Outcome same = sandbox("train b.json --out same from=birds");
  expect(same, 0, {});
  CHECK(same.text.find("other columns") == std::string::npos);
  expect(
      sandbox("train b.json --out kinds from=birds data.path=other.csv "
              "'data.types={\"eggs\": \"number\", \"mass\": \"log\"}'"),
      0,
      {"warning: the weights of birds are for other columns: eggs (integer), mass, kind (category "
       "of gull|tern) there, eggs, mass (log), kind (category of auk|gull) in this data\n"});
  const std::string classes = " data.label=kind model.label.type=embedding ";
  sandbox.ask("train b.json -q --out classes" + classes);
  expect(
      sandbox("train b.json --out other from=classes data.path=other.csv" + classes), 0,
      {"warning: the weights of classes are for other classes: gull, tern there, auk, gull in this "
       "data\n"});
}

TEST_CASE("a token run starts from another one only if tokens stand for the same characters") {
  const WarmSandbox sandbox;
  const auto list = [](const std::string& letters) {
    std::string words;
    for (const char a : letters)
      for (const char b : letters) words += std::string{a, b, '\n'};
    return words;
  };
  sandbox.write("abc.txt", list("abc"));
  sandbox.write("abd.txt", list("abd"));
  sandbox.write("w.json", R"({"data": {"type": "words", "path": "abc.txt", "shortest": 2,
    "longest": 2, "held_out": 0}, "model": {"type": "token_mlp", "embed": 4, "hidden": [8]},
    "train": {"steps": 5, "batch": 8}})");
  sandbox.ask("train w.json -q --out abc");
  expect(sandbox("train w.json --out again from=abc"), 0, {"the weights of abc after step 5"});
  expect(sandbox("train w.json --out run from=abc data.path=abd.txt"), 4,
         {"[from] token 2 is \"c\" in abc and \"d\" in this data; use data with the same "
          "characters, or leave /from out"});
  expect(sandbox("train w.json --out run from=first"), 4,
         {"[from] first is a flow of continuous data, and /data of this config is tokens"});
  expect(sandbox("train c.json --out run from=abc"), 4,
         {"[from] abc is a flow of tokens, and /data of this config is continuous"});
}
