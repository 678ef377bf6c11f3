#include "apps/ranks/mpi.h"

#include <fmt/format.h>

#include <cstdlib>
#include <span>

#include "apps/failure.h"

#if PUSHFORWARD_MPI
#define OMPI_SKIP_MPICXX 1  // the functions of C, not the older classes of C++
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include "apps/terminal/interrupt.h"
#include "nn/training/trainer.h"
#endif

namespace pushforward::app {
namespace {

// The environment variables with the number of processes and of this process: those of Open MPI, and
// those of MPICH and of batch systems with PMI.
constexpr const char* kSizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
constexpr const char* kRanks[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK"};

// Returns the number in the first of these variables that is set.
int number_in(std::span<const char* const> names, int otherwise) {
  for (const char* name : names) {
    if (const char* text = std::getenv(name)) return std::atoi(text);
  }
  return otherwise;
}

}  // namespace

int launched_processes() { return number_in(kSizes, 1); }
int launched_rank() { return number_in(kRanks, 0); }

void leave_launcher() {
  for (const char* name : kSizes) unsetenv(name);
}

#if PUSHFORWARD_MPI

namespace {

// A message of MPI has fewer than 2^31 elements, so longer ones are sent in parts of this size.
constexpr std::size_t kPart = std::size_t{1} << 30;
// After so many calls without an answer, the waiting process sleeps between calls.
constexpr int kBusy = 2000;
constexpr auto kPause = std::chrono::microseconds(50);
// How long a process waits for the others after a signal.
constexpr auto kGrace = std::chrono::milliseconds(300);

class MpiRanks : public Ranks {
 public:
  MpiRanks() {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &count_);
  }
  int rank() const override { return rank_; }
  int count() const override { return count_; }
  bool broken() const { return broken_; }

  void send(int to, std::span<const std::byte> bytes) override {
    in_parts(bytes, [&](const std::byte* part, int size, MPI_Request* request) {
      return MPI_Isend(part, size, MPI_BYTE, to, 0, MPI_COMM_WORLD, request);
    });
  }
  void receive(int from, std::span<std::byte> bytes) override {
    in_parts(bytes, [&](std::byte* part, int size, MPI_Request* request) {
      return MPI_Irecv(part, size, MPI_BYTE, from, 0, MPI_COMM_WORLD, request);
    });
  }
  void broadcast(int from, std::span<std::byte> bytes) override {
    in_parts(bytes, [&](std::byte* part, int size, MPI_Request* request) {
      return MPI_Ibcast(part, size, MPI_BYTE, from, MPI_COMM_WORLD, request);
    });
  }
  void gather(std::span<const std::byte> mine, std::span<std::byte> all) override {
    MPI_Request request;
    const int size = static_cast<int>(mine.size());
    MPI_Iallgather(mine.data(), size, MPI_BYTE, all.data(), size, MPI_BYTE, MPI_COMM_WORLD,
                   &request);
    wait(request);
  }

 private:
  template <class Byte, class Start>
  void in_parts(std::span<Byte> bytes, const Start& start) {
    for (std::size_t at = 0; at < bytes.size(); at += kPart) {
      MPI_Request request;
      start(bytes.data() + at, static_cast<int>(std::min(kPart, bytes.size() - at)), &request);
      wait(request);
    }
  }

  void wait(MPI_Request& request) {
    using Clock = std::chrono::steady_clock;
    Clock::time_point signal{};
    for (int calls = 0;; ++calls) {
      int done = 0;
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      if (done) return;
      if (Interrupt::requested()) {
        const auto now = Clock::now();
        if (signal == Clock::time_point{}) signal = now;
        if (now - signal > kGrace) {
          broken_ = true;
          throw TrainingInterrupted();
        }
      }
      if (calls < kBusy)
        std::this_thread::yield();
      else
        std::this_thread::sleep_for(kPause);
    }
  }

  int rank_ = 0, count_ = 1;
  bool broken_ = false;
};

}  // namespace

MpiSession::MpiSession() {
  if (launched_processes() < 2) return;
  MPI_Init(nullptr, nullptr);
  ranks_ = std::make_unique<MpiRanks>();
}

MpiSession::~MpiSession() {
  if (!ranks_) return;
  const auto& ranks = static_cast<const MpiRanks&>(*ranks_);
  // MPI_Finalize waits for all processes. Without it, mpirun ends the other processes when this one
  // ends, so a process that failed leaves it out. Process 0 has dismissed the others by now.
  const bool failed = ranks.rank() > 0 && std::uncaught_exceptions() > 0;
  if (!ranks.broken() && !failed) MPI_Finalize();
}

#else

MpiSession::MpiSession() {
  if (launched_processes() < 2) return;
  throw Failure(Exit::usage,
                fmt::format("[mpi] {} processes were started, but this program was built without "
                            "MPI; build it with -DPUSHFORWARD_MPI=ON, or start it without mpirun",
                            launched_processes()));
}

MpiSession::~MpiSession() = default;

#endif

}  // namespace pushforward::app
