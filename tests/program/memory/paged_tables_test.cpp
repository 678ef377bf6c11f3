// Tests trainings on tables whose parts are in temporary files, as those of large tables are: they have the bits
// of a training that keeps the table in memory.
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/program.h"
#include "apps/formats/paged_memory.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Runs the program in a child process of this one, in which blocks of `least` bytes or more are in files of
// `folder`. Returns the exit code. The output is in the file "said".
int run_paged(const Sandbox& sandbox, std::vector<std::string> words, std::size_t least,
              const std::string& folder = {}) {
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(sandbox.path(".").c_str()) != 0) _exit(99);
    const int said = open("said", O_CREAT | O_WRONLY | O_TRUNC, 0600);
    dup2(said, 1);
    dup2(said, 2);
    paged_settings() = {least, folder};
    words.insert(words.begin(), "pushforward");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int code = program(static_cast<int>(words.size()), arguments.data());
    fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Returns the bytes of a run's weights and metrics, without the times in them.
std::string bits_of(const Sandbox& sandbox, const std::string& run) {
  std::string bits = sandbox.read(run + "/model.safetensors");
  const std::string metrics = sandbox.read(run + "/metrics.jsonl");
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line);
    for (const auto& [key, value] : row.items())
      if (key.find("loss") != std::string::npos) bits += key + value.dump() + "\n";
  }
  return bits;
}

std::string typed_rows() {
  std::string rows = "x,n,colour,kind,when,y\n";
  for (int k = 0; k < 300; ++k)
    rows += (k % 17 ? std::to_string(k * 37 % 101) + "." + std::to_string(k % 7) : "") + "," +
            std::to_string(k % 23) + "," +
            (k % 3   ? "red"
             : k % 4 ? "blue"
                     : "") +
            "," + (k % 2 ? "a" : "b") + ",2024-01-" + std::to_string(10 + k % 20) + "," +
            std::to_string(k * 53 % 97) + ".125\n";
  return rows;
}

}  // namespace

TEST_CASE("a training on a table in temporary files has the bits of one in memory") {
  const Sandbox sandbox;
  sandbox.write("t.csv", typed_rows());
  std::string plain = "a,b,c\n";
  for (int k = 0; k < 200; ++k)
    plain += "0." + std::to_string(k * 7919 % 10007) + "," + std::to_string(k % 19) + ".5,7e-" +
             std::to_string(k % 5) + "\n";
  sandbox.write("p.csv", plain);
  sandbox.shell("head -n 60 p.csv > held.csv; gzip -k p.csv");
  const std::string model = R"("model": {"hidden": [8]}, "train": {"steps": 12, "batch": 16,
    "threads": 1, "log_every": 1}, "sampler": {"type": "euler", "steps": 2}})";
  sandbox.write("t.json", R"({"name": "t", "data": {"type": "csv", "path": "t.csv"}, )" + model);
  sandbox.write("p.json", R"({"name": "p", "data": {"type": "csv", "path": "p.csv"}, )" + model);
  const std::vector<std::vector<std::string>> trainings{
      {"t.json"},
      {"t.json", "data.missing_rows=model"},
      {"t.json", "data.label=kind", "train.holdout=0.2"},
      {"t.json", "data.condition=[\"n\"]", "train.holdout=0.2"},
      {"t.json", R"(data.types={"x": "quantile", "n": "category"})"},
      {"p.json"},
      {"p.json", "precision=float64"},
      {"p.json", "data.guess=no", "data.scale=none", "train.holdout=0.2"},
      {"p.json", "train.holdout=held.csv"},
      {"p.json", "data.path=p.csv.gz", "coupling.type=ot"},
  };
  std::filesystem::create_directory(sandbox.path("pages"));
  for (std::vector<std::string> words : trainings) {
    words.insert(words.begin(), {"train", "--overwrite", "--out", "run"});
    std::string shown;
    for (const std::string& word : words) shown += word + " ";
    CAPTURE(shown);
    const int code = run_paged(sandbox, words, std::size_t{1} << 40);
    INFO(sandbox.read("said"));
    REQUIRE(code == 0);
    const std::string bits = bits_of(sandbox, "run");
    CHECK(run_paged(sandbox, words, 1, sandbox.path("pages")) == 0);
    INFO(sandbox.read("said"));
    CHECK(bits_of(sandbox, "run") == bits);
    CHECK(std::filesystem::is_empty(sandbox.path("pages")));
  }
}

TEST_CASE("a training without a place for the files of its table says so, and leaves nothing") {
  const Sandbox sandbox;
  sandbox.write("t.csv", typed_rows());
  sandbox.write("t.json", R"({"name": "t", "data": {"type": "csv", "path": "t.csv"}})");
  CHECK(run_paged(sandbox, {"train", "t.json", "--out", "run"}, 1, sandbox.path("nowhere")) == 4);
  const std::string said = sandbox.read("said");
  CHECK_THAT(said, Contains("[file] cannot write"));
  CHECK_THAT(said, Contains("set TMPDIR to a folder that has it"));
  CHECK(!std::filesystem::exists(sandbox.path("run")));
}
