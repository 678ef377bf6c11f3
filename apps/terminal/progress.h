// Progress on stderr: one line redrawn on a terminal, a plain line now and then elsewhere.
#pragma once

#include <cstdint>
#include <string>

namespace pushforward::app {

// What a terminal can show. A terminal is stderr being one, TERM
// not "dumb" and CI unset; colour also wants NO_COLOR unset.
struct Terminal {
  bool interactive = false, colour = false;
  int columns = 80;
  static Terminal of_stderr();
};

// 75 -> "1:15", 3700 -> "1:01:40".
std::string duration_text(double seconds);

// Reports steps of `total`, starting at `first`. On a terminal a bar is
// redrawn at most ten times a second; elsewhere a plain line is printed
// at most every five seconds. `finish` leaves the cursor on a fresh line.
class ProgressBar {
 public:
  ProgressBar(std::string what, std::int64_t first, std::int64_t total, Terminal terminal,
              bool quiet);
  ~ProgressBar() { finish(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `step` steps are done; `note` is shown beside (a
  // loss, say). Cheap when it is too early to redraw.
  bool due() const;
  void show(std::int64_t step, const std::string& note);
  // A line of its own, above the bar.
  void say(const std::string& line);
  void finish();

 private:
  std::string what_;
  std::int64_t first_, total_;
  Terminal terminal_;
  bool quiet_, drawn_ = false;
  double start_, last_;
};

}  // namespace pushforward::app
