#include "autograd/tensor/workers.h"

#include <sched.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <system_error>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;
using detail::fail;

// The exception of the job with the lowest index among those that threw, and the mutex that guards
// it.
struct Workers::Failure {
  std::mutex lock;
  int index = std::numeric_limits<int>::max();
  std::exception_ptr error;
};

int available_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Workers::Workers(int threads) : failure_(std::make_unique<Failure>()) {
  check(threads >= 0, "workers", threads, " threads; give 1 or more, or 0 for all there are");
  const int wanted = threads > 0 ? threads : available_threads();
  threads_.reserve(static_cast<std::size_t>(wanted) - 1);
  try {
    for (int w = 1; w < wanted; ++w) threads_.emplace_back([this, w] { serve(w); });
  } catch (const std::system_error& e) {
    const int had = this->threads();
    stop();
    fail("workers", "the system refuses thread ", had + 1, " of ", wanted, " (", e.code().message(),
         "); ask for at most ", had, " (--threads ", had, ")");
  } catch (...) {
    stop();
    throw;
  }
}

Workers::~Workers() { stop(); }

void Workers::stop() {
  stop_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& t : threads_) t.join();
}

void Workers::run(int count, Call call, const void* job) {
  count_ = count;
  call_ = call;
  job_ = job;
  next_.store(0, std::memory_order_relaxed);
  busy_.store(static_cast<int>(threads_.size()), std::memory_order_relaxed);
  if (!threads_.empty()) {
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }
  work(0);
  for (int spin = 0; busy_.load(std::memory_order_acquire) != 0; ++spin) {
    if (spin > 2000) std::this_thread::yield();
  }
  if (failure_->error) {
    failure_->index = std::numeric_limits<int>::max();
    std::rethrow_exception(std::exchange(failure_->error, nullptr));
  }
}

// Takes job numbers and runs these jobs, until all jobs of the current call of `run` are taken.
void Workers::work(int worker) {
  for (int i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < count_;) {
    try {
      call_(job_, i, worker);
    } catch (...) {
      const std::lock_guard guard(failure_->lock);
      if (i < failure_->index) {
        failure_->index = i;
        failure_->error = std::current_exception();
      }
    }
  }
}

// The loop of a thread: wait for the next call of `run` (spin for some microseconds, then sleep),
// run jobs, report completion.
void Workers::serve(int worker) {
  std::uint32_t seen = 0;
  for (;;) {
    for (int spin = 0; spin < 20000 && round_.load(std::memory_order_acquire) == seen; ++spin) {
    }
    round_.wait(seen, std::memory_order_acquire);
    seen = round_.load(std::memory_order_acquire);
    if (stop_) return;
    work(worker);
    busy_.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace pushforward
