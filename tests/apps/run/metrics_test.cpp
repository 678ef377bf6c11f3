// Tests that metrics.jsonl has only complete lines after a crash or on a full disk, and that later
// rows can be removed.
#include "apps/run/metrics.h"

#include <limits>

#include "apps/failure.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

Json row(int step, double loss = 0.5) { return {{"step", step}, {"train/loss", loss}}; }

std::string make_text(int first, int last) {
  std::string text;
  for (int step = first; step <= last; ++step) text += row(step).dump() + "\n";
  return text;
}

}  // namespace

TEST_CASE("rows are appended, read back and removed from a step on", "[metrics]") {
  const TestFolder folder;
  const std::string path = folder / "metrics.jsonl";
  CHECK(read_metrics(path).empty());
  MetricsFile metrics(path);
  for (int step = 1; step <= 5; ++step) metrics.append(row(step));
  metrics.sync();
  CHECK(read_file(posix(), path) == make_text(1, 5));
  metrics.cut_back(3);
  CHECK(read_file(posix(), path) == make_text(1, 3));
  metrics.append(row(4));
  metrics.append(row(5));
  CHECK(read_file(posix(), path) == make_text(1, 5));
  metrics.cut_back(9);
  const auto rows = read_metrics(path);
  REQUIRE(rows.size() == 5);
  CHECK(rows[4].at("step") == 5);
  CHECK(rows[4].at("train/loss") == 0.5);
  metrics.cut_back(-1);
  CHECK(read_file(posix(), path).empty());
}

TEST_CASE("an incomplete last line is ignored by the reader and removed by the writer",
          "[metrics]") {
  const TestFolder folder;
  const std::string path = folder / "metrics.jsonl";
  write_file_atomically(posix(), path, make_text(1, 2) + "{\"step\": 3, \"tra");
  CHECK(read_metrics(path).size() == 2);
  MetricsFile metrics(path);
  CHECK(read_file(posix(), path) == make_text(1, 2));
  metrics.append(row(3));
  CHECK(read_file(posix(), path) == make_text(1, 3));
}

TEST_CASE("a full disk leaves complete lines, and later rows follow them", "[metrics]") {
  for (const int failing_truncates : {0, 1}) {
    const TestFolder folder;
    const std::string path = folder / "metrics.jsonl";
    // This file system writes 10 bytes of the second row, then reports a full disk.
    class Full : public FileSystem {
     public:
      int room = 1 << 20, truncates_to_fail = 0;
      ssize_t write(int descriptor, const void* bytes, std::size_t count) override {
        if (room == 0) {
          errno = ENOSPC;
          return -1;
        }
        const std::size_t part = std::min<std::size_t>(count, static_cast<std::size_t>(room));
        room -= static_cast<int>(part);
        return FileSystem::write(descriptor, bytes, part);
      }
      int truncate(int descriptor, std::uint64_t size) override {
        if (truncates_to_fail-- > 0) {
          errno = EIO;
          return -1;
        }
        return FileSystem::truncate(descriptor, size);
      }
    } files;
    files.truncates_to_fail = failing_truncates;
    MetricsFile metrics(path, files);
    metrics.append(row(1));
    files.room = 10;
    CHECK(catch_message([&] { metrics.append(row(2)); }) ==
          "[file] cannot write " + path +
              ": No space left on device (write); free space or choose another folder (--out)");
    CHECK(read_metrics(path).size() == 1);
    // Once there is room, the stored row is written before the next row, or when the file is
    // synced.
    files.room = 1 << 20;
    metrics.append(row(3));
    CHECK(read_file(posix(), path) == make_text(1, 3));
    files.room = 5;
    CHECK_THROWS_AS(metrics.append(row(4)), FileError);
    CHECK_THROWS_AS(metrics.append(row(5)), FileError);
    files.room = 1 << 20;
    metrics.sync();
    CHECK(read_file(posix(), path) == make_text(1, 5));
  }
}

TEST_CASE("values that are not finite become null, and the error for a broken line names it",
          "[metrics]") {
  const TestFolder folder;
  const std::string path = folder / "metrics.jsonl";
  MetricsFile metrics(path);
  metrics.append(row(1, std::numeric_limits<double>::quiet_NaN()));
  CHECK(read_metrics(path)[0].at("train/loss").is_null());
  write_file_atomically(posix(), path, make_text(1, 1) + "rubbish\n" + make_text(2, 2));
  CHECK(catch_message([&] { read_metrics(path); }) ==
        "[metrics] " + path + ":2: this line is not a JSON object; remove it");
  MetricsFile again(path);
  again.cut_back(2);
  CHECK(read_file(posix(), path) == make_text(1, 2));
}
