#include "apps/cli/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/report/files_read.h"
#include "apps/suggest.h"
#include "flow/solve/sampler.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// Runs `work`. Prints the message of any exception and returns its exit code.
int guarded(const Action& work) {
  try {
    return work();
  } catch (const Failure& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(e.code);
  } catch (const FileError& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::file);
  } catch (const IntegrationFailure& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::diverged);
  } catch (const SamplingInterrupted& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::interrupted);
  } catch (const std::invalid_argument& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::usage);
  } catch (const std::bad_alloc&) {
    fmt::print(
        stderr,
        "[memory] not enough memory; ask for fewer samples, a smaller batch or a smaller model\n");
    return static_cast<int>(Exit::failed);
  } catch (const std::exception& e) {
    if (std::ferror(stdout)) return 0;  // `printed` reports it
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::failed);
  }
}

// Returns the exit code of `work`, or an error if its output could not be written.
int printed(const Action& work) {
  const int code = guarded(work);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  fmt::print(stderr,
             "[output] the standard output could not be written completely; "
             "free some space, or redirect it to another place\n");
  return code == 0 ? static_cast<int>(Exit::file) : code;
}

// Returns an error if the first word is neither a verb nor an option, else "".
std::string unknown_verb(const std::string& word) {
  std::vector<std::string> names;
  for (const Verb* verb : verbs()) names.push_back(verb->name);
  if (word.starts_with('-') || std::find(names.begin(), names.end(), word) != names.end())
    return "";
  const std::string meant = nearest(word, names);
  return fmt::format("[program] there is no verb \"{}\"; {}choose one of: {}", word,
                     meant.empty() ? "" : "did you mean \"" + meant + "\"? ", join_words(names));
}

}  // namespace

int program(int argc, char** argv) {
  files_read().send_to(ReportsTo::people);  // a verb with --json or --quiet says otherwise
  // Without this, a file that exceeds the size limit would end the program with a signal. Now the
  // write fails, which is reported as an error.
  std::signal(SIGXFSZ, SIG_IGN);
  if (const std::string complaint = argc > 1 ? unknown_verb(argv[1]) : ""; !complaint.empty()) {
    fmt::print(stderr, "{}\n", complaint);
    return static_cast<int>(Exit::usage);
  }
  return printed([&] { return parse_command_line(argc, argv, verbs())(); });
}

}  // namespace pushforward::app
