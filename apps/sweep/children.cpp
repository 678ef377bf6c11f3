#include "apps/sweep/children.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <thread>

#include "apps/failure.h"
#include "apps/terminal/clock.h"
#include "apps/terminal/interrupt.h"

extern char** environ;

namespace pushforward::app {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw Failure(Exit::file, fmt::format("[sweep] {}: {}", what, std::strerror(error)));
}

// The attributes with which a child process is started: its process group, its signals and its
// files.
class SpawnRules {
 public:
  explicit SpawnRules(const std::string& log) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, log.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0666);
    ::posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO);
    // A child has the default action for each signal that this process handles.
    sigset_t handled;
    ::sigemptyset(&handled);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) ::sigaddset(&handled, signal);
    ::posix_spawnattr_setsigdefault(&attributes_, &handled);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnRules() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnRules(const SpawnRules&) = delete;
  SpawnRules& operator=(const SpawnRules&) = delete;

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

pid_t start(const std::string& program, const ChildCommand& command) {
  std::vector<std::string> words{program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const SpawnRules rules(command.log);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program.c_str(), rules.files(), rules.attributes(),
                                  pointers.data(), environ);
  if (error != 0) fail(fmt::format("cannot start {} with the log {}", program, command.log), error);
  return child;
}

struct Running {
  std::size_t index;
  double since;
};

}  // namespace

bool run_children(const std::vector<ChildCommand>& commands, std::size_t jobs,
                  const std::function<void(const ChildEnd&)>& ended) {
  std::error_code error;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe", error).string();
  if (error) fail("cannot find this program's file", error.value());
  const Interrupt interrupt;
  std::map<pid_t, Running> running;
  bool stopped = false;
  const auto stop = [&] {
    stopped = true;
    for (const auto& [child, what] : running) ::kill(child, SIGINT);
  };
  for (std::size_t next = 0; next < commands.size() || !running.empty();) {
    if (!stopped && Interrupt::requested()) stop();
    if (stopped && running.empty()) break;
    if (!stopped && next < commands.size() && running.size() < jobs) {
      try {
        running.emplace(start(program, commands[next]), Running{next, seconds_now()});
      } catch (const Failure&) {
        // The children that run must not outlive the message.
        stop();
        for (const auto& [child, what] : running) ::waitpid(child, nullptr, 0);
        throw;
      }
      ++next;
      continue;
    }
    int status = 0;
    const pid_t child = ::waitpid(-1, &status, WNOHANG);
    const auto found = running.find(child);
    if (child <= 0 || found == running.end()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      continue;
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    const ChildEnd end{found->second.index, code, seconds_now() - found->second.since};
    running.erase(found);
    ended(end);
  }
  return !stopped;
}

}  // namespace pushforward::app
