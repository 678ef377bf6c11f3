#include "apps/data/run_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "apps/config/file_memory.h"
#include "apps/data/files.h"
#include "apps/data/pairs.h"
#include "apps/data/table_memory.h"
#include "apps/failure.h"
#include "apps/failure_text.h"
#include "apps/formats/file_mark.h"
#include "apps/formats/mapped_npy.h"
#include "apps/report/files_read.h"
#include "apps/run/folder.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// The files of data sets that are installed with the program.
constexpr std::pair<const char*, const char*> kInstalledFiles[] = {
    {"geyser", "geyser.csv"}, {"digits", "digits.npy"}, {"digits", "digits_labels.npy"}};

// Adds the files of a data section and of the data sections that it contains.
void add_files(const Json& section, const std::string& at, std::vector<DataFile>& files) {
  if (const Json* path = section.find("path"); path && path->is_string() && !path->text().empty())
    files.push_back({at + "/path", path->text()});
  if (const Json* labels = section.find("labels"); labels && !labels->text().empty())
    files.push_back({at + "/labels", labels->text()});
  if (const Json* held_out = section.find("held_out"); held_out && held_out->is_string())
    files.push_back({at + "/held_out", held_out->text()});
  for (const auto& [type, file] : kInstalledFiles)
    if (section.at("type") == type) files.push_back({at, data_file(file)});
  if (const Json* inner = section.find("of"); inner && inner->is_object())
    add_files(*inner, at + "/of", files);
}

// Returns whether the text at this key of the config is the path of the file. Otherwise the file is
// one of those that are installed with the program.
bool holds_path(const DataFile& file) {
  return file.key.ends_with("/path") || file.key.ends_with("/labels") ||
         file.key.ends_with("/held_out") || file.key == "/train/holdout";
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

std::string working_directory() {
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

bool is_there(const std::string& path) {
  return read_status(posix(), path).kind != FileKind::missing;
}

bool same_file(const std::string& a, const std::string& b) {
  const FileStatus x = read_status(posix(), a), y = read_status(posix(), b);
  return x.device == y.device && x.inode == y.inode;
}

std::string checksum_text(const FileMark& mark) { return fmt::format("{:016x}", mark.checksum); }
std::string mark_text(const FileMark& mark) {
  return fmt::format("{} bytes (xxh3 {})", mark.size, checksum_text(mark));
}

FileMark mark_in(const Json& entry) {
  FileMark mark{entry.at("bytes").get<std::uint64_t>(), 0};
  const std::string& digits = entry.at("xxh3").text();
  std::from_chars(digits.data(), digits.data() + digits.size(), mark.checksum, 16);
  return mark;
}

// A record of one data file, from the time of the training.
struct Remembered {
  std::string key, path, absolute;
  FileMark then;
  Json table = nullptr;  // the memory of a table of text (table_memory.h), or null
};

// Reads the list "data" in RUN/env.json. Returns nothing if the run has none.
std::vector<Remembered> read_record(const std::string& run, const Say& say) {
  std::vector<Remembered> all;
  const std::string file = RunPaths{run}.environment();
  if (read_status(posix(), file).kind == FileKind::missing) return all;
  const Json object = Json::parse_or_null(read_regular_file(posix(), file, 1 << 24));
  try {
    const Json* data = object.find("data");
    if (!data) return all;
    for (const Json& entry : *data) {
      const Json* read = entry.find("read");
      all.push_back({entry.at("key").text(), entry.at("path").text(), entry.at("absolute").text(),
                     mark_in(entry), read && is_table_memory(*read) ? *read : Json()});
    }
  } catch (const std::runtime_error&) {
    say(
        fmt::format("[data] the \"data\" of {} is no record of data files, "
                    "so it is not known whether they have changed",
                    file));
    all.clear();
  }
  return all;
}

const Remembered* find_record(const std::vector<Remembered>& all, const DataFile& file) {
  for (const Remembered& r : all) {
    // A section such as `digits` uses several of the files that are installed with the program.
    // All of them are recorded under the same key, so the names of the files are compared, too.
    const bool named = holds_path(file) || std::filesystem::path(r.path).filename() ==
                                               std::filesystem::path(file.path).filename();
    if (r.key == file.key && named) return &r;
  }
  return nullptr;
}

// Returns the path of the file: where the training found it, else relative to the working
// directory. Returns "" if it is in neither place.
std::string find_file(const DataFile& file, const Remembered* record, const Say& say) {
  const bool here = is_there(file.path);
  if (!record || record->path != file.path || !is_there(record->absolute))
    return here ? file.path : "";
  if (here && same_file(record->absolute, file.path)) return file.path;
  if (here)
    say(fmt::format("[data] {} is read, from which the run was trained, and not {} of this folder",
                    record->absolute, file.path));
  return record->absolute;
}

std::string nowhere(const DataFile& file, const std::string& run, const Remembered* record) {
  std::string text = fmt::format("[data] {} ({} of {}) is not there: ", file.path, file.key, run);
  if (record && record->absolute != file.path)
    text += fmt::format("the run was trained with {}, and ", record->absolute);
  return text + (file.path.starts_with('/')
                     ? "no such file exists; put it back"
                     : fmt::format("relative paths are read from {}; put the file there, or go to "
                                   "the folder that has it",
                                   working_directory()));
}

// Puts the memories of tables into the sections of their files. That of the held-out rows is part of
// that of the data.
Config with_memories(Config config, std::vector<std::pair<std::string, Json>> memories) {
  constexpr std::string_view kPath = "/path", kHeldOut = "/held_out";
  const auto holdout = std::find_if(memories.begin(), memories.end(),
                                    [](const auto& m) { return m.first == "/train/holdout"; });
  for (auto& [key, memory] : memories) {
    if (key.ends_with(kHeldOut))  // that of a section of tokens
      config = config.with_text(key.substr(0, key.size() - kHeldOut.size()) + "/" + kFileMemory,
                                memory.dump());
    if (!key.ends_with(kPath)) continue;
    if (key.starts_with("/data/") && holdout != memories.end()) memory["holdout"] = holdout->second;
    config = config.with_text(key.substr(0, key.size() - kPath.size()) + "/" + kFileMemory,
                              memory.dump());
  }
  return config;
}

// Describes how a file has changed since the training, or returns "" if it has not changed.
std::string change_of(const std::string& path, const std::string& run, const Remembered& record) {
  if (read_status(posix(), path).kind != FileKind::regular) return "";
  const FileMark now = mark_of_file(path);
  if (now == record.then) return "";
  return fmt::format("[data] {} has changed since {} was trained: it had {} and now has {}", path,
                     run, mark_text(record.then), mark_text(now));
}

}  // namespace

std::vector<DataFile> data_files(const Config& config) {
  std::vector<DataFile> files;
  add_files(config.section("/data").json(), "/data", files);
  const Json& source = config.section("/source").json();
  if (source.at("type") == "data") add_files(source.at("of"), "/source/of", files);
  const Json& holdout = config.section("/train").json().at("holdout");
  if (holdout.is_string()) files.push_back({"/train/holdout", holdout.text()});
  return files;
}

Json file_record(const std::string& key, const std::string& path, const FileMark& now) {
  return {{"key", key},
          {"path", path},
          {"absolute", absolute_path(path)},
          {"bytes", now.size},
          {"xxh3", checksum_text(now)}};
}

Json data_record(const Config& config) {
  Json record = Json::array();
  for (const DataFile& file : data_files(config)) {
    if (read_status(posix(), file.path).kind != FileKind::regular) continue;
    record.push_back(file_record(file.key, file.path, mark_of_file(file.path)));
  }
  return record;
}

void add_reports(Json& record) {
  for (std::size_t k = 0; k < record.size(); ++k) {
    Json report = files_read().of_key(record.at(k).at("key").text());
    if (report.is_null()) continue;
    report.erase("file");
    record.at(k)["read"] = std::move(report);
  }
}

Json record_of_pairs(const std::string& run, const std::string& bytes) {
  Json record = file_record("/data/path", join_path(run, kPairsFile), mark_of(bytes));
  record["path"] = kPairsFile;
  return record;
}

void check_overwritten(const Config& config, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const std::string inside = fs::weakly_canonical(folder, error).string() + "/";
  for (const DataFile& file : data_files(config)) {
    if (fs::weakly_canonical(file.path, error).string().starts_with(inside))
      throw usage_error(
          "[train] --overwrite would remove {}, which {} reads, with the rest "
          "of {}; move the file out of that folder, or choose another --out",
          file.path, file.key, folder);
  }
  const auto is_inside = [&](const std::string& run) {
    return !run.empty() && (fs::weakly_canonical(run, error).string() + "/").starts_with(inside);
  };
  if (const std::string& from = config.string("/from"); is_inside(from))
    throw usage_error(
        "[train] --overwrite would remove {}, from whose weights (/from) the "
        "new run starts; choose another --out",
        from);
  if (config.string("/data/type") != "pairs") return;
  if (const std::string& maker = config.string("/data/from"); is_inside(maker))
    throw usage_error(
        "[train] --overwrite would remove {}, which makes the pairs of the "
        "new run (/data/from); choose another --out",
        maker);
}

Config locate_data(const Config& config, const std::string& run, ChangedData changed,
                   const Say& say, bool of_source) {
  const Say notice = [&](const std::string& what) {
    if (say && changed != ChangedData::ignore) say(what);
  };
  const auto object_to = [&](const std::string& what, const char* cure) {
    if (changed == ChangedData::refuse)
      throw Failure(Exit::file, what + (*cure ? "; " : "") + cure);
    notice(what);
  };
  const std::vector<Remembered> records = read_record(run, notice);
  Config located = config;
  if (!of_tokens(config) && makes_pairs(config))
    located = located.with_text("/data/path", join_path(run, kPairsFile));
  std::vector<std::pair<std::string, Json>> memories;  // by the key of the file
  for (const DataFile& file : data_files(located)) {
    if (of_source && !file.key.starts_with("/source/")) continue;
    const Remembered* record = find_record(records, file);
    const std::string found = find_file(file, record, notice);
    if (found.empty()) {
      object_to(nowhere(file, run, record), "");
      continue;
    }
    if (record && changed != ChangedData::ignore) {
      const std::string change = change_of(found, run, *record);
      if (!change.empty())
        object_to(change,
                  "put the old file back, or start a new run with this one, without --resume");
      if (!record->table.is_null()) {
        memories.push_back({file.key, record->table});
        memories.back().second["changed"] = !change.empty();
      }
    }
    if (found != file.path && holds_path(file)) located = located.with_text(file.key, found);
  }
  return with_memories(std::move(located), std::move(memories));
}

MemoryOfTable memory_of_run(const std::string& run) {
  for (const Remembered& file : read_record(run, [](const std::string&) {}))
    if (file.key.starts_with("/data/") && file.key.ends_with("/path") && !file.table.is_null())
      return {file.table, file.then};
  return {};
}

Failure begins_without_data(const std::string& why, const char* what, double begin) {
  return Failure(Exit::file,
                 fmt::format("{}\n[sample] the {} begins at t = {:.6g}, so its samples start from "
                             "rows of the run's data; give it its data back, or set /sampler/begin "
                             "to 0 in the run's config.json",
                             why, what, begin));
}

std::vector<std::string> missing_data(const Config& config) {
  std::vector<std::string> missing;
  for (const DataFile& file : data_files(config))
    if (!is_there(file.path)) missing.push_back(file.path);
  return missing;
}

}  // namespace pushforward::app
