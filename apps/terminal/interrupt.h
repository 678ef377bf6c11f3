// Handles Ctrl-C, SIGTERM and SIGHUP. They end the program at once, with exit code 130. Only work
// that has something to finish, such as a checkpoint, is asked to stop at the next safe place.
#pragma once

#include <signal.h>

#include <array>

namespace pushforward::app {

// Calls `handler` for SIGINT, SIGTERM and SIGHUP while an object exists. The destructor restores the
// previous handlers. If SIGHUP was ignored before (nohup), it stays ignored.
class SignalHandler {
 public:
  explicit SignalHandler(void (*handler)(int));
  ~SignalHandler();
  SignalHandler(const SignalHandler&) = delete;
  SignalHandler& operator=(const SignalHandler&) = delete;

 private:
  std::array<struct sigaction, 3> before_{};
};

// While an object exists, the first of the signals ends the process with exit code 130 and a
// message, whatever the process does. So no loop has to look for signals. Files are complete or as
// they were before, since they are renamed when they are complete; a temporary file may be left.
class EndAtSignal {
 public:
  EndAtSignal();

 private:
  SignalHandler handler_;
};

// While an object exists, the signals set a flag instead of ending the process. A second signal
// other than SIGHUP ends the process with exit code 130. Only one object may exist at a time. Keep
// it only while something looks at the flag.
class Interrupt {
 public:
  Interrupt();

  // Returns whether a signal has arrived. It is cheap enough to call at every step.
  static bool requested();

 private:
  SignalHandler handler_;
};

}  // namespace pushforward::app
