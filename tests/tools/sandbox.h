// Runs the program in a temporary folder and checks its output.
#pragma once

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
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
  Outcome operator()(const std::string& arguments) const { return shell("$pf " + arguments); }
  // Runs `pushforward <arguments>` in a folder within this one.
  Outcome from(const std::string& folder, const std::string& arguments) const {
    return shell("cd " + folder + " && $pf " + arguments);
  }
  // Runs shell commands in the folder, where $pf is the program. tests/tools/signals.h has words for
  // commands that send signals to it.
  Outcome shell(const std::string& commands) const {
    // A command in the background would run a "cd" before "&&" in the background, too.
    return run_shell("cd " + folder_ + "; pf=" PUSHFORWARD_BINARY_DIR "/pushforward; " + commands);
  }
  // Runs `pushforward <arguments>`, which must succeed, and returns what it says.
  std::string ask(const std::string& arguments) const {
    const Outcome outcome = (*this)(arguments);
    INFO("pushforward " << arguments << "\n" << outcome.text);
    REQUIRE(outcome.code == 0);
    return outcome.text;
  }
  // Runs `pushforward <arguments>` and returns what it writes to stderr.
  std::string errors(const std::string& arguments) const {
    return (*this)(arguments + " 2>&1 >/dev/null").text;
  }
  // Returns the object that `pushforward <arguments> --json` prints.
  nlohmann::json object(const std::string& arguments) const {
    return nlohmann::json::parse(ask(arguments + " --json 2>/dev/null"));
  }
  // Returns the words that the completion for bash offers for the last word of `pushforward <typed>`.
  std::string completed(const std::string& typed) const {
    return shell("PATH=" PUSHFORWARD_BINARY_DIR
                 ":$PATH bash -c 'source <(pushforward completion bash); "
                 "COMP_WORDS=(pushforward " +
                 typed +
                 "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _pushforward; "
                 "echo \"${COMPREPLY[@]}\"'")
        .text;
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

  // Change the files and folders of the sandbox. They throw if there is no such file.
  bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }
  void make_folder(const std::string& name) const {
    std::filesystem::create_directories(path(name));
  }
  void remove(const std::string& name) const {
    if (std::filesystem::remove_all(path(name)) == 0)
      throw std::runtime_error("there is no " + path(name));
  }
  // Removes the content of a folder.
  void empty(const std::string& folder) const {
    remove(folder);
    make_folder(folder);
  }
  void move(const std::string& name, const std::string& to) const {
    std::filesystem::rename(path(name), path(to));
  }
  void copy(const std::string& name, const std::string& to) const {
    std::filesystem::copy(path(name), path(to),
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
  }

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
