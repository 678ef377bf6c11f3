#include "apps/run/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>

#include "apps/failure.h"

namespace pushforward::app {

namespace {

// The content of a lock file: the writer's process id and, if this program wrote the file, the
// start time of that process (clock ticks after boot). The start time distinguishes it from a later
// process with the same id.
struct LockWriter {
  pid_t pid = 0;
  std::string began;
};

// Fields 3 (state) and 22 (start time) of /proc/<pid>/stat. They are found by counting from the ")"
// that closes the name (proc(5)).
struct Process {
  char state = '\0';
  std::string began;
};

std::optional<Process> process(pid_t pid) {
  std::string text;
  try {
    text = read_file(posix(), "/proc/" + std::to_string(pid) + "/stat", 1 << 16);
  } catch (const FileError&) {
    return std::nullopt;
  }
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= text.size()) return std::nullopt;
  Process found{text[name_end + 2], ""};
  std::size_t at = name_end + 2;
  for (int field = 3; field < 22 && at != std::string::npos; ++field) at = text.find(' ', at + 1);
  if (at != std::string::npos) found.began = text.substr(at + 1, text.find(' ', at + 1) - at - 1);
  return found;
}

std::string own_text() {
  const pid_t pid = ::getpid();
  const std::optional<Process> self = process(pid);
  return std::to_string(pid) + "\nbegan " + (self ? self->began : "") + "\n";
}

LockWriter writer_in(const std::string& text) {
  LockWriter writer;
  std::from_chars(text.data(), text.data() + text.size(), writer.pid);
  const std::size_t began = text.find("\nbegan ");
  if (began != std::string::npos) {
    writer.began = text.substr(began + 7, text.find('\n', began + 7) - began - 7);
  }
  return writer;
}

// Returns whether a process with this id and start time is alive. A zombie does not count as alive.
bool lives(const LockWriter& writer) {
  if (writer.pid <= 0) return false;
  if (::kill(writer.pid, 0) != 0 && errno != EPERM) return false;
  const std::optional<Process> found = process(writer.pid);
  if (!found) return true;
  if (found->state == 'Z') return false;
  return writer.began.empty() || found->began == writer.began;
}

std::string read_content(FileSystem& files, int descriptor) {
  char bytes[256];
  ssize_t count = 0;
  do count = files.read(descriptor, bytes, sizeof bytes);
  while (count < 0 && errno == EINTR);
  return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : "";
}

[[noreturn]] void in_use(const std::string& path, const LockWriter& writer) {
  const std::string who =
      writer.pid > 0 ? "process " + std::to_string(writer.pid) : "another process";
  throw Failure(Exit::file, "[run] " + folder_of(path) + " is in use by " + who + " (" + path +
                                "); wait until it ends, or choose another folder with --out");
}

Descriptor take(FileSystem& files, const std::string& path, const Say& say) {
  while (true) {
    Descriptor descriptor =
        open_file(files, "lock", path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW);
    int result = 0;
    do result = files.lock(descriptor.get());
    while (result < 0 && errno == EINTR);
    const bool locked = result == 0;
    const bool refused = !locked && errno == EWOULDBLOCK;
    const std::string content = read_content(files, descriptor.get());
    const LockWriter writer = writer_in(content);
    if (refused) in_use(path, writer);
    // The previous writer may have removed the file between the calls of open and flock above. The
    // lock is then on a file that no longer has this name, and does not count.
    FileStatus ours;
    if (files.fstat(descriptor.get(), ours) < 0) fail_file("lock", path, "fstat", errno);
    const FileStatus there = read_status(files, path);
    if (there.kind == FileKind::missing || there.inode != ours.inode || there.device != ours.device)
      continue;
    const bool vouched_for = locked && !writer.began.empty();
    if (!vouched_for && lives(writer)) in_use(path, writer);
    if (!content.empty() && say) {
      say("[run] " + folder_of(path) + ": the run of process " + std::to_string(writer.pid) +
          " ended without removing its lock; taking over");
    }
    if (truncate_to(files, descriptor.get(), 0) < 0) fail_file("lock", path, "truncate", errno);
    if (const int error = write_all(files, descriptor.get(), own_text())) {
      files.unlink(path.c_str());
      fail_file("lock", path, "write", error);
    }
    return descriptor;
  }
}

}  // namespace

RunLock::RunLock(const std::string& path, const Say& say, FileSystem& files)
    : files_(files), path_(path), descriptor_(take(files, path, say)) {}

RunLock::~RunLock() { files_.unlink(path_.c_str()); }

}  // namespace pushforward::app
