#include "apps/run/checkpoints.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <new>

#include "apps/failure.h"

namespace pushforward::app {

namespace {

constexpr std::string_view prefix = "step-", suffix = ".safetensors";
constexpr const char* latest_name = "LATEST";

std::string name_of_step(std::int64_t step) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%08lld", static_cast<long long>(step));
  return std::string(prefix) + digits + std::string(suffix);
}

// Returns the step in a checkpoint's name, or nothing for any other name.
std::optional<std::int64_t> step_of_name(std::string_view name) {
  if (name.size() <= prefix.size() + suffix.size() || name.substr(0, prefix.size()) != prefix)
    return std::nullopt;
  const std::string_view digits =
      name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  std::int64_t step = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), step);
  if (step < 0 || name_of_step(step) != name) return std::nullopt;
  return step;
}

// Makes the error for a checkpoint that could not be read.
Failure cannot_look(const std::string& path, const std::string& why) {
  return Failure(Exit::file, why + "\n   " + path +
                                 " may be whole, so all checkpoints are left as they are; "
                                 "make it readable and try again");
}

bool is_full(const FileError& error) {
  return error.error_number == ENOSPC || error.error_number == EDQUOT;
}

}  // namespace

Checkpoints::Checkpoints(const std::string& folder, const Say& say, FileSystem& files)
    : folder_(folder), say_(say), files_(files) {}

std::string Checkpoints::path(std::int64_t step) const {
  return join_path(folder_, name_of_step(step));
}

void Checkpoints::notice(const std::string& text) const {
  if (say_) say_("[checkpoint] " + text);
}

void Checkpoints::write(std::int64_t step, std::string_view bytes, const Keep& keep) const {
  try {
    write_file_atomically(files_, path(step), bytes);
  } catch (const FileError& error) {
    // On a full disk, remove the oldest checkpoint before writing the new one instead of after.
    if (!is_full(error) || keep.last < 2 || remove_old(step, keep, keep.last - 1) == 0) throw;
    write_file_atomically(files_, path(step), bytes);
  }
  const auto point = [&] {
    write_file_atomically(files_, join_path(folder_, latest_name), name_of_step(step) + "\n");
  };
  try {
    point();
  } catch (const FileError&) {
    // Removing old checkpoints may make room on a full disk.
    if (remove_old(step, keep, keep.last) == 0) throw;
    point();
  }
  remove_old(step, keep, keep.last);
}

int Checkpoints::remove_old(std::int64_t step, const Keep& keep, int last) const {
  int removed = 0;
  try {
    std::vector<std::int64_t> all = steps();
    const std::size_t kept = static_cast<std::size_t>(std::max(last, 1));
    all.resize(all.size() > kept ? all.size() - kept : 0);
    for (const std::int64_t old : all) {
      if (old == step || (keep.every > 0 && old % keep.every == 0)) continue;
      remove_file(files_, path(old));
      ++removed;
    }
  } catch (const FileError& error) {
    notice(std::string("could not remove an old checkpoint: ") + error.what());
  }
  return removed;
}

std::vector<std::int64_t> Checkpoints::steps() const {
  std::vector<std::int64_t> found;
  if (read_status(files_, folder_).kind != FileKind::folder) return found;
  for (const std::string& name : list_folder(files_, folder_)) {
    if (const auto step = step_of_name(name)) found.push_back(*step);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<std::int64_t> Checkpoints::latest() const {
  const std::string file = join_path(folder_, latest_name);
  std::string line;
  try {
    if (read_status(files_, file).kind == FileKind::missing) return std::nullopt;
    line = read_regular_file(files_, file, 4096);
  } catch (const FileError& error) {
    notice(std::string(error.what()) + "; using the newest checkpoint");
    return std::nullopt;
  }
  line.resize(std::min(line.find('\n'), line.size()));
  const auto step = step_of_name(line);
  if (!step) notice(file + " does not name a checkpoint; using the newest one");
  return step;
}

std::optional<FoundCheckpoint> Checkpoints::newest_whole() const {
  std::vector<std::int64_t> order = steps();
  if (order.empty()) return std::nullopt;
  std::reverse(order.begin(), order.end());
  if (const auto named = latest()) {
    const auto at = std::find(order.begin(), order.end(), *named);
    if (at == order.end()) {
      notice(path(*named) + " is named by LATEST but is missing; using the newest checkpoint");
    } else {
      std::rotate(order.begin(), at, at + 1);
    }
  }
  for (const std::int64_t step : order) {
    try {
      return FoundCheckpoint{step, path(step), read_safetensors(files_, path(step))};
    } catch (const FileError& error) {
      // A file that cannot be opened or read may still be a good checkpoint, so it is not skipped.
      // A file with damaged content is skipped.
      if (error.error_number != 0) throw cannot_look(error.path, error.what());
      notice(std::string("skipped a checkpoint: ") + error.what());
    } catch (const std::bad_alloc&) {
      throw cannot_look(path(step),
                        "[checkpoint] there is not enough memory to read " + path(step));
    }
  }
  throw Failure(Exit::file, "[checkpoint] none of the " + std::to_string(order.size()) +
                                " checkpoints in " + folder_ +
                                " is whole; start again with --overwrite");
}

void Checkpoints::cut_back(std::int64_t step) const {
  for (const std::int64_t other : steps()) {
    if (other > step) remove_file(files_, path(other));
  }
}

}  // namespace pushforward::app
