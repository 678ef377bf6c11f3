#include "apps/run/metrics.h"

#include <fcntl.h>

#include <cerrno>
#include <functional>

#include "apps/failure.h"

namespace pushforward::app {

namespace {

constexpr std::uint64_t max_bytes = std::uint64_t{1} << 30;

Descriptor open_to_append(FileSystem& files, const std::string& path) {
  if (read_status(files, path).kind == FileKind::other)
    throw Failure(Exit::file, "[metrics] " + path + " is a pipe or a device, no file; remove it");
  // Rows are appended in place, so a link would lead out of the run.
  return open_file(files, "write", path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
}

// Calls `visit` with each complete line, which ends in a newline. Returns the total size of these
// lines in bytes.
std::size_t whole_lines(const std::string& text,
                        const std::function<void(std::string_view)>& visit) {
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) return begin;
    visit(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
  }
}

}  // namespace

MetricsFile::MetricsFile(const std::string& path, FileSystem& files)
    : files_(files), path_(path), descriptor_(open_to_append(files, path)) {
  const std::string text = read_regular_file(files, path, max_bytes);
  size_ = whole_lines(text, [](std::string_view) {});
  torn_ = size_ < text.size();
  cut_torn_line();
}

void MetricsFile::cut_torn_line() {
  if (!torn_) return;
  if (truncate_to(files_, descriptor_.get(), size_) < 0)
    fail_file("write", path_, "truncate", errno);
  torn_ = false;
}

void MetricsFile::append(const Json& row) {
  waiting_ += row.dump() + "\n";
  write_waiting();
}

void MetricsFile::write_waiting() {
  if (waiting_.empty()) return;
  cut_torn_line();
  if (const int error = write_all(files_, descriptor_.get(), waiting_)) {
    torn_ = true;
    if (truncate_to(files_, descriptor_.get(), size_) == 0) torn_ = false;
    fail_file("write", path_, "write", error);
  }
  size_ += waiting_.size();
  waiting_.clear();
}

void MetricsFile::cut_back(std::int64_t step) {
  write_waiting();
  const std::string text = read_file(files_, path_, max_bytes);
  std::string kept;
  whole_lines(text, [&](std::string_view line) {
    const Json row = Json::parse_or_null(line);
    const Json* at = row.find("step");
    if (!at || !at->is_number() || at->get<double>() > static_cast<double>(step)) return;
    kept.append(line).push_back('\n');
  });
  if (kept.size() == text.size()) return;
  write_file_atomically(files_, path_, kept);
  descriptor_ = open_to_append(files_, path_);
  size_ = kept.size();
  torn_ = false;
}

void MetricsFile::sync() {
  write_waiting();
  if (sync_all(files_, descriptor_.get()) < 0) fail_file("write", path_, "fsync", errno);
}

std::vector<Json> read_metrics(const std::string& path, FileSystem& files) {
  std::vector<Json> rows;
  if (read_status(files, path).kind == FileKind::missing) return rows;
  const std::string text = read_regular_file(files, path, max_bytes);
  std::size_t number = 0;
  whole_lines(text, [&](std::string_view line) {
    ++number;
    Json row = Json::parse_or_null(line);
    if (!row.is_object()) {
      throw Failure(Exit::file, "[metrics] " + path + ":" + std::to_string(number) +
                                    ": this line is not a JSON object; remove it");
    }
    rows.push_back(std::move(row));
  });
  return rows;
}

}  // namespace pushforward::app
