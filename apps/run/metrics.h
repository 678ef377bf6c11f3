// metrics.jsonl: one JSON object a line, one line a log step, whole lines only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/json/json.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// The file, open for appending. A torn last line, left by
// a writer that was killed, is cut off when it is opened.
class MetricsFile {
 public:
  explicit MetricsFile(const std::string& path, FileSystem& files = posix());

  // Appends `row`, which has a "step"; NaN and infinities become null. On FileError the file still
  // ends in a whole line, or will before the next row.
  void append(const Json& row);

  // Keeps the rows whose "step" is at most `step`, in place of the file, atomically; FileError.
  void cut_back(std::int64_t step);

  // fsync; FileError.
  void sync();

 private:
  FileSystem& files_;
  std::string path_;
  Descriptor descriptor_;
  std::uint64_t size_ = 0;  // bytes of whole lines
  bool torn_ = false;       // more bytes than that may be in the file

  void cut_torn_line();
};

// The rows of `path`; none if it is missing. A torn last line is left out; any other line that is
// not a JSON object is a Failure (exit 4) that names it.
std::vector<Json> read_metrics(const std::string& path, FileSystem& files = posix());

}  // namespace pushforward::app
