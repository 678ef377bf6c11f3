// Reads and writes metrics.jsonl: one JSON object per line, one line per
// logged step, only whole lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/json/json.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// The file, open for appending. Opening it removes an incomplete last line,
// which a killed writer leaves.
class MetricsFile {
 public:
  explicit MetricsFile(const std::string& path, FileSystem& files = posix());

  // Appends `row`, which must have a "step". NaN and infinities become null. After a FileError an
  // incomplete line is removed at once or before the next row is written, and the row waits: it is
  // written with the next one, or by `sync`.
  void append(const Json& row);

  // Removes the rows whose "step" is above `step`, by replacing the file
  // atomically. Throws FileError.
  void cut_back(std::int64_t step);

  // Writes the rows that wait and calls fsync. Throws FileError.
  void sync();

 private:
  FileSystem& files_;
  std::string path_;
  Descriptor descriptor_;
  std::uint64_t size_ = 0;  // bytes of whole lines
  bool torn_ = false;       // the file may hold an incomplete line after them
  std::string waiting_;     // lines that are not written yet

  void cut_torn_line();
  void write_waiting();
};

// Returns the rows of `path`, or none if the file is missing. An incomplete last line is left out.
// Throws Failure (exit 4) that names any other line that is not a JSON object.
std::vector<Json> read_metrics(const std::string& path, FileSystem& files = posix());

}  // namespace pushforward::app
