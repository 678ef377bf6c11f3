#include "apps/cli/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/ranks/caught.h"
#include "apps/ranks/mpi.h"
#include "apps/report/files_read.h"
#include "apps/suggest.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

// Runs `work` and returns its exit code. If `work` throws, prints the exception's message and
// returns the exit code for the exception.
int guarded(const Action& work) {
  try {
    return work();
  } catch (...) {
    const Failure failure = caught_failure();
    tell_line(failure.what());
    return static_cast<int>(failure.code);
  }
}

// Runs `work` and returns its exit code, or that of a failure to write the standard output.
int printed(const Action& work) {
  const int code = guarded(work);
  const std::string trouble = output_trouble();
  if (trouble.empty()) return code;
  tell(
      "[output] the standard output could not be written completely: {}; redirect it to another "
      "place",
      trouble);
  return code == 0 ? static_cast<int>(Exit::file) : code;
}

// Returns an error text if `word`, the first of the command line, is neither a verb nor an option,
// else "".
std::string unknown_verb(const std::string& word) {
  std::vector<std::string> names;
  for (const Verb* verb : verbs()) names.push_back(verb->name);
  if (word.starts_with('-') || std::find(names.begin(), names.end(), word) != names.end())
    return "";
  return fmt::format("[program] there is no verb \"{}\"; {}choose one of: {}", word,
                     did_you_mean(word, names), join_words(names));
}

// Returns an error text if mpirun started several processes for a verb that does not share its work, else
// "". A sweep shares it by --shard.
std::string not_shared(const std::string& word) {
  if (launched_processes() < 2 || word == "sweep") return "";
  for (const char* verb : {"train", "sample", "loglik", "eval"})
    if (word == verb) return "";
  return fmt::format(
      "[mpi] {} processes were started, but only `train`, `sample`, `loglik` and `eval` share their "
      "work between them; start `pushforward {}` without mpirun",
      launched_processes(), word);
}

}  // namespace

int program(int argc, char** argv) {
  prepare_standard_streams();
  const EndAtSignal end_at_signal;
  files_read().send_to(ReportsTo::people);  // verbs with --json or --quiet change this
  // By default, writing a file beyond the process's size limit ends the program with the signal
  // SIGXFSZ. If the signal is ignored, the write fails instead, and the failure is reported as an
  // error.
  std::signal(SIGXFSZ, SIG_IGN);
  // Of several processes with the same command line, process 0 reports its errors. The others return
  // 0, because mpirun ends all processes when one returns an error.
  const bool follows = launched_processes() > 1 && launched_rank() > 0 && argc > 1 &&
                       argv[1] != std::string("sweep");
  const Mute mute(follows);
  const int code = printed([&] {
    for (const auto& fault_of : {unknown_verb, not_shared})
      if (const std::string fault = argc > 1 ? fault_of(argv[1]) : ""; !fault.empty())
        throw Failure(Exit::usage, fault);
    return parse_command_line(argc, argv, verbs())();
  });
  return follows && !MpiSession::began() ? 0 : code;
}

}  // namespace pushforward::app
