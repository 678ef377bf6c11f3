#include "apps/terminal/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "apps/failure.h"

namespace pushforward::app {
namespace {

std::atomic<int> signals_seen{0};
struct sigaction before_int, before_term, before_hup;

void on_signal(int signal) {
  // When a terminal closes, SIGHUP may arrive several times: from the kernel and from the shell.
  if (int none = 0; signal == SIGHUP) {
    signals_seen.compare_exchange_strong(none, 1);
    return;
  }
  if (signals_seen.fetch_add(1) > 0) _exit(static_cast<int>(Exit::interrupted));
}

}  // namespace

Interrupt::Interrupt() {
  signals_seen = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &before_int);
  sigaction(SIGTERM, &action, &before_term);
  // nohup starts the program with SIGHUP ignored. It then stays ignored.
  sigaction(SIGHUP, nullptr, &before_hup);
  if (before_hup.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
}

Interrupt::~Interrupt() {
  sigaction(SIGHUP, &before_hup, nullptr);
  sigaction(SIGINT, &before_int, nullptr);
  sigaction(SIGTERM, &before_term, nullptr);
}

bool Interrupt::requested() { return signals_seen.load(std::memory_order_relaxed) > 0; }

}  // namespace pushforward::app
