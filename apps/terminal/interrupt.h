// Handles Ctrl-C, SIGTERM and SIGHUP: the first signal asks the program to stop at the next safe
// place, a second Ctrl-C or SIGTERM ends it at once.
#pragma once

namespace pushforward::app {

// While an object exists, SIGINT, SIGTERM and SIGHUP set a flag instead of ending the process. A
// second signal other than SIGHUP ends the process with exit code 130. If SIGHUP was ignored before
// (nohup), it stays ignored. The destructor restores the previous handlers. Only one object may
// exist at a time. Keep it only while something is computed, because reading and writing of files
// does not check the flag.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Returns whether a signal has arrived. It is cheap enough to call at every step.
  static bool requested();
};

// Calls `work` and returns its result. While `work` runs, an Interrupt object catches the signals.
template <class Work>
auto interruptible(const Work& work) {
  const Interrupt interrupt;
  return work();
}

}  // namespace pushforward::app
