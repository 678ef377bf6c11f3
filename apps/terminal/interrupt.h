// Handles Ctrl-C, SIGTERM and SIGHUP: the first signal asks the program to stop at the next safe
// place, a second Ctrl-C or SIGTERM ends it at once.
#pragma once

namespace pushforward::app {

// While an object exists, SIGINT, SIGTERM and SIGHUP set a flag instead of ending the process; a
// second signal other than SIGHUP ends it with exit code 130. SIGHUP stays ignored if it was (nohup).
// The destructor restores the previous handlers. Only one object may exist at a time. Have it only
// while something computes: nothing asks for the flag while a file is read or written.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Returns whether a signal has arrived. It is cheap enough to call at every step.
  static bool requested();
};

// Returns what `work` returns, with the signals caught meanwhile.
template <class Work>
auto interruptible(const Work& work) {
  const Interrupt interrupt;
  return work();
}

}  // namespace pushforward::app
