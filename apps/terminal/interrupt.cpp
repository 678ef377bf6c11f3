#include "apps/terminal/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <string_view>

#include "apps/failure.h"

namespace pushforward::app {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
std::atomic<int> signals_seen{0};

void note_signal(int signal) {
  // When a terminal closes, SIGHUP may arrive several times: from the kernel and from the shell.
  if (int none = 0; signal == SIGHUP) {
    signals_seen.compare_exchange_strong(none, 1);
    return;
  }
  if (signals_seen.fetch_add(1) > 0) _exit(static_cast<int>(Exit::interrupted));
}

void end_process(int) {
  // A handler may call write and _exit, but nothing that allocates memory or flushes a stream.
  constexpr std::string_view words =
      "[interrupted] stopped before the end; each file is complete or as it was before\n";
  (void)!write(STDERR_FILENO, words.data(), words.size());
  _exit(static_cast<int>(Exit::interrupted));
}

}  // namespace

SignalHandler::SignalHandler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (std::size_t k = 0; k < kSignals.size(); ++k) {
    sigaction(kSignals[k], nullptr, &before_[k]);
    // nohup starts the program with SIGHUP ignored.
    if (kSignals[k] != SIGHUP || before_[k].sa_handler != SIG_IGN)
      sigaction(kSignals[k], &action, nullptr);
  }
}

SignalHandler::~SignalHandler() {
  for (std::size_t k = 0; k < kSignals.size(); ++k) sigaction(kSignals[k], &before_[k], nullptr);
}

EndAtSignal::EndAtSignal() : handler_(end_process) {}

// The flag is cleared before signals can set it.
Interrupt::Interrupt() : handler_((signals_seen = 0, note_signal)) {}

bool Interrupt::requested() { return signals_seen.load(std::memory_order_relaxed) > 0; }

}  // namespace pushforward::app
