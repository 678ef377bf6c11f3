// Reads and writes metrics.jsonl, which has one line with a JSON object for each logged step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/json/json.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// The metrics file, open for appending. Opening it removes an incomplete last line, which a killed
// process may leave.
class MetricsFile {
 public:
  explicit MetricsFile(const std::string& path, FileSystem& files = posix());

  // Appends `row`, which must have a "step". NaN and infinities become null. If writing fails, it
  // throws FileError and keeps the row: the row is written with the next row or by `sync`. An
  // incomplete line that the failed write left is removed at once, or before the next row is
  // written.
  void append(const Json& row);

  // Removes the rows whose "step" is above `step`, by replacing the file
  // atomically. Throws FileError.
  void cut_back(std::int64_t step);

  // Writes the rows that could not be written before and calls fsync. Throws FileError.
  void sync();

 private:
  FileSystem& files_;
  std::string path_;
  Descriptor descriptor_;
  std::uint64_t size_ = 0;  // bytes of complete lines
  bool torn_ = false;       // true if an incomplete line may follow the complete ones
  std::string waiting_;     // lines that are not written yet

  void cut_torn_line();
  void write_waiting();
};

// Returns the rows of `path`, or none if the file is missing. An incomplete last line is ignored.
// If another line is not a JSON object, throws Failure (exit 4) that names the line.
std::vector<Json> read_metrics(const std::string& path, FileSystem& files = posix());

}  // namespace pushforward::app
