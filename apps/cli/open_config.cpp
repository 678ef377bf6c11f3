#include "apps/cli/open_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "apps/config/table.h"
#include "apps/data/files.h"
#include "apps/failure.h"
#include "apps/run/folder.h"
#include "apps/suggest.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

namespace fs = std::filesystem;

FileKind kind_of(const std::string& path) { return read_status(posix(), path).kind; }

// Returns the path of the config with this name that is installed with the program, or "" if there
// is none.
std::string shipped_config(const std::string& name) {
  try {
    const std::string file = data_file("configs/" + name + ".json");
    // In a clone of the project, the path that begins with data/configs leads to the same file and
    // is shorter.
    const std::string near = "data/configs/" + name + ".json";
    std::error_code error;
    return fs::equivalent(file, near, error) ? near : file;
  } catch (const Failure&) {
    return "";
  }
}

std::vector<std::string> shipped_names() {
  std::vector<std::string> names;
  const std::string one = shipped_config("moons");
  std::error_code error;
  for (auto entry = fs::directory_iterator(fs::path(one).parent_path(), error);
       !one.empty() && !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".json") names.push_back(entry->path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Returns a sentence that suggests what the user meant by the name of a missing file, or "" if
// there is no suggestion.
std::string guess(const std::string& path) {
  if (kind_of(path + ".json") == FileKind::regular)
    return fmt::format("did you mean {}.json?", path);
  const std::string name = fs::path(path).stem().string();
  if (const std::string file = shipped_config(name); !name.empty() && !file.empty())
    return fmt::format("did you mean {}, a config that comes with the program?", file);
  const std::vector<std::string> types = section_table("data").types();
  if (std::find(types.begin(), types.end(), name) != types.end())
    return fmt::format("`pushforward config init {} > {}.json` writes a config of that data", name,
                       name);
  // load_config has already looked for similar names in the folder of the missing file.
  if (fs::path(path).has_parent_path() || fs::path(path).has_extension()) return "";
  if (const std::string meant = nearest(name, shipped_names()); !meant.empty())
    return fmt::format("did you mean {}, a config that comes with the program?",
                       shipped_config(meant));
  return "";
}

[[noreturn]] void fail(const char* verb, const std::string& what, const std::string& cure) {
  throw Failure(Exit::file, fmt::format("[{}] {}\n   {}", verb, what, cure));
}

}  // namespace

Config open_config(const char* verb, const std::string& path,
                   const std::vector<std::string>& overrides) {
  const FileKind kind = kind_of(path);
  if (kind == FileKind::folder) {
    const std::string inside = RunPaths{path}.config();
    if (kind_of(inside) == FileKind::regular)
      fail(verb, fmt::format("{} is the folder of a run, not a config", path),
           fmt::format("its config is {0}; `pushforward train {0} --resume --out {1}` goes on with "
                       "the run",
                       inside, path));
    fail(verb, fmt::format("{} is a folder, not a config", path),
         "name a file, or write one: `pushforward config init > my.json`");
  }
  if (kind == FileKind::missing) {
    if (const std::string meant = guess(path); !meant.empty())
      fail(verb, fmt::format("there is no file {}", path), meant);
  }
  if (kind == FileKind::regular && (path.ends_with(".csv") || path.ends_with(".npy")))
    fail(
        verb, fmt::format("{} is a table, not a config", path),
        fmt::format("`pushforward config init {} > my.json` writes a config that learns it", path));
  return load_config(path, overrides);
}

void print_warnings(const Config& config) {
  for (const std::string& warning : config.warnings()) tell_line(warning);
}

}  // namespace pushforward::app
