#include "apps/run/folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "apps/failure.h"
#include "apps/run/summary.h"

namespace pushforward::app {

namespace {

constexpr std::array<const char*, 5> run_files{"config.json", "env.json", "held_out.json",
                                               "metrics.jsonl", "model.safetensors"};
constexpr std::array<const char*, 3> run_folders{"checkpoints", "samples", "plots"};
// The files that other commands write about a run. They would be wrong for a new run in the same
// folder.
constexpr std::array<const char*, 2> files_about_run{"eval.json", "report.html"};

[[noreturn]] void run_fault(const std::string& folder, const std::string& text) {
  throw Failure(Exit::file, "[run] " + folder + " " + text);
}

void check_name(const std::string& name) {
  if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos) {
    throw Failure(Exit::usage, "[run] \"" + name +
                                   "\" cannot be the name of a folder, since it is empty, "
                                   "begins with a dot or has a slash; give the run another name");
  }
}

std::string numbered(const NewRun& run, int number) {
  return join_path(run.root, number == 1 ? run.name : run.name + "-" + std::to_string(number));
}

// Makes the folder. Returns false if something of that name exists.
bool make_new_folder(FileSystem& files, const std::string& folder) {
  if (files.mkdir(folder.c_str(), 0777) == 0) return true;
  if (errno != EEXIST) fail_file("make the folder", folder, "mkdir", errno);
  return false;
}

[[noreturn]] void fail_without_config(const std::string& folder) {
  run_fault(folder,
            "holds a run that has lost its config.json, without which it can be neither used nor "
            "resumed; put that back (`pushforward config show CONFIG.json > " +
                join_path(folder, "config.json") +
                "` makes it from the config that the run was trained with), replace the run with "
                "`pushforward train --overwrite`, or choose another folder with --out");
}

bool is_folder(FileSystem& files, const std::string& path) {
  return read_status(files, path).kind == FileKind::folder;
}

// Returns the regular files in `folder`, or none if it does not exist.
std::vector<std::string> files_in(FileSystem& files, const std::string& folder) {
  std::vector<std::string> found;
  if (!is_folder(files, folder)) return found;
  for (const std::string& name : list_folder(files, folder)) {
    if (read_status(files, join_path(folder, name)).kind == FileKind::regular)
      found.push_back(join_path(folder, name));
  }
  return found;
}

void remove_temporaries(FileSystem& files, const std::string& folder) {
  if (!is_folder(files, folder)) return;
  for (const std::string& name : list_folder(files, folder)) {
    if (is_temporary(name)) remove_file(files, join_path(folder, name));
  }
}

// The content of a folder: no file of a run (`nothing`), a run, an incomplete run (`torso`), or
// other files (`foreign`).
enum class Content { nothing, run, torso, foreign };

Content inspect_folder(FileSystem& files, const std::string& folder, std::string& foreign_names) {
  bool config = false, environment = false, any = false;
  for (const std::string& name : list_folder(files, folder)) {
    config |= name == "config.json";
    environment |= name == "env.json";
    if (name == "RUNNING.lock" || is_temporary(name)) continue;
    if (std::find(run_files.begin(), run_files.end(), name) != run_files.end()) {
      any = true;
    } else if (std::find(run_folders.begin(), run_folders.end(), name) != run_folders.end()) {
      any |= !files_in(files, join_path(folder, name)).empty();
    } else {
      foreign_names += (foreign_names.empty() ? "" : ", ") + name;
    }
  }
  if (config && environment) return Content::run;
  if (!foreign_names.empty()) return Content::foreign;
  return !any ? Content::nothing : config ? Content::run : Content::torso;
}

// Removes a run's files. config.json is the last, so that a partly removed run is
// still recognised as a run.
void clear(FileSystem& files, const std::string& folder) {
  for (const char* below : run_folders) {
    for (const std::string& file : files_in(files, join_path(folder, below)))
      remove_file(files, file);
  }
  for (const char* name : files_about_run) {
    if (read_status(files, join_path(folder, name)).kind == FileKind::regular)
      remove_file(files, join_path(folder, name));
  }
  for (auto name = run_files.rbegin(); name != run_files.rend(); ++name)
    remove_file(files, join_path(folder, *name));
}

// Makes the folder of a new run. Returns true if the folder did not exist before.
bool make_run_folder(FileSystem& files, const NewRun& run, std::string& folder) {
  if (run.out.empty() && !run.overwrite) {
    check_name(run.name);
    make_folders(files, run.root);
    int number = 1;
    while (!make_new_folder(files, numbered(run, number))) ++number;
    folder = numbered(run, number);
    return true;
  }
  if (run.out.empty()) check_name(run.name);
  folder = run.out.empty() ? numbered(run, 1) : run.out;
  make_folders(files, folder_of(folder));
  return make_new_folder(files, folder);
}

}  // namespace

void check_own_folder(const std::string& run, const std::string& name) {
  if (!is_link(join_path(run, name))) return;
  run_fault(run, "has a link in place of its folder " + name +
                     ", so files elsewhere would be written or removed; put a folder there, with "
                     "the files of the link's target if they belong to this run");
}

RunFolder::RunFolder(const std::string& folder, const Say& say, FileSystem& files)
    : paths_{folder},
      files_(&files),
      lock_(std::make_unique<RunLock>(RunPaths{folder}.lock(), say, files)) {
  for (const char* name : run_folders) check_own_folder(folder, name);
}

void RunFolder::make_subfolders() const {
  for (const char* name : run_folders) make_folders(*files_, join_path(paths_.folder, name));
}

RunFolder RunFolder::create(const NewRun& run, const Say& say, FileSystem& files) {
  std::string folder;
  const bool is_new = make_run_folder(files, run, folder);
  if (!is_new && !is_folder(files, folder))
    run_fault(folder, read_status(files, folder).kind == FileKind::missing
                          ? "is a link to what is not there; remove the link, or choose another "
                            "folder with --out"
                          : "is a file; choose another folder with --out");
  RunFolder created(folder, say, files);
  if (!is_new) {
    std::string foreign;
    const Content content = inspect_folder(files, folder, foreign);
    if (content == Content::foreign) {
      run_fault(folder, "holds files that do not belong to a run (" + foreign +
                            "); choose an empty or a new folder with --out");
    }
    if (content == Content::torso && !run.overwrite) fail_without_config(folder);
    if (content == Content::run && !run.overwrite) {
      const std::optional<RunSummary> earlier = summarize_run(folder);
      run_fault(folder, "already holds a run" +
                            (earlier ? " (" + progress_words(*earlier) + ")" : std::string()) +
                            "; continue it with --resume, replace "
                            "it with --overwrite, or choose another folder with --out");
    }
    remove_temporaries(files, folder);
    clear(files, folder);
  }
  created.make_subfolders();
  return created;
}

RunFolder RunFolder::resume(const std::string& folder, const Say& say, FileSystem& files) {
  existing_run(folder, files);
  RunFolder resumed(folder, say, files);
  remove_temporaries(files, folder);
  for (const char* name : run_folders) remove_temporaries(files, join_path(folder, name));
  resumed.make_subfolders();
  return resumed;
}

void RunFolder::write(const std::string& name, std::string_view bytes) const {
  write_file_atomically(*files_, join_path(paths_.folder, name), bytes);
}

std::string last_run(const std::string& root, const std::string& name, FileSystem& files) {
  check_name(name);
  const NewRun run{root, name, "", false};
  int number = 1;
  while (is_folder(files, numbered(run, number))) ++number;
  if (number == 1) {
    run_fault(numbered(run, 1),
              "does not exist, so there is nothing to resume; "
              "start without --resume, or give the run's folder with --out");
  }
  return numbered(run, number - 1);
}

RunPaths existing_run(const std::string& folder, FileSystem& files) {
  if (!is_folder(files, folder))
    run_fault(folder, "does not exist or is not a folder; give a run's folder, such as runs/moons");
  RunPaths paths{folder};
  if (read_status(files, paths.config()).kind != FileKind::regular) {
    std::string foreign;
    if (inspect_folder(files, folder, foreign) == Content::torso) fail_without_config(folder);
    run_fault(folder,
              "is not a run, since it has no config.json; give a run's folder, such as runs/moons");
  }
  return paths;
}

}  // namespace pushforward::app
