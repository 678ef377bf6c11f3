#include "apps/run/config.h"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "apps/failure.h"
#include "apps/run/folder.h"
#include "apps/run/summary.h"
#include "apps/suggest.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

namespace fs = std::filesystem;

bool is_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}
bool is_run(const std::string& folder) { return is_file(join_path(folder, "config.json")); }

// Returns the run folder that the user probably meant: runs/moons for moons, runs/mons and
// runs/moons/config.json. Returns "" if there is no such folder.
std::string meant_run(const std::string& given) {
  if (const std::string inside = fs::path(given).parent_path().string();
      !inside.empty() && is_run(inside))
    return inside;
  if (const std::string below = join_path("runs", given); is_run(below)) return below;
  std::string folder = fs::path(given).parent_path().string();
  if (folder.empty()) folder = "runs";
  std::vector<std::string> names;
  for (const std::string& run : find_runs(folder)) names.push_back(fs::path(run).filename());
  const std::string meant = nearest(fs::path(given).filename().string(), names);
  return meant.empty() ? "" : join_path(folder, meant);
}

// Returns the advice for a user who gave a config file in place of a run folder.
std::string instead_of_config(const std::string& file) {
  try {
    const Config config = load_config(file, {}, true);
    const std::string run = join_path(config.string("/output/dir"), config.string("/name"));
    return is_run(run) ? fmt::format("its run is {}", run)
                       : fmt::format("`pushforward train {}` makes its run, {}", file, run);
  } catch (const Failure&) {
    return fmt::format("`pushforward train {}` makes a run of it", file);
  }
}

// Returns the part of a config that must be equal in a run and in its resumption.
Json training_part(const Config& config) {
  Json json = config.json();
  for (const char* key :
       {"steps", "threads", "log_every", "checkpoint_every", "keep", "keep_every", "patience"})
    json.at("train").erase(key);
  for (const char* key : {"name", "output", "sampler", "eval"}) json.erase(key);
  return json;
}

}  // namespace

Config load_run_config(const std::string& run) {
  if (is_run(run)) return load_config(join_path(run, "config.json"), {}, true);
  const std::string meant = meant_run(run);
  if (meant.empty() && read_status(posix(), run).kind == FileKind::folder)
    existing_run(run);  // throws, and says why `run` is no run
  if (is_file(run) && run.ends_with(".json") && !is_run(fs::path(run).parent_path().string()))
    throw Failure(Exit::file,
                  fmt::format("[run] {} is a config, not a run; {}", run, instead_of_config(run)));
  throw Failure(
      Exit::file,
      fmt::format("[run] {} is not a run: {} is missing; {}give the folder of a run, which "
                  "`pushforward train` makes and `pushforward list runs` lists",
                  run, join_path(run, "config.json"),
                  meant.empty() ? "" : fmt::format("did you mean {}? ", meant)));
}

Config load_continuous_run(const std::string& run, const char* verb, const char* instead) {
  Config config = load_run_config(run);
  if (of_tokens(config))
    throw Failure(Exit::usage, fmt::format("[{}] /data ({}) of {} is tokens, which jump "
                                           "from noise to data and have no velocity; {}",
                                           verb, config.string("/data/type"), run, instead));
  return config;
}

std::string training_difference(const Config& given, const Config& own) {
  const Json a = training_part(own), b = training_part(given);
  return a == b ? "" : first_difference(a, b);
}

}  // namespace pushforward::app
