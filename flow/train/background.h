// Runs one job at a time on a thread of its own, so that the next batch of data can be prepared
// during the training step of the current one.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace pushforward {

class BackgroundJob {
 public:
  // Each start() runs `job` once. Throws if `job` is empty, and if the system refuses the thread.
  explicit BackgroundJob(std::function<void()> job);
  ~BackgroundJob();
  BackgroundJob(const BackgroundJob&) = delete;
  BackgroundJob& operator=(const BackgroundJob&) = delete;

  // Begins the job; fails while it is under way.
  void start();
  // Waits for the job, and rethrows its exception here. Returns at once if no job was started.
  void wait();

 private:
  enum class State { idle, running, stopping };
  void serve();

  std::function<void()> job_;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::idle;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace pushforward
