// Runs the program in a temporary folder and checks its output.
#pragma once

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "paths.h"
#include "tests/tools/catch.h"

namespace pushforward {

// The result of a command.
struct Outcome {
  int code = -1;
  std::string text;  // stdout and stderr together
};

// A temporary folder, which is the working directory of all commands.
class Sandbox {
 public:
  explicit Sandbox(const std::string& root = "/tmp") {
    std::string name = root + "/pushforward-program-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~Sandbox() { run_shell("rm -rf " + folder_); }

  // Runs `pushforward <arguments>`.
  Outcome operator()(const std::string& arguments) const {
    return run_shell("cd " + folder_ + " && " PUSHFORWARD_BINARY_DIR "/pushforward " + arguments);
  }
  // Runs `pushforward <arguments>`, which must succeed, and returns what it says.
  std::string ask(const std::string& arguments) const {
    const Outcome outcome = (*this)(arguments);
    INFO("pushforward " << arguments << "\n" << outcome.text);
    REQUIRE(outcome.code == 0);
    return outcome.text;
  }
  // Returns the object that `pushforward <arguments> --json` prints.
  nlohmann::json object(const std::string& arguments) const {
    return nlohmann::json::parse(ask(arguments + " --json 2>/dev/null"));
  }
  static Outcome run_shell(const std::string& command) {
    Outcome outcome;
    FILE* pipe = popen(("(" + command + ") 2>&1 </dev/null").c_str(), "r");
    char buffer[4096];
    while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe))
      outcome.text.append(buffer, n);
    const int status = pclose(pipe);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return outcome;
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(folder_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

// A folder in memory, if there is one, for tests of hundreds of runs: each waits for its files to be
// safe, which takes no time there.
inline std::string folder_in_memory() {
  return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

// Returns the rows of metrics.jsonl without times and speeds, which differ between runs.
inline std::string timeless(const std::string& metrics) {
  std::istringstream lines(metrics);
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    auto row = nlohmann::json::parse(line);
    row.erase("time_s");
    row.erase("steps_per_s");
    all += row.dump() + "\n";
  }
  return all;
}

inline void expect(const Outcome& outcome, int code, const std::vector<std::string>& parts) {
  INFO(outcome.text);
  CHECK(outcome.code == code);
  for (const std::string& part : parts) CHECK_THAT(outcome.text, Contains(part));
}

}  // namespace pushforward
