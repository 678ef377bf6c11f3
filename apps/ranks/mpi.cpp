#include "apps/ranks/mpi.h"

#include <fmt/format.h>

#include <cstdlib>
#include <span>

#include "apps/failure.h"

#if PUSHFORWARD_MPI
#define OMPI_SKIP_MPICXX 1  // the functions of C, not the older classes of C++
#include <mpi.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <thread>
#include <vector>

#include "apps/terminal/interrupt.h"
#include "autograd/tensor/check.h"
#include "nn/training/trainer.h"
#endif

namespace pushforward::app {
namespace {

// The environment variables with the number of processes and of this process: those of Open MPI, and
// those of MPICH and of batch systems with PMI.
constexpr const char* kSizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
constexpr const char* kRanks[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK"};

bool session_began = false;

// Returns the number in the first of these variables that is set.
int number_in(std::span<const char* const> names, int otherwise) {
  for (const char* name : names) {
    if (const char* text = std::getenv(name)) return std::atoi(text);
  }
  return otherwise;
}

}  // namespace

int launched_processes() { return number_in(kSizes, 1); }
bool MpiSession::began() { return session_began; }
int launched_rank() { return number_in(kRanks, 0); }

void leave_launcher() {
  for (const char* name : kSizes) unsetenv(name);
}

#if PUSHFORWARD_MPI

namespace {

// A message of MPI has fewer than 2^31 elements, so longer ones are sent in parts of this size.
constexpr std::size_t kPart = std::size_t{1} << 30;
using Clock = std::chrono::steady_clock;
using Duration = Clock::duration;
// A waiting process asks for its message without a break for as long as a message usually takes. Then
// it sleeps between two questions, so that another process can use the core: a small part of the time
// waited so far, within these limits. Long sleeps would slow long messages, which MPI passes on in pieces
// of some 32 KB, each when the processes ask.
constexpr Duration kBusy = std::chrono::microseconds(60);
constexpr Duration kShortest = std::chrono::microseconds(10),
                   kLongest = std::chrono::milliseconds(1);
// How long a process waits for the others after a signal.
constexpr Duration kGrace = std::chrono::milliseconds(300);

// The sizes of the parts of a message, and where they begin, as MPI wants them.
struct MessageParts {
  std::vector<int> sizes, begins;

  explicit MessageParts(std::span<const std::size_t> of) {
    std::size_t begin = 0;
    for (const std::size_t size : of) {
      sizes.push_back(static_cast<int>(size));
      begins.push_back(static_cast<int>(begin));
      begin += size;
    }
    detail::check(begin < std::size_t{1} << 31, "mpi", "a message has ", begin,
                  " bytes, and MPI takes less than 2^31; exchange it in parts");
  }
};

class MpiRanks : public Ranks {
 public:
  MpiRanks() {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &count_);
#ifdef PR_SET_TIMERSLACK
    // By default Linux may prolong each sleep by 50 microseconds.
    prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);
#endif
  }
  int rank() const override { return rank_; }
  int count() const override { return count_; }
  bool broken() const { return broken_; }
  void abandon() override { broken_ = true; }

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
  void exchange(std::span<const std::byte> outgoing, std::span<const std::size_t> out_sizes,
                std::span<std::byte> incoming, std::span<const std::size_t> in_sizes) override {
    const MessageParts out(out_sizes), in(in_sizes);
    MPI_Request request;
    MPI_Ialltoallv(outgoing.data(), out.sizes.data(), out.begins.data(), MPI_BYTE, incoming.data(),
                   in.sizes.data(), in.begins.data(), MPI_BYTE, MPI_COMM_WORLD, &request);
    wait(request);
  }
  void gather(std::span<std::byte> all, std::span<const std::size_t> sizes) override {
    const MessageParts parts(sizes);
    MPI_Request request;
    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_BYTE, all.data(), parts.sizes.data(), parts.begins.data(),
                    MPI_BYTE, MPI_COMM_WORLD, &request);
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
    const Clock::time_point began = Clock::now();
    std::optional<Clock::time_point> signal;
    for (;;) {
      int done = 0;
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      if (done) return;
      const Clock::time_point now = Clock::now();
      if (Interrupt::requested()) {
        if (!signal) signal = now;
        if (now - *signal > kGrace) {
          broken_ = true;
          throw TrainingInterrupted();
        }
      }
      if (now - began > kBusy)
        std::this_thread::sleep_for(std::clamp((now - began) / 200, kShortest, kLongest));
    }
  }

  int rank_ = 0, count_ = 1;
  bool broken_ = false;
};

}  // namespace

MpiSession::MpiSession() {
  if (launched_processes() < 2) return;
  session_began = true;
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
