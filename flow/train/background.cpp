#include "flow/train/background.h"

#include <system_error>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;
using detail::fail;

BackgroundJob::BackgroundJob(std::function<void()> job) : job_(std::move(job)) {
  check(bool(job_), "background", "no job is given");
  try {
    thread_ = std::thread([this] { serve(); });
  } catch (const std::system_error& e) {
    fail("background", "the system refuses a thread that draws batches ahead (", e.code().message(),
         "); ask for one thread alone (--threads 1), which needs no other");
  }
}

BackgroundJob::~BackgroundJob() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return state_ != State::running; });
    state_ = State::stopping;
  }
  changed_.notify_all();
  thread_.join();
}

void BackgroundJob::start() {
  {
    const std::lock_guard lock(mutex_);
    check(state_ == State::idle, "background", "the job is under way; wait for it first");
    state_ = State::running;
  }
  changed_.notify_all();
}

void BackgroundJob::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return state_ != State::running; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void BackgroundJob::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return state_ != State::idle; });
    if (state_ == State::stopping) return;
    lock.unlock();
    std::exception_ptr failure;
    try {
      job_();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    state_ = State::idle;
    changed_.notify_all();
  }
}

}  // namespace pushforward
