// Measures when the kernel of each line of a tape starts and ends, for tables of costs and traces.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstddef>
#include <vector>

namespace pushforward {

class TapeClock {
 public:
  struct Time {
    double start = 0, end = 0;
  };
  // `seconds` is a clock with any origin.
  explicit TapeClock(double (*seconds)()) : seconds_(seconds) {}

  // Returns the time of a line; {0, 0} if it has none, as leaves and recalled lines.
  Time operator[](std::size_t line) const { return line < times_.size() ? times_[line] : Time{}; }

  // The tape calls `start` before each kernel, and `append` when it has appended a line.
  void start() { running_ = true, start_ = seconds_(); }
  void append(std::size_t line) {
    times_.resize(line);  // a rewind may have removed lines
    times_.push_back(running_ ? Time{start_, seconds_()} : Time{});
    running_ = false;
  }

 private:
  double (*seconds_)();
  std::vector<Time> times_;
  bool running_ = false;
  double start_ = 0;
};

}  // namespace pushforward
