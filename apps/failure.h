// Errors that end the program: a message for the user and the exit code that goes with it.
#pragma once

#include <stdexcept>
#include <string>

namespace pushforward::app {

// Exit codes of the program: 0 ok, then these.
enum class Exit : int { failed = 1, usage = 2, diverged = 3, file = 4, interrupted = 130 };

// Thrown anywhere in apps, caught in main: prints what() on stderr and leaves with `code`.
struct Failure : std::runtime_error {
  Failure(Exit why, const std::string& message) : std::runtime_error(message), code(why) {}
  Exit code;
};

}  // namespace pushforward::app
