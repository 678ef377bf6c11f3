// Tests a job on its own thread: how often it runs, its exceptions, and errors for misuse.
#include "flow/train/background.h"

#include <atomic>
#include <stdexcept>

#include "tests/tools/no_threads.h"
#include "tests/tools/refusals.h"

namespace pushforward {

TEST_CASE("a background job runs once for each start, and wait throws its exception") {
  int runs = 0;
  BackgroundJob job([&runs] {
    if (++runs == 2) throw std::runtime_error("the second");
  });
  CHECK_NOTHROW(job.wait());  // no job was started
  job.start();
  job.wait();
  CHECK(runs == 1);
  job.start();
  CHECK_THROWS_WITH(job.wait(), "the second");
  CHECK_NOTHROW(job.wait());  // the exception is thrown only once
  job.start();
  job.wait();
  CHECK(runs == 3);
}

TEST_CASE("if the system refuses a thread for a background job, the error says what to do") {
  if (!NoThreads::possible) return;
  const NoThreads limit;
  CHECK_THROWS_WITH(BackgroundJob([] {}),
                    "[background] the system refuses a thread that draws batches ahead ("
                    "Resource temporarily unavailable"
                    "); ask for one thread alone (--threads 1), which needs no other");
}

TEST_CASE("start and wait refuse a missing job, and start refuses a job that is running") {
  std::atomic<bool> go{false};
  BackgroundJob job([&go] { go.wait(false); });
  job.start();
  check_refusals({
      {[] { BackgroundJob(nullptr); }, "[background] no job is given"},
      {[&] { job.start(); }, "[background] the job is under way; wait for it first"},
  });
  go = true;
  go.notify_all();
  job.wait();
  CHECK_NOTHROW(job.start());
}

}  // namespace pushforward
