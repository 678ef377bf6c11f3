#include "apps/cli/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/run/folder.h"

namespace pushforward::app {
namespace {

constexpr const char* kOfRun = "a file of the run";

// A file that the command line names, and everything that identifies the file to which its path
// leads.
struct Identity {
  NamedFile file;
  FileStatus status;      // the status of the file that the path leads to
  FileStatus folder;      // the status of the folder that contains the file, or would contain it
  std::string last_name;  // the file's name within that folder
  bool stream = false;    // true for the standard output or stderr
};

FileStatus status_or_missing(FileSystem& system, const std::string& path) {
  FileStatus status;
  return system.stat(path.c_str(), status) == 0 ? status : FileStatus{};
}

Identity identify(FileSystem& system, const NamedFile& file) {
  const std::string folder = folder_of(file.path);
  return {file, status_or_missing(system, file.path), status_or_missing(system, folder),
          std::filesystem::path(file.path).filename().string()};
}

bool same_inode(const FileStatus& a, const FileStatus& b) {
  return a.kind != FileKind::missing && b.kind != FileKind::missing && a.device == b.device &&
         a.inode == b.inode;
}

bool equal_but_for_case(const std::string& a, const std::string& b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Returns whether the file system ignores the case of names in this folder. The function makes a
// file there, looks for it by its name in capitals, and deletes it.
bool ignores_case(FileSystem& system, const std::string& folder) {
  const std::string name = fmt::format(".pushforward-{}-case.tmp", ::getpid());
  std::string capitals = name;
  std::ranges::transform(capitals, capitals.begin(),
                         [](unsigned char c) { return std::toupper(c); });
  const std::string path = join_path(folder, name);
  const int descriptor = system.open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  system.close(descriptor);
  const bool found =
      status_or_missing(system, join_path(folder, capitals)).kind != FileKind::missing;
  system.unlink(path.c_str());
  return found;
}

bool one_file(FileSystem& system, const Identity& a, const Identity& b) {
  if (a.status.kind == FileKind::regular && same_inode(a.status, b.status)) return true;
  if (a.stream || b.stream) return false;
  const bool neither = a.status.kind == FileKind::missing && b.status.kind == FileKind::missing;
  if (!neither) return false;
  if (a.file.path == b.file.path) return true;
  if (!same_inode(a.folder, b.folder)) return false;
  if (a.last_name == b.last_name) return true;
  return equal_but_for_case(a.last_name, b.last_name) &&
         ignores_case(system, folder_of(a.file.path));
}

// Returns the identities of the standard output and stderr, if they go to files.
std::vector<Identity> stream_files(FileSystem& system) {
  std::vector<Identity> all;
  for (const auto& [descriptor, name] :
       {std::pair{STDOUT_FILENO, "the standard output"}, std::pair{STDERR_FILENO, "stderr"}}) {
    FileStatus status;
    if (system.fstat(descriptor, status) == 0 && status.kind == FileKind::regular)
      all.push_back({{name, "", FileUse::writes}, status, {}, "", true});
  }
  return all;
}

[[noreturn]] void refuse(const Identity& a, const Identity& b) {
  if (b.stream)
    throw Failure(Exit::usage,
                  fmt::format("[file] {} goes to {}, which is also {}; send it elsewhere",
                              b.file.name, a.file.path, a.file.name));
  const bool reads = a.file.use == FileUse::reads || b.file.use == FileUse::reads;
  const std::string both =
      a.file.path == b.file.path
          ? fmt::format("{} and {} are both {}", a.file.name, b.file.name, a.file.path)
          : fmt::format("{} {} and {} {} are one file", a.file.name, a.file.path, b.file.name,
                        b.file.path);
  throw Failure(Exit::usage,
                fmt::format("[file] {}{}; give two different files", both,
                            reads ? ", which would be read and then written over" : ""));
}

// Adds to `to` the files that a command reads when it is given the run or config `from`.
void add_inside(FileSystem& system, const NamedFile& from, std::vector<NamedFile>& to) {
  std::string config = from.path;
  std::string run;
  if (status_or_missing(system, from.path).kind == FileKind::folder) {
    run = from.path;
    const RunPaths paths{run};
    config = paths.config();
    for (const std::string& path : {paths.environment(), paths.metrics(), paths.model()})
      to.push_back({kOfRun, path});
    if (status_or_missing(system, paths.checkpoints()).kind == FileKind::folder)
      for (const std::string& name : list_folder(system, paths.checkpoints()))
        to.push_back({kOfRun, join_path(paths.checkpoints(), name)});
  }
  to.push_back({run.empty() ? "the config" : kOfRun, config});
  if (status_or_missing(system, config).kind != FileKind::regular) return;
  try {
    Config read = load_config(config);
    if (!run.empty()) read = locate_data(read, run, ChangedData::ignore);
    const std::vector<NamedFile> data = files_of_data(read);
    to.insert(to.end(), data.begin(), data.end());
  } catch (const std::exception&) {
    // A config that cannot be read is no error here. The verb reports it later, when it reads the
    // config itself.
  }
}

}  // namespace

std::vector<NamedFile> files_of_data(const Config& config) {
  std::vector<NamedFile> files;
  for (const DataFile& file : data_files(config)) files.push_back({file.key, file.path});
  return files;
}

void check_files(const std::vector<NamedFile>& files, FileSystem& system) {
  // Files named on the command line come first in `all`, so that messages name these rather than
  // files of a run.
  std::vector<NamedFile> all, inside;
  bool writes = false;
  for (const NamedFile& file : files) {
    if (file.path.empty()) continue;
    writes = writes || file.use == FileUse::writes;
    if (file.use == FileUse::inside)
      add_inside(system, file, inside);
    else
      all.push_back(file);
  }
  all.insert(all.end(), inside.begin(), inside.end());
  std::vector<Identity> identities;
  for (const NamedFile& file : all) identities.push_back(identify(system, file));
  const std::vector<Identity> streams = stream_files(system);
  if (!writes && streams.empty()) return;
  for (std::size_t a = 0; a < identities.size(); ++a) {
    const Identity& x = identities[a];
    for (std::size_t b = a + 1; b < identities.size(); ++b) {
      const Identity& y = identities[b];
      if (x.file.use == FileUse::reads && y.file.use == FileUse::reads) continue;
      if (one_file(system, x, y)) refuse(x, y);
    }
    if (x.file.path.starts_with("/dev/")) continue;
    for (const Identity& stream : streams)
      if (one_file(system, x, stream)) refuse(x, stream);
    const bool nowhere = x.status.kind == FileKind::missing && x.folder.kind == FileKind::missing;
    if (x.file.use == FileUse::writes && nowhere) fail_file("write", x.file.path, "open", ENOENT);
  }
}

}  // namespace pushforward::app
