// Ctrl-C and SIGTERM: the first asks the work to stop
// at the next safe place, the second leaves at once.
#pragma once

namespace pushforward::app {

// While it lives, SIGINT and SIGTERM set a flag instead of ending the process; a second signal ends
// it with exit code 130. The handlers of before come back at the end. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Whether a signal has come. Cheap: call it every step.
  static bool requested();
};

}  // namespace pushforward::app
