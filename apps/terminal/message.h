// Messages on stderr and results on the standard output. All text that the program prints goes
// through these functions. If a message cannot be written, the program goes on. No control
// character reaches a terminal.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

#include "apps/printable.h"

namespace pushforward::app {

// Writes `text`, made printable, and a line end to stderr. Failures are ignored: stderr may be
// closed, full, or a pipe that nobody reads any more.
void tell_line(std::string_view text);
template <class... Args>
void tell(fmt::format_string<Args...> format, Args&&... args) {
  tell_line(fmt::format(format, std::forward<Args>(args)...));
}

// Writes bytes to stderr unchanged, for a line that is redrawn. Failures are ignored.
void draw_on_terminal(std::string_view bytes);

// Writes a result to the standard output. Only a terminal gets the printable form; a file or
// another program gets the bytes unchanged. A failure is remembered, and the program goes on.
void print_text(std::string_view text);
template <class... Args>
void print(fmt::format_string<Args...> format, Args&&... args) {
  print_text(fmt::format(format, std::forward<Args>(args)...));
}

// While an object exists, nothing is printed if `muted`, and everything if not. A process is muted if it
// is one of several that do the same, and another one prints.
class Mute {
 public:
  explicit Mute(bool muted);
  ~Mute();
  Mute(const Mute&) = delete;
  Mute& operator=(const Mute&) = delete;

 private:
  bool before_;
};

// Flushes the standard output. Returns why some output could not be written, or "" if all was. It is
// also "" if the reader of a pipe has ended, as `head` does when it has its lines: whoever ends it wants
// no more output, so this is no failure.
std::string output_trouble();

// Opens /dev/null on each of the descriptors 0, 1 and 2 that is closed. Otherwise a file that the
// program opens would get that number, and messages would be written into it. A closed output is
// opened on /dev/null for reading only, so that writing results to it is an error. Also ignores
// SIGPIPE, so that a pipe that nobody reads does not end the work.
void prepare_standard_streams();

}  // namespace pushforward::app
