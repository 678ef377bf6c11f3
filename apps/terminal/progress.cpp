#include "apps/terminal/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "apps/terminal/clock.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

Terminal Terminal::of_stderr() {
  const char* term = std::getenv("TERM");
  Terminal t;
  t.interactive =
      isatty(STDERR_FILENO) && !is_set("CI") && term != nullptr && std::string(term) != "dumb";
  t.colour = t.interactive && !is_set("NO_COLOR");
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) t.columns = size.ws_col;
  return t;
}

std::string duration_text(double seconds) {
  const auto s = static_cast<std::int64_t>(std::clamp(seconds, 0.0, 3.6e8) + 0.5);
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

ProgressBar::ProgressBar(std::string what, std::int64_t first, std::int64_t total,
                         Terminal terminal, bool quiet, std::string unit)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      first_(first),
      total_(total),
      terminal_(terminal),
      quiet_(quiet),
      start_(seconds_now()),
      last_(terminal.interactive ? start_ - 1 : start_) {}

bool ProgressBar::due() const {
  return !quiet_ && seconds_now() - last_ >= (terminal_.interactive ? 0.1 : 5.0);
}

void ProgressBar::show(std::int64_t step, const std::string& note) {
  if (quiet_) return;
  last_ = seconds_now();
  const double rate = static_cast<double>(step - first_) / std::max(last_ - start_, 1e-9);
  const double left = rate > 0 ? static_cast<double>(total_ - step) / rate : 0;
  std::string line = fmt::format("{} {}/{}  {}  {:.0f} {}/s  ETA {}", what_, step, total_, note,
                                 rate, unit_, duration_text(left));
  if (!terminal_.interactive) {
    tell_line(line);
    return;
  }
  const int width = std::min(24, terminal_.columns - static_cast<int>(line.size()) - 4);
  if (width >= 8) {
    const int done = total_ > 0
                         ? static_cast<int>(static_cast<double>(width) * static_cast<double>(step) /
                                            static_cast<double>(total_))
                         : width;
    line = fmt::format("[{:=<{}}{:{}}] {}", "", done, "", width - done, line);
  }
  if (static_cast<int>(line.size()) >= terminal_.columns)
    line.resize(static_cast<std::size_t>(std::max(terminal_.columns - 1, 0)));
  draw_on_terminal(fmt::format("\r\033[K{}{}{}", terminal_.colour ? "\033[36m" : "", line,
                               terminal_.colour ? "\033[0m" : ""));
  drawn_ = true;
}

void ProgressBar::say(const std::string& line) {
  if (!quiet_) warn(line);
}

void ProgressBar::warn(const std::string& line) {
  if (drawn_) draw_on_terminal("\r\033[K");
  tell_line(line);
  drawn_ = false;
}

void ProgressBar::finish() {
  if (drawn_) draw_on_terminal("\n");
  drawn_ = false;
}

}  // namespace pushforward::app
