// Manages the folder of a run: the paths of its files, the name of a new folder, and the
// lock for its only writer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "apps/run/lock.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// The paths of a run's files. They are all that is needed to read a run.
struct RunPaths {
  std::string folder;

  std::string config() const { return join_path(folder, "config.json"); }
  std::string environment() const { return join_path(folder, "env.json"); }
  std::string held_out() const { return join_path(folder, "held_out.json"); }
  std::string metrics() const { return join_path(folder, "metrics.jsonl"); }
  std::string model() const { return join_path(folder, "model.safetensors"); }
  std::string checkpoints() const { return join_path(folder, "checkpoints"); }
  std::string samples() const { return join_path(folder, "samples"); }
  std::string evaluation() const { return join_path(folder, "eval.json"); }
  std::string plots() const { return join_path(folder, "plots"); }
  std::string lock() const { return join_path(folder, "RUNNING.lock"); }
};

// The place of a new run: the folder `out`. If `out` is empty, it is `root`/`name`, or `name`-2,
// `name`-3 and so on in `root` if that exists. With `overwrite`, a run in the folder is replaced.
struct NewRun {
  std::string root = "runs";
  std::string name;
  std::string out;
  bool overwrite = false;
};

// A run's folder. It is locked for writing until this object is destroyed. All functions throw
// FileError if a file operation fails.
class RunFolder {
 public:
  // Makes the folder and its subfolders for checkpoints, samples and plots. Throws Failure (exit 4)
  // if `out` contains a run and `overwrite` is false, if it contains files that are not of a run,
  // as check_own_folder does, or if another process writes there.
  static RunFolder create(const NewRun& run, const Say& say = {}, FileSystem& files = posix());

  // Opens the run in `folder` for resuming and removes temporary files of a killed writer. Throws
  // Failure (exit 4) if there is no run, as check_own_folder does, or if another process writes there.
  static RunFolder resume(const std::string& folder, const Say& say = {},
                          FileSystem& files = posix());

  const RunPaths& paths() const { return paths_; }
  FileSystem& files() const { return *files_; }

  // Writes `bytes` atomically to the file `name` in the folder, such as "config.json".
  void write(const std::string& name, std::string_view bytes) const;

 private:
  RunFolder(const std::string& folder, const Say& say, FileSystem& files);
  void make_subfolders() const;

  RunPaths paths_;
  FileSystem* files_;
  std::unique_ptr<RunLock> lock_;
};

// Returns the folder of the run that --resume continues: the last existing one of `root`/`name`,
// `name`-2, `name`-3 and so on. Throws Failure (exit 4) if there is none.
std::string last_run(const std::string& root, const std::string& name, FileSystem& files = posix());

// Throws Failure (exit 4) if the run has a link in place of its own folder `name` (checkpoints,
// samples or plots). A run that came from somebody else could lead out of its folder with it.
void check_own_folder(const std::string& run, const std::string& name);

// Returns the paths of the run in `folder`. Throws Failure (exit 4) if the folder is
// missing or has no config.json.
RunPaths existing_run(const std::string& folder, FileSystem& files = posix());

}  // namespace pushforward::app
