// Summarizes a run from its folder: its data, steps, last loss, time of creation and size.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

namespace pushforward::app {

struct RunSummary {
  std::string folder;
  std::string data;            // the types in /data and the file: "standardize csv my.csv"
  std::int64_t steps = 0;      // of the newest checkpoint; while training, the last logged step
  std::int64_t total = 0;      // /train/steps
  std::optional<double> loss;  // the last finite loss in the log
  std::time_t made = 0;        // when env.json was written
  std::uint64_t bytes = 0;     // the size of all its files
};

// Reads the summary of the run in `folder`. Returns nothing if there is no run or its config cannot
// be read. Values that are missing or damaged keep their defaults.
std::optional<RunSummary> summarize_run(const std::string& folder);

// Returns the sorted folders of the runs in `folder`. If `folder` itself is a run, returns only
// `folder`.
std::vector<std::string> find_runs(const std::string& folder);

// Formats the steps and the time of a run: "12000 of 12000 steps, made 2026-11-29 21:40".
std::string progress_words(const RunSummary& run);

// Formats a time as local date and minute: "2026-11-29 21:40".
std::string minute_words(std::time_t time);

// Formats a number of bytes: "512 B", "1.2 MB".
std::string size_words(std::uint64_t bytes);

}  // namespace pushforward::app
