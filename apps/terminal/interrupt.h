// Handles Ctrl-C and SIGTERM: the first signal asks the program to stop at the next safe place,
// the second ends it at once.
#pragma once

namespace pushforward::app {

// While an object exists, SIGINT and SIGTERM set a flag instead of ending the process; a second
// signal ends it with exit code 130. The destructor restores the previous handlers. Only one
// object may exist at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Returns whether a signal has arrived. It is cheap enough to call at every step.
  static bool requested();
};

}  // namespace pushforward::app
