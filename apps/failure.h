// The error that ends the program. It carries a message for the user and an exit code.
#pragma once

#include <stdexcept>
#include <string>

namespace pushforward::app {

// Exit codes of the program. Success is 0.
enum class Exit : int { failed = 1, usage = 2, diverged = 3, file = 4, interrupted = 130 };

// Any code in apps may throw a Failure. The function `program` (apps/cli/program.h) catches it,
// prints what() on stderr and exits with `code`.
struct Failure : std::runtime_error {
  Failure(Exit why, const std::string& message) : std::runtime_error(message), code(why) {}
  Exit code;
};

}  // namespace pushforward::app
