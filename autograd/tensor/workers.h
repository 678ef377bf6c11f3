// Threads that share numbered jobs. The division of the work into jobs does not depend on the
// number of threads, so the results do not depend on it either.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

namespace pushforward {

// Splits rows into chunks of a fixed size (the last may be shorter). Does not check that size > 0.
struct Chunks {
  int rows = 0, size = 128;
  int count() const { return (rows + size - 1) / size; }
  int begin(int chunk) const { return chunk * size; }
  int rows_of(int chunk) const { return begin(chunk) + size <= rows ? size : rows - begin(chunk); }
};

// The part of some chunks that one of `of` processes computes.
struct ChunkPart {
  int index = 0, of = 1;
  int first(int chunks) const { return static_cast<int>(std::int64_t{chunks} * index / of); }
  int last(int chunks) const { return static_cast<int>(std::int64_t{chunks} * (index + 1) / of); }
};

// Threads that wait for work: they spin briefly, then sleep. The calling thread works too, so
// Workers(1) starts no thread.
class Workers {
 public:
  // Uses `threads` threads, or available_threads() of them if `threads` is 0. Throws if `threads`
  // is negative, and if the system refuses a thread.
  explicit Workers(int threads = 1);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int threads() const { return static_cast<int>(threads_.size()) + 1; }

  // The part of the chunks that this process computes, if several processes share the rows of a
  // computation: by default all. Loops over chunks of rows (flow/chunk_loop.h) leave out the other
  // chunks. `run` does not: it calls all the jobs that it is given.
  ChunkPart part() const { return part_; }
  void set_part(ChunkPart part) { part_ = part; }

  // Calls job(index, worker) once for each index = 0 .. count - 1. `worker`, below threads(), is
  // the number of the thread that runs the job; 0 is the caller. Returns when all jobs are done.
  // Makes no heap allocation. If jobs throw, the exception of the job with the lowest index is
  // rethrown here after all jobs have ended. A job must not call `run`.
  template <class Job>
  void run(int count, const Job& job) {
    run(
        count,
        [](const void* j, int index, int worker) { (*static_cast<const Job*>(j))(index, worker); },
        &job);
  }

 private:
  using Call = void (*)(const void* job, int index, int worker);
  void run(int count, Call call, const void* job);
  void work(int worker);
  void serve(int worker);
  void stop();  // stops and joins all threads

  ChunkPart part_;
  std::vector<std::thread> threads_;
  std::atomic<std::uint32_t> round_{0};  // increases by one at each call of run
  std::atomic<int> next_{0}, busy_{0};   // next index to take; threads still at work
  std::atomic<bool> stop_{false};
  int count_ = 0;
  Call call_ = nullptr;
  const void* job_ = nullptr;
  struct Failure;
  std::unique_ptr<Failure> failure_;
};

// Returns the number of threads that this process may use: the number of CPUs in its affinity mask,
// at least 1.
int available_threads();

}  // namespace pushforward
