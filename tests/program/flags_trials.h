// What the test of flags without effect needs to know: runs of every kind, a command of each verb, and
// for each flag of a verb the words that give it.
#pragma once

#include <string>
#include <vector>

namespace pushforward {

// A kind of run. Words in capitals in the commands below stand for what it has.
struct RunOfKind {
  std::string name, config;
  bool tokens = false;
  std::string beside = {};          // words of every command with this run
  std::string solver = "euler";     // SOLVER, not its own
  std::string picture = "samples";  // PICTURE, which shows its samples
  std::string given = "x";          // GIVEN
  std::string points = {};          // words that P and Q are sampled with
};

inline std::vector<RunOfKind> runs_of_all_kinds() {
  const std::string flow =
      R"("model": {"type": "mlp", "hidden": [8]}, "sampler": {"type": "dopri5"},
                              "eval": {"n": 16}, "train": {"steps": 6, "batch": 32, "log_every": 1}})";
  const std::string tokens =
      R"("sampler": {"type": "ctmc_kernel", "steps": 4}, "eval": {"n": 16, "times": 4},
                                "train": {"steps": 6, "batch": 32, "log_every": 1}})";
  const std::string rows = R"({"data": {"type": "csv", "guess": "no", "path": "../set.csv"}, )";
  const std::string labelled = R"("loss": {"label_dropout": 0.5}, )";
  return {
      {"points", R"({"data": {"type": "moons"}, )" + flow},
      {"classes", R"({"data": {"type": "moons"}, )" + labelled +
                      R"("model": {"type": "mlp", "hidden": [8], "label": {"type": "embedding"}},
                         "optimizer": {"lr": 0.05}, )" +
                      flow.substr(flow.find("\"sampler\""))},
      {"finite", rows + flow, false, "", "euler", "samples", "x", "--exact"},
      {"exact", rows + flow, false, "--exact", "euler", "samples", "x", "--exact"},
      {"wide", R"({"data": {"type": "gaussian", "dim": 18}, )" + flow},
      {"words",
       R"({"data": {"type": "words", "path": "../list.txt", "shortest": 2, "longest": 4}, )" +
           labelled + R"("optimizer": {"lr": 0.05},
           "model": {"type": "token_mlp", "embed": 4, "hidden": [8], "label": {"type": "embedding"}}, )" +
           tokens,
       true, "", "ctmc_euler", "strip", "a__"},
      {"levels",
       R"({"data": {"type": "quantize", "levels": 8, "of": {"type": "moons"}},
           "model": {"type": "token_mlp", "embed": 4, "hidden": [8]}, )" +
           tokens,
       true, "", "ctmc_euler", "strip", "1,_"},
      {"given",
       R"({"data": {"type": "csv", "guess": "no", "path": "../three.csv", "condition": ["v"]}, )" +
           labelled + R"("optimizer": {"lr": 0.05}, )" + flow,
       false, "", "euler", "samples", "u=1,v=2", "--condition v=3"},
  };
}

// The command of a verb that other words are added to. It writes to the folder out. P, Q: points of
// the run, or its sequences.
struct VerbCommand {
  std::string verb, words;
  bool of_runs = false, only_continuous = false;
};

inline const std::vector<VerbCommand> kVerbCommands = {
    {"train", "tiny.json --out out/run"},
    {"sweep", "tiny.json seed=0,1 --jobs 1 --out out/sweep"},
    {"sample", "RUN -n 40 --out out/x.npy", true},
    {"loglik", "RUN --points P --out out/p.npy", true},
    {"eval", "RUN", true},
    {"encode", "RUN --points P --out out/z.npy", true, true},
    {"decode", "RUN --points P --out out/x.npy", true, true},
    {"interpolate", "RUN --from P --to Q --out out/x.npy", true, true},
    {"impute", "RUN --points G --steps 5 --particles 3 --out out/x.csv", true, true},
    {"velocity", "RUN --points P --t 0.5 --out out/u.npy", true, true},
    {"plot", "RUN --only PICTURE --out out", true},
    {"report", "RUN -n 20 --out out/report.html", true},
    {"inspect", "tiny.json"},
    {"config show", "tiny.json"},
    {"config check", "tiny.json"},
    {"config schema", ""},
    {"config init", ""},
    {"data", "moons -n 5 --out out/x.npy"},
    {"compare", "a.npy b.npy"},
    {"list", "solvers"},
    {"verify", "cfm_constant"},
    {"doctor", ""},
    {"completion", "bash"},
};

// A flag that some verbs have, and the words that give it. They replace those of this flag in the
// verb's command, if there are any. `beside` has words that the flag needs; they stand in both
// commands that are compared. `before` is typed first.
struct FlagTrial {
  std::string verbs, words, beside = {}, before = {};
};

inline const char* const kRunVerbs =
    "sample loglik eval encode decode interpolate impute velocity plot report";
inline const char* const kSolverVerbs = "sample loglik eval encode decode interpolate plot report";

// The first word is the flag. --threads has a test of its own, and so has --jobs of sweep.
inline std::vector<FlagTrial> flag_trials() {
  return {
      {"train", "--out out/other"},
      {"train", "--resume", "", "train tiny.json --max-steps 4 -q --out out/run"},
      {"train", "--overwrite", "", "train tiny.json --max-steps 4 -q --out out/run"},
      {"train", "--max-steps 3"},
      {"train", "--max-steps 7"},
      {"train", "--quiet"},
      {"train", "--json"},
      {"sweep", "--out out/other"},
      {"sweep", "--overwrite", "", "sweep tiny.json seed=0,1 --jobs 1 -q --out out/sweep"},
      {"sweep", "--eval"},
      {"sweep", "--shard 2/2"},
      {"sweep", "--quiet"},
      {kRunVerbs, "--raw"},
      {kRunVerbs, "--exact"},
      {kRunVerbs, "--label 3"},
      {kRunVerbs, "--label 1"},
      {kRunVerbs, "--guidance 2"},
      {kSolverVerbs, "--solver SOLVER"},
      {kSolverVerbs, "--steps 7"},
      {kSolverVerbs, "--rtol 0.3"},
      {kSolverVerbs, "--atol 0.5"},
      {"sample loglik eval plot report", "--temperature 0.1"},
      {"sample loglik eval plot report", "--top-p 0.2"},
      {"sample", "--number 5"},
      {"sample eval plot report data", "--seed 3"},
      {"loglik", "--seed 3"},
      {"encode decode", "--seed 3"},
      {"sample", "--out out/y.npy"},
      {"sample", "--trajectory out/t.npy"},
      {"sample", "--times 4", "--trajectory out/t.npy"},
      {"sample", "--loglik out/p.npy"},
      {"sample", "--divergence gaussian", "--loglik out/p.npy"},
      {"sample", "--divergence gaussian"},
      {"sample", "--probes 3", "--loglik out/p.npy --divergence rademacher"},
      {"sample", "--probes 3", "--loglik out/p.npy"},
      {"sample", "--labels out/c.npy"},
      {"sample", "--json"},
      {"sample", "--given GIVEN"},
      {"sample", "--free ?", "--given GIVEN"},
      {"sample", "--from P", "--begin 0.5"},
      {"sample", "--begin 0.25 --from P"},
      {"sample plot report", "--condition v=1"},
      {"sample", "--condition-file G"},
      {"sample", "--tokens"},
      {"loglik encode decode velocity", "--points Q"},
      {"loglik", "--out out/other.csv"},
      {"loglik", "--gradient out/g.npy"},
      {"loglik", "--error out/e.npy"},
      {"loglik", "--error out/e.npy", "--divergence rademacher"},
      {"loglik", "--tokens"},
      {"loglik eval", "--divergence gaussian"},
      {"loglik eval", "--probes 3", "--divergence rademacher"},
      {"loglik eval", "--probes 3"},
      {"loglik eval", "--json"},
      {"eval", "--number 12"},
      {"eval compare", "--scale std"},
      {"encode decode interpolate velocity", "--out out/other.npy"},
      {"interpolate", "--from Q"},
      {"interpolate", "--to P"},
      {"interpolate", "--count 3"},
      {"interpolate", "--linear"},
      {"impute", "--points P"},
      {"impute", "--out out/other.csv"},
      {"impute", "--number 2"},
      {"impute", "--seed 3"},
      {"impute", "--steps 7"},
      {"impute", "--particles 9"},
      {"impute", "--json"},
      {"velocity", "--t 0.25"},
      {"plot", "--number 3"},
      {"plot", "--only loss,strip"},
      {"plot", "--marks"},
      {"plot", "--out out/pictures"},
      {"report", "--number 4"},
      {"report", "--out out/other.html"},
      {"inspect", "--format dot"},
      {"inspect", "--out out/step.txt"},
      {"inspect", "--tour"},
      {"config schema", "--markdown"},
      {"data", "--number 4"},
      {"data", "--out out/other.csv"},
      {"compare", "--drop 1"},
      {"plot", "--drop 1"},
      {"compare", "--max 5"},
      {"compare", "--seed 3", "--max 5"},
      {"compare", "--seed 3"},
      {"compare", "--projections 3"},
      {"compare", "--neighbours 2"},
      {"compare", "--holdout a.npy"},
      {"compare", "--json"},
      {"compare", "--out out/c.csv"},
      {"list", "--names"},
      {"verify", "--list"},
      {"verify", "--plant 0.1"},
      {"verify", "--json"},
      {"doctor", "--json"},
      // Flags without effect on one picture, which is all that is drawn.
      {"plot", "--number 3", "--only loss"},
      {"plot", "--seed 3", "--only loss"},
      {"plot", "--raw", "--only loss"},
      {"plot", "--exact", "--only loss"},
      {"plot", "--label 1", "--only loss"},
      {"plot", "--guidance 2", "--only loss"},
      {"plot", "--solver SOLVER", "--only loss"},
      {"plot", "--steps 7", "--only loss"},
      {"plot", "--rtol 0.3", "--only loss"},
      {"plot", "--atol 0.5", "--only loss"},
      {"plot", "--temperature 0.1", "--only loss"},
      {"plot", "--top-p 0.2", "--only loss"},
  };
}

}  // namespace pushforward
