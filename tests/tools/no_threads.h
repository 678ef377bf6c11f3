// Makes the system refuse new threads to this process.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace pushforward {

// While an object exists, there is no address space for the stack of a new thread. Sanitizers need
// the address space themselves. With them, `possible` is false and nothing is limited.
class NoThreads {
 public:
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr bool possible = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  static constexpr bool possible = false;
#else
  static constexpr bool possible = true;
#endif
#else
  static constexpr bool possible = true;
#endif

  NoThreads() {
    if (!possible) return;
    // The C library keeps the stacks of ended threads for later threads. The waiting threads that
    // are started here use up the kept stacks.
    for (int k = 0; k < 16; ++k) waiting_.emplace_back([this] { stop_.wait(false); });
    if (getrlimit(RLIMIT_AS, &before_) != 0) throw std::runtime_error("getrlimit failed");
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit now = before_;
    now.rlim_cur = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + (rlim_t{4} << 20);
    if (setrlimit(RLIMIT_AS, &now) != 0) throw std::runtime_error("setrlimit failed");
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;
  ~NoThreads() {
    if (!possible) return;
    setrlimit(RLIMIT_AS, &before_);
    stop_ = true;
    stop_.notify_all();
    for (std::thread& thread : waiting_) thread.join();
  }

 private:
  rlimit before_{};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> waiting_;
};

}  // namespace pushforward
