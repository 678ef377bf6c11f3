// Writes the messages that tell the user what is wrong with a command line.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace pushforward::app {

// Returns the message for the first option on the command line that its verb does not have, and
// suggests a similar option. Returns "" if every option is known. `words` are the words after the
// program's name.
std::string unknown_option(CLI::App& app, const std::vector<std::string>& words);

// Returns what is wrong with a command line that the parser, CLI11, refuses, and what to do.
std::string usage_message(CLI::App& app, const CLI::ParseError& error);

}  // namespace pushforward::app
