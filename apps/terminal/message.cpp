#include "apps/terminal/message.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

namespace pushforward::app {
namespace {

int stdout_error = 0;  // the errno of the first write that failed

bool silent = false;

void note_stdout(bool good) {
  if (!good && stdout_error == 0) stdout_error = errno != 0 ? errno : EIO;
}

}  // namespace

void tell_line(std::string_view text) { draw_on_terminal(printable(text) + "\n"); }

Mute::Mute(bool muted) : before_(silent) { silent = muted; }
Mute::~Mute() { silent = before_; }

void draw_on_terminal(std::string_view bytes) {
  if (silent) return;
  std::fwrite(bytes.data(), 1, bytes.size(), stderr);
  std::fflush(stderr);
  std::clearerr(stderr);
}

void print_text(std::string_view text) {
  if (silent) return;
  static const bool terminal = isatty(STDOUT_FILENO) == 1;
  const std::string shown = terminal ? printable(text) : std::string(text);
  errno = 0;
  note_stdout(std::fwrite(shown.data(), 1, shown.size(), stdout) == shown.size());
}

std::string output_trouble() {
  errno = 0;
  note_stdout(std::fflush(stdout) == 0);
  if (stdout_error == EPIPE || (stdout_error == 0 && std::ferror(stdout) == 0)) return "";
  return std::generic_category().message(stdout_error != 0 ? stdout_error : EIO);
}

void prepare_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // open returns the lowest free number, which is that of the closed descriptor.
    (void)!open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace pushforward::app
