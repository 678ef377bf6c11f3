#include "apps/terminal/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "apps/failure.h"

namespace pushforward::app {
namespace {

std::atomic<int> signals_seen{0};
struct sigaction before_int, before_term;

void on_signal(int) {
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
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &before_int, nullptr);
  sigaction(SIGTERM, &before_term, nullptr);
}

bool Interrupt::requested() { return signals_seen.load(std::memory_order_relaxed) > 0; }

}  // namespace pushforward::app
