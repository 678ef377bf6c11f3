// Tests a beginner's first commands. The commands that the program prints are run, errors for
// mistyped words suggest the right ones, and an earlier run is never mistaken for a new one.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// Returns the commands of a help text that are on lines of their own below this heading.
std::vector<std::string> commands_below(const std::string& text, const std::string& heading) {
  std::istringstream lines(text);
  std::vector<std::string> commands;
  bool below = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(heading)) below = true;
    const std::size_t at = line.find_first_not_of(' ');
    const std::string program = "pushforward ";
    if (!below || at == std::string::npos || !line.substr(at).starts_with(program)) continue;
    const std::string command = line.substr(at + program.size());
    commands.push_back(command.substr(0, command.find("   ")));  // a remark may follow
  }
  return commands;
}

// Reduces the number of steps, so that a command ends at once. Only `train` needs this.
std::string quick(std::string command) {
  if (command.starts_with("train ") || command.starts_with("sweep "))
    command += " train.steps=20 model.hidden=[8] schedule.warmup=0";
  if (command.starts_with("sweep ")) command += " eval.n=50";
  return command;
}

}  // namespace

TEST_CASE("the commands that --help begins with work as printed") {
  const Sandbox sandbox;
  const std::vector<std::string> commands = commands_below(sandbox("--help").text, "Start here:");
  REQUIRE(commands.size() == 4);
  for (const std::string& command : commands) {
    CAPTURE(command);
    const Outcome outcome = sandbox(quick(command));
    INFO(outcome.text);
    CHECK(outcome.code == 0);
  }
  CHECK_FALSE(sandbox.read("runs/my/plots/samples.png").empty());
}

TEST_CASE("the examples in each verb's help use that verb and work") {
  const Sandbox sandbox;
  std::filesystem::create_directory_symlink(PUSHFORWARD_SOURCE_DIR "/data", sandbox.path("data"));
  // The examples of the help texts need runs, their samples, points and noise.
  sandbox.write("book.txt", "this is a short text, and that is all there is to it, or is it?\n");
  sandbox.write("text.json", R"({"data": {"type": "text", "path": "book.txt", "length": 15,
    "held_out": 0}, "model": {"type": "token_mlp", "hidden": [8]}, "train": {"steps": 5}})");
  sandbox.write("gaps.csv", "species,sex,year\nAdelie,,2007\n,female,2008\n");
  for (const char* command :
       {"train text.json -q",
        "train data/configs/moons.json -q train.steps=20 model.hidden=[8] schedule.warmup=0",
        "train data/configs/moons.json -q train.steps=2 model.hidden=[8] schedule.warmup=0 --out "
        "runs/other",
        "train data/configs/digits.json -q train.steps=2 model.width=8 schedule.warmup=0",
        "train data/configs/penguins.json -q train.steps=2 model.hidden=[8] schedule.warmup=0",
        "sample runs/moons -n 20 --out samples.npy", "sample runs/moons -n 20 --out samples.csv",
        "sample runs/moons -n 20 --out grid.npy", "sample runs/moons -n 20 --out latents.npy",
        "sample runs/digits -n 2 --out a.npy", "sample runs/digits -n 2 --out b.npy",
        "data moons -n 20 --out data.npy", "sample runs/penguins -n 20 --out new.csv"})
    sandbox.ask(command);
  const std::string verbs =
      "train sweep sample loglik eval encode decode interpolate impute velocity plot report inspect config data "
      "compare list verify doctor completion";
  CHECK_THAT(sandbox("nothing").text, Contains("choose one of: " + verbs));
  std::istringstream words(verbs + " ");
  std::vector<std::string> asked;
  for (std::string verb; words >> verb;) asked.push_back(verb);
  for (const char* action : {"show", "check", "schema", "init"})
    asked.push_back(std::string("config ") + action);
  for (const std::string& verb : asked) {
    const std::vector<std::string> commands =
        commands_below(sandbox(verb + " --help").text, "Example:");
    CAPTURE(verb);
    if (verb != "completion") CHECK_FALSE(commands.empty());
    for (std::string command : commands) {
      CAPTURE(command);
      CHECK(command.starts_with(verb));
      if (command.starts_with("eval")) command += " -n 20";
      if (command.starts_with("plot") || command.starts_with("report")) command += " -n 60";
      const Outcome outcome = sandbox(quick(command));
      INFO(outcome.text);
      CHECK(outcome.code == 0);
    }
  }
}

TEST_CASE("a command that is repeated says that its result exists already") {
  const Sandbox sandbox;
  sandbox.write("two.json", R"({"data": {"type": "moons"}, "model": {"hidden": [8]},
                                "train": {"steps": 6, "checkpoint_every": 2}})");
  expect(sandbox("train two.json"), 0, {"runs/two"});
  expect(
      sandbox("train two.json --max-steps 3"), 0,
      {"runs/two is an earlier run (6 of 6 steps, made 20", "so this one is written to runs/two-2",
       "--overwrite replaces the earlier run, --resume goes on with the last one",
       "resume with: pushforward train runs/two-2/config.json --resume"});
  expect(sandbox("train two.json --out runs/two-2"), 4,
         {"runs/two-2 already holds a run (3 of 6 steps, made 20", "--resume", "--overwrite"});
  const Outcome runs = sandbox("list runs");
  expect(runs, 0, {"run ", "last loss", "runs/two  ", "6 of 6", "runs/two-2", "3 of 6", " kB"});
  CHECK(sandbox("list runs --names").text == "runs/two\nruns/two-2\n");
  CHECK(sandbox("list runs runs/two --names").text == "runs/two\n");
  expect(sandbox("list runs nowhere"), 0, {"there are no runs in nowhere"});
}

TEST_CASE("a finished run can be resumed with more steps") {
  const Sandbox sandbox;
  sandbox.write("long.json", R"({"data": {"type": "moons"}, "model": {"hidden": [8]},
    "train": {"steps": 40, "batch": 32, "log_every": 1}, "schedule": {"type": "constant"}})");
  // If the schedule does not depend on the number of steps, the resumed run has the same bits as
  // one long run.
  sandbox.ask("train long.json -q --out whole train.steps=60");
  sandbox.ask("train long.json -q --out parts");
  expect(sandbox("train long.json --out parts --resume train.steps=60"), 0,
         {"/train/steps is 60 where the run was started with 40",
          "the result is that of a run of 60 steps from the start", "trained step 60"});
  CHECK(sandbox.read("parts/config.json") == sandbox.read("whole/config.json"));
  CHECK(timeless(sandbox.read("parts/metrics.jsonl")) ==
        timeless(sandbox.read("whole/metrics.jsonl")));
  sandbox.ask("train long.json -q --out cosine schedule=cosine");
  expect(sandbox("train cosine/config.json --out cosine --resume train.steps=80"), 0,
         {"the schedule cosine now ends at step 80, so the learning rate goes on at 0.0015",
          "not that of a run of 80 steps"});
  expect(sandbox("train cosine/config.json --out cosine --resume train.steps=50"), 2,
         {"was started with 80 steps, and /train/steps is now 50", "--max-steps 50"});
  expect(sandbox("train cosine/config.json --out cosine --resume sampler.rtol=0.01"), 0,
         {"cosine/config.json now has the changed values: /sampler/rtol differed"});
  CHECK_THAT(sandbox.read("cosine/config.json"), Contains("\"rtol\": 0.01"));
}

TEST_CASE(
    "an editor finds the schema that a config names, or config check says that it is not there") {
  const Sandbox sandbox;
  // A config to start from names a file that is there.
  expect(sandbox("config init > my.json"), 0, {});
  const std::string text = sandbox.read("my.json");
  const std::size_t from = text.find("\"$schema\": \"") + 12;
  const std::string named = text.substr(from, text.find('"', from) - from);
  CHECK(std::filesystem::is_regular_file(named));
  expect(sandbox("config check my.json"), 0, {"my.json: ok\n"});
  // A config of the program that was copied elsewhere names none.
  std::filesystem::copy(PUSHFORWARD_SOURCE_DIR "/data/configs/moons.json", sandbox.path(""));
  expect(sandbox("config check moons.json"), 0,
         {"moons.json:2:14: warning: /$schema: there is no file ../config.schema.json, so an "
          "editor finds no schema",
          "`pushforward config schema > ../config.schema.json` writes it, or name " + named +
              ", which is there",
          "moons.json: ok, with 1 of the warnings above"});
  expect(sandbox("config check " PUSHFORWARD_SOURCE_DIR "/data/configs/moons.json"), 0,
         {"moons.json: ok\n"});
  sandbox.write("beside.json", R"({"$schema": "./config.schema.json", "data": {"type": "moons"}})");
  expect(sandbox("config check beside.json"), 0, {"there is no file ./config.schema.json"});
  expect(sandbox("config schema > config.schema.json"), 0, {});
  expect(sandbox("config check beside.json"), 0, {"beside.json: ok\n"});
  sandbox.write("web.json", R"({"$schema": "file:///x", "data": {"type": "moons"}})");
  expect(sandbox("config check web.json"), 0, {"web.json: ok\n"});
  expect(sandbox.shell("cat web.json | $pf config check /dev/stdin"), 0, {"/dev/stdin: ok\n"});
  // Without the program's data, the config is printed all the same.
  expect(sandbox.shell("PUSHFORWARD_DATA=/nowhere $pf config init"), 0,
         {"the config names no schema for an editor", "\"version\": 1"});
}

TEST_CASE("steps that are asked for and cannot be trained are said") {
  const Sandbox sandbox;
  sandbox.write("few.json", R"({"data": {"type": "moons"}, "model": {"hidden": [8]},
                                "train": {"steps": 6}})");
  const std::string beyond =
      "warning: --max-steps 7 is beyond /train/steps, so training ends at step 6; set train.steps";
  expect(sandbox("train few.json --max-steps 7 --out a -q"), 0, {beyond});
  expect(sandbox("train few.json --max-steps 7 --out a --overwrite --json"), 0,
         {beyond, R"("steps":6)"});
  expect(sandbox("train few.json --resume --out a"), 0,
         {"warning: the run has all of its 6 steps, so nothing is trained; set train.steps"});
  expect(sandbox("train few.json --resume --out a --max-steps 9"), 0,
         {"--max-steps 9 is beyond /train/steps", "so nothing is trained"});
  sandbox.ask("train few.json --max-steps 4 --out b");
  expect(sandbox("train few.json --resume --out b --max-steps 3 -q"), 0,
         {"warning: the run has 4 of its 6 steps and --max-steps is 3, so nothing is trained"});
  // What can be trained is not warned of.
  for (const char* command : {"train few.json --max-steps 6 --out c", "train few.json --out d",
                              "train few.json --resume --out b --max-steps 5",
                              "train few.json --resume --out b train.steps=7"}) {
    const Outcome outcome = sandbox(command);
    INFO(outcome.text);
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.text, !Contains("warning"));
  }
}

TEST_CASE("usage errors suggest what was meant") {
  const Sandbox sandbox;
  sandbox.write("my.json", R"({"data": {"type": "moons"}, "model": {"hidden": [8],
    "label": {"type": "embedding"}}, "train": {"steps": 2, "batch": 32}})");
  sandbox.write("table.csv", "1,2\n3,4\n");
  sandbox.ask("train my.json -q");
  struct Mistake {
    const char* typed;
    int code;
    std::vector<std::string> parts;
  };
  const std::vector<Mistake> mistakes{
      {"sample runs/my --thread 1",
       2,
       {"[sample] there is no option \"--thread\"", "did you mean \"--threads\"?"}},
      {"sample runs/my -number 3", 2, {"no option \"-number\"; did you mean \"--number\"?"}},
      {"sample runs/my --points a.npy", 2, {"loglik, encode, decode, impute, velocity have it"}},
      {"config shwo my.json", 2, {"no \"config shwo\"; did you mean \"show\"?"}},
      {"config", 2, {"say what to do: show, check, schema, init"}},
      {"list solver", 2, {"did you mean \"solvers\"?"}},
      {"list solvers runs", 2, {"only `list runs` takes a folder"}},
      {"sampel runs/my", 2, {"did you mean \"sample\"?"}},
      {"sample", 2, {"run is required: the run's folder", "pushforward sample --help"}},
      {"sample runs/my 100", 2, {"\"100\" is one too many"}},
      {"sample runs/my sampler.steps=3", 2, {"is one too many; key=value changes a config"}},
      {"sample runs/my -n 10k", 2, {"--number: \"10k\" is no whole number", "1e4"}},
      {"sample runs/my -n 0.5", 2, {"\"0.5\" is no whole number"}},
      {"sample runs/my -n", 2, {"--number needs a value"}},
      {"sample runs/my --steps 0", 2, {"--steps: 0 is not from 1 to 10000000"}},
      {"sample runs/my --rtol x", 2, {"--rtol: \"x\" is no number"}},
      {"train my.json --resume --overwrite", 2, {"excludes", "give one of them"}},
      {"train moons", 4, {"[train] there is no file moons", "moons.json, a config that comes"}},
      {"train mons", 4, {"moons.json, a config that comes"}},
      {"train geyser.json", 4, {"`pushforward config init geyser > geyser.json`"}},
      {"train my", 4, {"did you mean my.json?"}},
      {"train runs/my", 4, {"runs/my is the folder of a run", "--resume --out runs/my"}},
      {"train table.csv", 4, {"is a table, not a config", "config init table.csv > my.json"}},
      {"sample my.json", 4, {"my.json is a config, not a run; its run is runs/my"}},
      {"sample my", 4, {"did you mean runs/my?"}},
      {"plot runs/mu", 4, {"did you mean runs/my?"}},
      {"eval runs/my/config.json", 4, {"did you mean runs/my?"}},
      {"sample runs/my --label 0.5",
       2,
       {"[label] there is no class 0.5 for --label; choose one from 0 to 1"}},
      {"sample runs/my --label ''",
       2,
       {"there is no class \"\" for --label; choose one from 0 to 1"}},
      {"sample runs/my --label x", 2, {"there is no class x for --label; choose one from 0 to 1"}},
      {"sample runs/my --label -1",
       2,
       {"there is no class -1 for --label; choose one from 0 to 1"}},
      {"sample runs/my --label 1e9", 2, {"choose one from 0 to 1"}},
      {"sample runs/my --label 99999999999999", 2, {"choose one from 0 to 1"}}};
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.typed);
    expect(sandbox(mistake.typed), mistake.code, mistake.parts);
  }
  // Whole numbers may be written as 1e1 or 1.0, and path=polynomial means path.type=polynomial.
  expect(sandbox("sample runs/my -n 1e1 --label 1.0 --seed 2e0 --out a.npy"), 0, {"10 samples"});
  expect(sandbox("train my.json path=polynomial --max-steps 1e0 -q --out b"), 0, {});
}

TEST_CASE("options without effect are refused") {
  const Sandbox sandbox;
  sandbox.write("my.json", R"({"data": {"type": "moons"}, "model": {"hidden": [8]},
    "ema": {"decay": 0}, "train": {"steps": 2, "batch": 32}})");
  sandbox.ask("train my.json -q");
  sandbox.ask("sample runs/my -n 5 --out a.npy");
  sandbox.ask("train my.json -q --out pairs source=data source.of=rings source.of.noise=0");
  for (const auto& [typed, part] : std::vector<std::pair<const char*, const char*>>{
           {"sample runs/my --raw", "[run] --raw has no effect, since this run keeps no average"},
           {"loglik runs/my --points a.npy --out p.npy --seed 3",
            "[loglik] --seed has no effect, since the divergence is exact"},
           {"loglik runs/my --points a.npy --out p.npy --probes 3", "--probes 3 has no effect"},
           {"eval pairs -n 8 --divergence exact",
            "[eval] --divergence and --probes have no effect"},
           {"sample runs/my --guidance 1", "[guidance] --guidance needs labels"},
           {"inspect --tour --format dot", "excludes --tour"},
           {"verify --list --json", "excludes --json"},
           {"completion bash train.", "is one too many"}}) {
    CAPTURE(typed);
    expect(sandbox(typed), 2, {part});
  }
  expect(sandbox("loglik runs/my --points a.npy --out p.npy --seed 3 --divergence gaussian"), 0,
         {});
  expect(sandbox("train my.json sigma_data=2 -q --out c"), 0,
         {"override `sigma_data=2`: warning: /sigma_data: it has no effect"});
  expect(sandbox("config check my.json sigma_data=2"), 0,
         {"my.json: ok, with 1 of the warnings above"});
}

TEST_CASE("a first table is learned in its own units, and unscaled data gives a warning") {
  const Sandbox sandbox;
  sandbox.write("raw.json", R"({"data": {"type": "geyser"}, "model": {"hidden": [8]},
                                "train": {"steps": 2, "batch": 32}})");
  expect(sandbox("train raw.json -q"), 0,
         {"[data] warning: column 1 has mean 70.9",
          R"(add 'data={"type":"standardize","of":{"type":"geyser"}}')"});
  sandbox.write("mine.csv", "height,weight\n180,80\n165,61\n172,70\n158,50\n");
  expect(sandbox("config init mine.csv > mine.json"), 0, {});
  const Outcome trained = sandbox("train mine.json train.steps=2");
  expect(trained, 0, {"runs/mine"});
  CHECK_THAT(trained.text, !Contains("warning"));
}

TEST_CASE("the help says which options only some runs have") {
  const Sandbox sandbox;
  expect(sandbox("sample --help"), 0,
         {"Only for runs of tokens", "Only for runs of continuous data"});
  for (const char* verb : {"encode", "decode", "interpolate"})
    CHECK_THAT(sandbox(std::string(verb) + " --help").text, !Contains("--temperature"));
}

TEST_CASE("completion offers types, pictures, equations and runs") {
  const Sandbox sandbox;
  sandbox.write("my.json", R"({"data": {"type": "moons"}, "model": {"hidden": [8]},
                               "train": {"steps": 2, "batch": 32}})");
  sandbox.ask("train my.json -q");
  CHECK_THAT(sandbox.completed("list so"), Contains("solvers") && Contains("sources"));
  CHECK_THAT(sandbox.completed("list ru"), Contains("runs"));
  CHECK_THAT(sandbox.completed("sample runs/"), Contains("runs/my"));
  CHECK_THAT(sandbox.completed("plot runs/my --only den"), Contains("density"));
  CHECK_THAT(sandbox.completed("verify conti"), Contains("continuity"));
  CHECK_THAT(sandbox.completed("train my.json sampler.type=dop"), Contains("sampler.type=dopri5"));
}
