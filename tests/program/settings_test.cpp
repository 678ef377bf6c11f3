// Tests that every key of a config has an effect: two values of it give different losses, samples,
// reports or files. Keys are read from the table of fields, so a new key is tested without changes
// here, and the test fails if nothing reads the key.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "apps/config/config.h"
#include "apps/config/table.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/formats/npy.h"
#include "tests/program/settings_trials.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;
namespace fs = std::filesystem;

namespace {

// Small runs of continuous data and of tokens, in which any key can be changed.
const char* const kFlow = R"({"data": {"type": "moons", "noise": 0.1},
  "model": {"type": "mlp", "hidden": [8]}, "optimizer": {"type": "adam", "lr": 0.05},
  "schedule": {"type": "constant"}, "sampler": {"type": "rk4", "steps": 3},
  "train": {"steps": 6, "batch": 32, "log_every": 1, "threads": 1}})";
const char* const kTokens = R"({"data": {"type": "words", "path": "list.txt", "shortest": 2,
    "longest": 4},
  "model": {"type": "token_mlp", "embed": 4, "hidden": [8]},
  "optimizer": {"type": "adam", "lr": 0.05}, "schedule": {"type": "constant"},
  "sampler": {"type": "ctmc_kernel", "steps": 4},
  "train": {"steps": 6, "batch": 32, "log_every": 1, "threads": 1}})";

// The folder of the trials, with the files that their configs name.
class Trials {
 public:
  Trials() : before_(fs::current_path()) {
    sandbox_.write("a.csv", "1,2\n3,5\n4,1\n2,2\n");
    sandbox_.write("b.csv", "1,2\n3,5\n4,1\n2,3\n");
    sandbox_.write("s.csv", "1,0,0,0\n0,1,0,0\n0,0,1,0\n0.6,0,0,0.8\n");
    sandbox_.write("m.csv", "1,2\n3,NA\n4,1\n2,2\n");
    sandbox_.write("g.csv", "\"1,200\",2\n\"3,400\",5\n\"4,100\",1\n\"2,300\",2\n");
    sandbox_.write("p.csv", "10%,2\n30%,5\n40%,1\n20%,2\n");
    sandbox_.write("d.csv", "$1,2\n$3,5\n$4,1\n$2,2\n");
    sandbox_.write("tl.csv", "x\ny\nx\ny\nx\ny\nx\ny\nx\ny\nx\ny\n");
    sandbox_.write("tk.csv", "x\nx\nx\ny\ny\ny\nx\nx\nx\ny\ny\ny\n");
    sandbox_.write("l.csv", "x\ny\nx\n");
    sandbox_.write("k.csv", "x\nx\ny\n");
    sandbox_.write("lk.csv", "x,y\na,a\nb,a\na,b\n");
    sandbox_.write("wl.csv", "x\ny\nx\ny\nx\ny\nx\ny\nx\ny\nx\ny\n");
    sandbox_.write("wk.csv", "x\nx\nx\ny\ny\ny\nx\nx\nx\ny\ny\ny\n");
    for (const char* name : {"tlk.csv", "wlk.csv"})
      sandbox_.write(name, "x,y\na,a\nb,a\na,a\nb,b\na,b\nb,b\na,a\nb,a\na,a\nb,b\na,b\nb,b\n");
    sandbox_.write("c.csv", "1,5;2\n3;5,25\n4;1\n2;2\n");
    sandbox_.write("list.txt", "ace\nbad\ncab\nzoo\nfee\nox\nhide\nax\nbee\ndab\nyes\nquiz\n");
    std::string other = "bad\nox\nit\n", book;
    for (int k = 0; k < 4; ++k) {
      other += "And  then the CAT sat\non a mat; and then it ran.\n";
      book += "A fox  in a BOX\nis a fox;  a box\nin a fox is not.\n";
    }
    sandbox_.write("other.txt", other);
    sandbox_.write("book.txt", book);
    for (const auto& [name, last] : {std::pair("a.npy", 1.), std::pair("b.npy", 4.)})
      write_npy(sandbox_.path(name), {{3, 2}, {1, 2, 3, 5, 4, last}});
    for (const auto& [name, last] : {std::pair("t.npy", 1.), std::pair("u.npy", 3.)}) {
      NdArray rows{{12, 2}, {}};
      for (int k = 0; k < 24; ++k) rows.values.push_back(k % 3 == 2 ? last : k % 4);
      write_npy(sandbox_.path(name), rows);
    }
    fs::current_path(sandbox_.path(""));
    // Two runs with different weights, from which another run can start.
    for (const auto& [name, seed] : {std::pair("start", "seed=1"), std::pair("later", "seed=2")}) {
      TrainRequest request;
      request.quiet = true;
      request.out = name;
      const Config config = parse_config(kFlow, "trial", {seed});
      engine_of(config).train(config, request);
    }
  }
  ~Trials() { fs::current_path(before_); }

  // Returns the results of a config as text.
  std::string result(DataKind kind, const std::vector<std::string>& changes, Probe probe) {
    try {
      const Config config =
          parse_config(kind == DataKind::tokens ? kTokens : kFlow, "trial", changes);
      return result(config, probe);
    } catch (const std::exception& error) {
      return std::string("refused: ") + error.what();
    }
  }

 private:
  std::string result(const Config& config, Probe probe) {
    const Engine& engine = engine_of(config);
    const bool names = probe == Probe::files;
    TrainRequest training;
    training.quiet = true;
    if (!names) training.out = "run";
    training.overwrite = true;
    std::string text = fmt::format("exit {}\n", engine.train(config, training));
    const std::string run =
        names ? config.string("/output/dir") + "/" + config.string("/name") : "run";
    if (probe == Probe::threads) return sandbox_.read(run + "/env.json");
    text += timeless(sandbox_.read(run + "/metrics.jsonl"));
    if (names) return text + files_below(run);
    if (probe == Probe::evaluation) {
      EvaluateRequest request;
      request.run = run;
      request.threads = 1;
      Json report = engine.evaluate(config, request);
      report.at("samples").erase("sampling_seconds");
      return text + report.dump();
    }
    SampleRequest request;
    request.run = run;
    request.n = 24;
    request.threads = 1;
    return text + numbers(engine.sample(config, request).points);
  }

  static std::string numbers(const NdArray& array) {
    return fmt::format("{} {}\n", fmt::join(array.shape, "x"), fmt::join(array.values, " "));
  }
  static std::string files_below(const std::string& run) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(run))
      names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    return fmt::format("{}\n", fmt::join(names, "\n"));
  }

  fs::path before_;
  Sandbox sandbox_{folder_in_memory()};
};

std::string spot_of(const std::string& section) {
  for (const SectionSpot& spot : kSpots) {
    if (section == spot.section) return spot.at;
  }
  throw std::runtime_error("kSpots does not say where the section " + section + " stands");
}

// Returns the trial of a key: its own, or one for all keys or types of its section.
Trial trial_of(const std::string& section, const std::string& type, const std::string& key) {
  for (const std::string& name :
       {section + "/" + type + "/" + key, section + "/*/" + key, section + "/" + type + "/*"}) {
    for (const Trial& trial : trials()) {
      if (trial.key == name) return trial;
    }
  }
  return {section + "/" + type + "/" + key};
}

bool allowed(const ConfigField& field, double value) {
  const Range& range = field.range;
  const bool whole = field.kind != FieldKind::integer ||
                     (value == std::floor(value) && std::fmod(value, field.multiple) == 0);
  return whole && value != field.fallback.get<double>() &&
         (range.open_low ? value > range.low : value >= range.low) &&
         (range.open_high ? value < range.high : value <= range.high);
}

// Returns a value other than the default, in the form of an override, or "" if there is none.
std::string another_value(const ConfigField& field) {
  switch (field.kind) {
    case FieldKind::boolean: return field.fallback == true ? "false" : "true";
    case FieldKind::choice:
      for (const std::string& choice : field.choices) {
        if (field.fallback != choice) return choice;
      }
      return "";
    case FieldKind::number:
    case FieldKind::integer: {
      const double x = field.fallback.get<double>();
      for (const double value : {1.5 * x, x / 2, x + 0.25, x - 0.25, 2 * x, x + 1, x - 1}) {
        if (allowed(field, value)) return fmt::format("{}", value);
      }
      return "";
    }
    case FieldKind::number_or_auto: return "2.5";
    default: throw std::runtime_error("settings_trials.h has to give two values of " + field.key);
  }
}

// Returns the settings that the small run needs besides, so that a section of this type is valid.
std::vector<std::string> needs_of(const std::string& section, const std::string& type) {
  std::vector<std::string> needs;
  if (section == "coupling" && type == "paired") needs = {"data.type=geyser"};
  if (section == "path" && (type == "ve" || type == "edm")) needs = {"sampler.end=1"};
  if (section == "bridge_time" || type == "bridge_sde")
    needs = {"loss.type=score_and_flow",
             R"(path={"type":"cond_ot","noise":{"type":"brownian","scale":1}})"};
  return needs;
}

// Returns the overrides for one of the two values of a trial.
std::vector<std::string> changes_of(const std::string& at, const std::string& type,
                                    const std::string& section, const ConfigField& field,
                                    const Trial& trial, const std::string& value) {
  std::vector<std::string> changes = needs_of(section, type);
  const std::string prefix = at.empty() ? "" : at + ".";
  if (!type.empty()) changes.push_back(prefix + "type=" + type);
  changes.insert(changes.end(), trial.around.begin(), trial.around.end());
  changes.push_back(prefix + field.key + "=" + value);
  // A Schroedinger bridge needs noise of the same scale on the path.
  if (trial.key == "coupling/schroedinger_bridge/sigma") {
    changes.insert(changes.end(), {"path.noise.type=brownian", "path.noise.scale=" + value});
  }
  return changes;
}

void examine(Trials& trials, DataKind kind, const SectionTable& table,
             const Alternative& alternative, const ConfigField& field) {
  const std::string at = spot_of(table.name);
  Trial trial = trial_of(table.name, alternative.type, field.key);
  if (trial.a.empty()) {
    trial.b = another_value(field);
    if (trial.b.empty()) return;  // the version and the prediction of tokens have only one value
    const Json& fallback = field.fallback;
    trial.a = fallback.is_string() ? fallback.get<std::string>() : fallback.dump();
  }
  const auto run = [&](const std::string& value, Probe probe) {
    return trials.result(kind, changes_of(at, alternative.type, table.name, field, trial, value),
                         probe);
  };
  INFO(table.name << "/" << alternative.type << "/" << field.key << ": " << trial.a << " and "
                  << trial.b);
  const std::string a = run(trial.a, trial.probe), b = run(trial.b, trial.probe);
  // The first value must be valid for the run.
  CAPTURE(a.substr(0, 400));
  CHECK((a.starts_with("exit 0") || trial.probe == Probe::threads ||
         table.name + field.key == "trainon_nonfinite"));
  CHECK(a != b);
  if (trial.probe == Probe::threads)
    CHECK(run(trial.a, Probe::samples) == run(trial.b, Probe::samples));
}

void examine_all(DataKind kind, bool token_rows) {
  Trials trials;
  for (const SectionTable& table : config_tables(kind)) {
    for (const Alternative& alternative : table.alternatives) {
      for (const ConfigField& field : alternative.fields) {
        if (field.kind == FieldKind::section) continue;
        // Keys for both kinds of data are only tried with continuous data.
        const bool of_tokens = alternative.kinds == DataKind::tokens ||
                               field.kinds == DataKind::tokens || table.name == "kappa" ||
                               table.name == "corrector" || table.name == "remasking" ||
                               table.name == "token_distance";
        if (of_tokens == token_rows) examine(trials, kind, table, alternative, field);
      }
    }
  }
}

}  // namespace

TEST_CASE("every key of a config of continuous data has an effect") {
  examine_all(DataKind::continuous, false);
}

TEST_CASE("every key of a config of tokens has an effect") { examine_all(DataKind::tokens, true); }

TEST_CASE("every trial belongs to a key that exists") {
  for (const Trial& trial : trials()) {
    CAPTURE(trial.key);
    bool found = false;
    for (const SectionTable& table : config_tables()) {
      for (const Alternative& alternative : table.alternatives) {
        for (const ConfigField& field : alternative.fields) {
          for (const std::string& type : {alternative.type, std::string("*")}) {
            for (const std::string& key : {field.key, std::string("*")})
              found = found || trial.key == table.name + "/" + type + "/" + key;
          }
        }
      }
    }
    CHECK(found);
  }
}
