// Messages on stderr and results on the standard output. All that the program says goes through
// here: a message that cannot be written never ends the work, and no control character reaches a
// terminal.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace pushforward::app {

// Returns `text` as a terminal may show it. Control characters other than line ends and tabs (C0,
// DEL, C1), bytes that are not UTF-8, and marks that change the direction of text become \x1b or
// \u202e.
std::string printable(std::string_view text);

// Writes `text`, made printable, and a line end to stderr. Failures are ignored: stderr may be
// closed, full, or a pipe that nobody reads any more.
void tell_line(std::string_view text);
template <class... Args>
void tell(fmt::format_string<Args...> format, Args&&... args) {
  tell_line(fmt::format(format, std::forward<Args>(args)...));
}

// Writes bytes to stderr as they are, for lines that are redrawn. Failures are ignored.
void draw_on_terminal(std::string_view bytes);

// Writes a result to the standard output, made printable only where that is a terminal: a file or a
// program gets its bytes. A failure is remembered, and the work goes on.
void print_text(std::string_view text);
template <class... Args>
void print(fmt::format_string<Args...> format, Args&&... args) {
  print_text(fmt::format(format, std::forward<Args>(args)...));
}

// Flushes the standard output. Returns why not all that was printed got out, or "" if it did.
std::string output_trouble();

// Opens /dev/null on each of the descriptors 0, 1 and 2 that is closed, so that no file of the
// program gets its number and with it the messages. It is opened the wrong way round, so that
// results that go nowhere are an error. Also ignores SIGPIPE: a reader that leaves is an error of
// the write.
void prepare_standard_streams();

}  // namespace pushforward::app
