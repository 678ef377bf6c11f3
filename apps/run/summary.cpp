#include "apps/run/summary.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "apps/config/config.h"
#include "apps/failure.h"
#include "apps/run/checkpoints.h"
#include "apps/run/folder.h"
#include "apps/run/metrics.h"

namespace pushforward::app {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// Returns the data in words, such as "moons" or "standardize csv my.csv".
std::string data_words(const Json& data) {
  std::string words = data.at("type").get<std::string>();
  if (data.contains("of")) return words + " " + data_words(data.at("of"));
  if (data.contains("path")) words += " " + data.at("path").get<std::string>();
  return words;
}

std::uint64_t bytes_below(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code of_file;
    const std::uint64_t size = entry->is_regular_file(of_file) ? entry->file_size(of_file) : 0;
    if (!of_file) bytes += size;
  }
  return bytes;
}

void read_progress(const RunPaths& paths, RunSummary& run) {
  const std::vector<std::int64_t> steps = Checkpoints(paths.checkpoints()).steps();
  if (!steps.empty()) run.steps = steps.back();
  for (const Json& row : read_metrics(paths.metrics())) {
    if (exists(paths.lock()) && row.contains("step"))
      run.steps = std::max(run.steps, row.at("step").get<std::int64_t>());
    if (row.contains("train/loss") && row.at("train/loss").is_number())
      run.loss = row.at("train/loss").get<double>();
  }
}

}  // namespace

std::optional<RunSummary> summarize_run(const std::string& folder) {
  const RunPaths paths{folder};
  if (!exists(paths.config())) return {};
  RunSummary run;
  run.folder = folder;
  try {
    const Config config = load_config(paths.config(), {}, true);
    run.data = data_words(config.section("/data").json());
    run.total = config.integer("/train/steps");
  } catch (const Failure&) {
    return {};
  }
  try {
    read_progress(paths, run);
  } catch (const std::exception&) {
    // The summary is returned even if the progress cannot be read.
  }
  struct stat status {};
  const std::string first = exists(paths.environment()) ? paths.environment() : paths.config();
  if (::stat(first.c_str(), &status) == 0) run.made = status.st_mtime;
  run.bytes = bytes_below(folder);
  return run;
}

std::vector<std::string> find_runs(const std::string& folder) {
  if (exists(RunPaths{folder}.config())) return {folder};
  std::vector<std::string> found;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string inner = entry->path().string();
    if (exists(RunPaths{inner}.config())) found.push_back(inner);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string progress_words(const RunSummary& run) {
  return fmt::format("{} of {} steps, made {}", run.steps, run.total, minute_words(run.made));
}

std::string minute_words(std::time_t time) {
  std::tm local{};
  ::localtime_r(&time, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
  return text;
}

std::string size_words(std::uint64_t bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(units); ++unit) value /= 1000;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace pushforward::app
