// Threads in the place of the processes that share a training or rows (nn/training/ranks.h).
#pragma once

#include "autograd/tensor/cpp20.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "nn/training/ranks.h"

namespace pushforward {

// The messages between threads: a queue for each sender and receiver.
class RankPost {
 public:
  void send(int from, int to, std::span<const std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    queues_[{from, to}].emplace_back(bytes.begin(), bytes.end());
    arrived_.notify_all();
  }
  void receive(int from, int to, std::span<std::byte> bytes) {
    std::unique_lock lock(mutex_);
    auto& queue = queues_[{from, to}];
    arrived_.wait(lock, [&] { return !queue.empty(); });
    if (queue.front().size() != bytes.size()) throw std::logic_error("sizes differ");
    std::copy(queue.front().begin(), queue.front().end(), bytes.begin());
    queue.pop_front();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::pair<int, int>, std::deque<std::vector<std::byte>>> queues_;
};

class ThreadRanks : public Ranks {
 public:
  ThreadRanks(RankPost& post, int rank, int count) : post_(post), rank_(rank), count_(count) {}
  int rank() const override { return rank_; }
  int count() const override { return count_; }
  void send(int to, std::span<const std::byte> bytes) override { post_.send(rank_, to, bytes); }
  void receive(int from, std::span<std::byte> bytes) override { post_.receive(from, rank_, bytes); }
  void broadcast(int from, std::span<std::byte> bytes) override {
    if (rank_ != from) return receive(from, bytes);
    for (int to = 0; to < count_; ++to)
      if (to != from) send(to, bytes);
  }
  void exchange(std::span<const std::byte> outgoing, std::span<const std::size_t> out_sizes,
                std::span<std::byte> incoming, std::span<const std::size_t> in_sizes) override {
    ++messages;
    std::size_t at = 0;
    for (int to = 0; to < count_; at += out_sizes[static_cast<std::size_t>(to++)])
      send(to, outgoing.subspan(at, out_sizes[static_cast<std::size_t>(to)]));
    expect_size(at, outgoing.size());
    at = 0;
    for (int from = 0; from < count_; at += in_sizes[static_cast<std::size_t>(from++)])
      receive(from, incoming.subspan(at, in_sizes[static_cast<std::size_t>(from)]));
    expect_size(at, incoming.size());
  }
  void gather(std::span<std::byte> all, std::span<const std::size_t> sizes) override {
    ++messages;
    std::size_t at = 0;
    for (int from = 0; from < count_; at += sizes[static_cast<std::size_t>(from++)])
      broadcast(from, all.subspan(at, sizes[static_cast<std::size_t>(from)]));
    expect_size(at, all.size());
  }

  int messages = 0;  // calls of exchange and gather

 private:
  // Catch2's checks are not for several threads at a time.
  static void expect_size(std::size_t size, std::size_t wanted) {
    if (size != wanted) throw std::logic_error("sizes differ");
  }

  RankPost& post_;
  int rank_, count_;
};

// Calls work(ranks) in `count` threads, with the ranks of each, and waits for all.
inline void run_in_threads(int count, const std::function<void(ThreadRanks&)>& work) {
  RankPost post;
  std::vector<std::thread> threads;
  for (int rank = 0; rank < count; ++rank) {
    threads.emplace_back([&, rank] {
      ThreadRanks ranks(post, rank, count);
      work(ranks);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace pushforward
