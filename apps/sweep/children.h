// Runs commands of this program as child processes, several at a time.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace pushforward::app {

// One command: the arguments after the program's name, and the file that gets what it prints.
struct ChildCommand {
  std::vector<std::string> arguments;
  std::string log;
};

// How a command ended: its place in the list, its exit code (128 + the signal if a signal ended
// it), and the seconds that it ran.
struct ChildEnd {
  std::size_t index = 0;
  int code = 0;
  double seconds = 0;
};

// Starts the commands in their order, at most `jobs` at a time, and calls `ended` after each. A
// command is this program, run as a child process in a process group of its own, so Ctrl-C in a
// terminal reaches only this process. After Ctrl-C, this process starts no further commands, sends
// SIGINT once to the running ones, waits for them and returns false. Throws Failure (exit 4) if a
// child cannot be started.
bool run_children(const std::vector<ChildCommand>& commands, std::size_t jobs,
                  const std::function<void(const ChildEnd&)>& ended);

}  // namespace pushforward::app
