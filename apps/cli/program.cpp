#include "apps/cli/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <string>
#include <vector>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/ranks/mpi.h"
#include "apps/report/files_read.h"
#include "apps/run/free_memory.h"
#include "apps/suggest.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/message.h"
#include "flow/solve/sampler.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// Runs `work` and returns its exit code. If `work` throws, prints the exception's message and
// returns the exit code for the exception.
int guarded(const Action& work) {
  try {
    return work();
  } catch (const Failure& e) {
    tell_line(e.what());
    return static_cast<int>(e.code);
  } catch (const FileError& e) {
    tell_line(e.what());
    return static_cast<int>(Exit::file);
  } catch (const IntegrationFailure& e) {
    tell_line(e.what());
    return static_cast<int>(Exit::diverged);
  } catch (const SamplingInterrupted& e) {
    tell_line(e.what());
    return static_cast<int>(Exit::interrupted);
  } catch (const std::invalid_argument& e) {
    tell_line(e.what());
    return static_cast<int>(Exit::usage);
  } catch (const MemoryRefused& e) {
    tell_line(e.what());
    return static_cast<int>(Exit::failed);
  } catch (const std::bad_alloc&) {
    tell("[memory] not enough memory; ask for fewer samples, a smaller batch or a smaller model");
    return static_cast<int>(Exit::failed);
  } catch (const std::exception& e) {
    tell_line(e.what());
    return static_cast<int>(Exit::failed);
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
  if (launched_processes() < 2 || word == "train" || word == "sweep") return "";
  return fmt::format(
      "[mpi] {} processes were started, but only `train` shares its work between them; start "
      "`pushforward {}` without mpirun",
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
  if (const std::string complaint = argc > 1 ? unknown_verb(argv[1]) : ""; !complaint.empty()) {
    tell_line(complaint);
    return static_cast<int>(Exit::usage);
  }
  if (const std::string complaint = argc > 1 ? not_shared(argv[1]) : ""; !complaint.empty()) {
    if (launched_rank() == 0) tell_line(complaint);
    return static_cast<int>(Exit::usage);
  }
  return printed([&] { return parse_command_line(argc, argv, verbs())(); });
}

}  // namespace pushforward::app
