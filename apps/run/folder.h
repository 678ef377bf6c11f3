// A run is a folder: where its files are, how a new one
// gets its name, and how one writer at a time holds it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "apps/run/lock.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// The paths of a run's files below its folder. Reading a run needs no more than this.
struct RunPaths {
  std::string folder;

  std::string config() const { return join_path(folder, "config.json"); }
  std::string environment() const { return join_path(folder, "env.json"); }
  std::string metrics() const { return join_path(folder, "metrics.jsonl"); }
  std::string model() const { return join_path(folder, "model.safetensors"); }
  std::string checkpoints() const { return join_path(folder, "checkpoints"); }
  std::string samples() const { return join_path(folder, "samples"); }
  std::string evaluation() const { return join_path(folder, "eval.json"); }
  std::string plots() const { return join_path(folder, "plots"); }
  std::string lock() const { return join_path(folder, "RUNNING.lock"); }
};

// Where a new run goes: the folder `out` itself, or, if that is empty, `root`/`name`, and `name`-2,
// `name`-3 ... when taken. With `overwrite` the run that stands in the folder is replaced.
struct NewRun {
  std::string root = "runs";
  std::string name;
  std::string out;
  bool overwrite = false;
};

// A run's folder, locked for writing as long as this
// lives. All functions throw FileError for file trouble.
class RunFolder {
 public:
  // Makes the folder and those for checkpoints, samples and plots.
  // Failure (exit 4) if `out` holds a run and `overwrite` is off, if
  // it holds other people's files, or if another process writes there.
  static RunFolder create(const NewRun& run, const Say& say = {}, FileSystem& files = posix());

  // Takes up the run in `folder`; Failure (exit 4) if there is none or another process writes
  // there. Temporaries of a killed writer are removed.
  static RunFolder resume(const std::string& folder, const Say& say = {},
                          FileSystem& files = posix());

  const RunPaths& paths() const { return paths_; }
  FileSystem& files() const { return *files_; }

  // Writes `bytes` to `name` below the folder, atomically ("config.json").
  void write(const std::string& name, std::string_view bytes) const;

 private:
  RunFolder(const std::string& folder, const Say& say, FileSystem& files);
  void make_subfolders() const;

  RunPaths paths_;
  FileSystem* files_;
  std::unique_ptr<RunLock> lock_;
};

// The run that `name` means for --resume: of `root`/`name`, `name`-2 ... the last one there;
// Failure (exit 4) if there is none.
std::string last_run(const std::string& root, const std::string& name, FileSystem& files = posix());

// The paths of the run in `folder`; Failure (exit 4) if it is not there or has no config.json.
RunPaths existing_run(const std::string& folder, FileSystem& files = posix());

}  // namespace pushforward::app
