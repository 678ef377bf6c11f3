// Shows progress on stderr: a line that is redrawn on a terminal, or an
// occasional plain line elsewhere.
#pragma once

#include <cstdint>
#include <string>

namespace pushforward::app {

// The abilities of a terminal. It is interactive if stderr is a terminal, TERM is not "dumb" and CI
// is unset. Colour is used if, in addition, NO_COLOR is unset.
struct Terminal {
  bool interactive = false, colour = false;
  int columns = 80;
  static Terminal of_stderr();
};

// Formats a duration: 75 -> "1:15", 3700 -> "1:01:40".
std::string duration_text(double seconds);

// Reports the steps done of `total`, starting at `first`. `unit` names the steps. A terminal shows a bar, redrawn at most
// ten times a second; elsewhere a plain line is printed at most every five seconds. `finish` leaves
// the cursor on a new line.
class ProgressBar {
 public:
  ProgressBar(std::string what, std::int64_t first, std::int64_t total, Terminal terminal,
              bool quiet, std::string unit = "steps");
  ~ProgressBar() { finish(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `due` returns whether it is time to redraw. `show` redraws with `step` steps done
  // and a note, such as a loss.
  bool due() const;
  void show(std::int64_t step, const std::string& note);
  // `say` prints a line above the bar, unless the bar is quiet. `warn` prints it always.
  void say(const std::string& line);
  void warn(const std::string& line);
  void finish();

 private:
  std::string what_, unit_;
  std::int64_t first_, total_;
  Terminal terminal_;
  bool quiet_, drawn_ = false;
  double start_, last_;
};

}  // namespace pushforward::app
