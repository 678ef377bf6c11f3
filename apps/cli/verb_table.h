// The rows of the command line: what a verb is called, says of itself, takes and does.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace pushforward::app {

using CommandLine = std::vector<std::string>;

// A verb: its name, one line about it, an example, its options, and what it does.
struct Verb {
  const char* name;
  const char* about;
  const char* example;
  std::function<std::function<int()>(CLI::App&, const CommandLine&)> declare;
};

// --seed: a whole number from 0 to 2^53, as in a config.
CLI::Option* add_seed(CLI::App& verb, std::uint64_t& seed, const char* doc);

// The verbs that use a trained run's flow.
std::vector<Verb> flow_verbs();

}  // namespace pushforward::app
