// Runs one job at a time on its own thread, so that the next batch is ready while the current one
// is trained on.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace pushforward {

class Background {
 public:
  // Each start() runs `job` once.
  explicit Background(std::function<void()> job);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Starts the job, which must not be running.
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
