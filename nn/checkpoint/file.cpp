#include "nn/checkpoint/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <new>
#include <system_error>
#include <utility>

namespace pushforward {

namespace {

constexpr std::string_view temporary_prefix = ".pushforward-";
constexpr std::string_view temporary_suffix = ".tmp";
constexpr mode_t file_mode = 0666;    // the system removes the bits of the umask
constexpr mode_t folder_mode = 0777;  // the system removes the bits of the umask

FileStatus status_from(const struct ::stat& raw) {
  FileStatus status;
  status.kind = S_ISREG(raw.st_mode)   ? FileKind::regular
                : S_ISDIR(raw.st_mode) ? FileKind::folder
                                       : FileKind::other;
  status.size = static_cast<std::uint64_t>(raw.st_size);
  status.device = static_cast<std::uint64_t>(raw.st_dev);
  status.inode = static_cast<std::uint64_t>(raw.st_ino);
  return status;
}

// Returns what the user can do about an errno.
const char* cure(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "free space or choose another folder (--out)";
    case EACCES:
    case EPERM: return "check the permissions, or choose another folder";
    case EROFS: return "the file system is read-only: choose another folder (--out)";
    case ENOENT: return "check the spelling, and that its folder exists";
    case ENOTDIR: return "a part of the path is a file, not a folder: check the spelling";
    case EISDIR: return "it is a folder: name a file";
    case EEXIST: return "it is in the way: remove it or choose another name";
    case ENAMETOOLONG: return "choose a shorter name";
    case EMFILE:
    case ENFILE: return "too many open files: raise the limit (ulimit -n)";
    case EFBIG: return "raise the limit on file sizes (ulimit -f) or choose another file system";
    case EIO: return "check the disk";
    case ENOMEM: return "free some memory, or raise the limit (ulimit -v)";
    case ELOOP:
      return "it is a link, and must be the file itself: put a file there, or name another path";
    case ENXIO: return "nobody reads this pipe: start its reader first, or name a file";
    case EPIPE: return "the program that read this pipe has ended";
    default: return "check the path and the file system";
  }
}

// Returns the folder in which a relative path was looked for, as a part of the message that the
// file does not exist.
std::string looked_in(const std::string& path, int error) {
  if (error != ENOENT || path.empty() || path[0] == '/') return "";
  std::array<char, 4096> folder;
  if (::getcwd(folder.data(), folder.size()) == nullptr) return "";
  return std::string("; it was looked for in ") + folder.data();
}

// Opens a new temporary file beside `path` and writes its name to `temporary`.
int open_temporary(FileSystem& files, const std::string& path, std::string& temporary) {
  for (int number = 0; number < 1000; ++number) {
    temporary = join_path(folder_of(path),
                          std::string(temporary_prefix) + std::to_string(::getpid()) + "-" +
                              std::to_string(number) + std::string(temporary_suffix));
    int descriptor = -1;
    do
      descriptor =
          files.open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode);
    while (descriptor < 0 && errno == EINTR);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  errno = EEXIST;
  return -1;
}

// Makes the rename to `path` durable, with an fsync of its folder. EINVAL means that the file
// system does not support this.
void sync_folder(FileSystem& files, const std::string& path) {
  const std::string folder = folder_of(path);
  const Descriptor descriptor = open_file(files, "sync", folder, O_RDONLY | O_DIRECTORY);
  if (sync_all(files, descriptor.get()) < 0 && errno != EINVAL)
    fail_file("sync", folder, "fsync", errno);
}

// Returns whether the path names a descriptor of this process, such as /dev/stdout.
bool names_descriptor(const std::string& path) {
  const std::string folder = folder_of(path);
  return folder == "/dev" || folder == "/dev/fd" || folder == "/proc/self/fd";
}

// Resizes `bytes`. Returns false if there is not enough memory.
bool resized(std::string& bytes, std::size_t size) {
  try {
    bytes.resize(size);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

}  // namespace

int FileSystem::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t FileSystem::read(int descriptor, void* bytes, std::size_t count) {
  return ::read(descriptor, bytes, count);
}
ssize_t FileSystem::write(int descriptor, const void* bytes, std::size_t count) {
  return ::write(descriptor, bytes, count);
}
int FileSystem::fsync(int descriptor) { return ::fsync(descriptor); }
int FileSystem::close(int descriptor) { return ::close(descriptor); }
int FileSystem::truncate(int descriptor, std::uint64_t size) {
  return ::ftruncate(descriptor, static_cast<off_t>(size));
}
int FileSystem::lock(int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB); }
int FileSystem::rename(const char* from, const char* to) { return std::rename(from, to); }
int FileSystem::unlink(const char* path) { return ::unlink(path); }
int FileSystem::mkdir(const char* path, mode_t mode) { return ::mkdir(path, mode); }

int FileSystem::stat(const char* path, FileStatus& status) {
  struct ::stat raw;
  if (::stat(path, &raw) == 0) {
    status = status_from(raw);
    return 0;
  }
  if (errno != ENOENT) return -1;
  status = FileStatus{};
  return 0;
}

int FileSystem::fstat(int descriptor, FileStatus& status) {
  struct ::stat raw;
  if (::fstat(descriptor, &raw) != 0) return -1;
  status = status_from(raw);
  return 0;
}

int FileSystem::list(const char* folder, std::vector<std::string>& names) {
  names.clear();
  DIR* stream = ::opendir(folder);
  if (!stream) return -1;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  errno = error;
  return error == 0 ? 0 : -1;
}

FileSystem& posix() {
  static FileSystem files;
  return files;
}

FileError::FileError(std::string where, std::string operation_name, int error,
                     const std::string& message)
    : std::runtime_error(message),
      path(std::move(where)),
      operation(std::move(operation_name)),
      error_number(error) {}

void fail_file(const char* verb, const std::string& path, const char* operation, int error) {
  throw FileError(path, operation, error,
                  std::string("[file] cannot ") + verb + " " + path + ": " +
                      std::generic_category().message(error) + " (" + operation + ")" +
                      looked_in(path, error) + "; " + cure(error));
}

FileInParts::FileInParts(FileSystem& files, std::string path)
    : files_(&files), path_(std::move(path)), descriptor_(files, -1) {
  const FileKind kind = read_status(files, path_).kind;
  if (kind == FileKind::folder) fail_file("write", path_, "open", EISDIR);
  if (kind == FileKind::other && is_link(path_) && !names_descriptor(path_))
    fail_file("write", path_, "open", ELOOP);  // a folder of somebody else's may have such links
  if (kind == FileKind::other || names_descriptor(path_)) {
    // Opening a pipe for writing waits for a reader, perhaps for ever. So the path is first opened
    // without waiting, which fails on a pipe without a reader.
    const Descriptor reader = open_file(files, "write", path_, O_WRONLY | O_NONBLOCK);
    descriptor_ = open_file(files, "write", path_, O_WRONLY);
    return;
  }
  const int opened = open_temporary(files, path_, temporary_);
  if (opened < 0) {
    temporary_.clear();
    fail_file("write", path_, "open", errno);
  }
  descriptor_ = Descriptor(files, opened);
}

FileInParts::~FileInParts() {
  if (temporary_.empty()) return;
  descriptor_.close();  // an error here is ignored, because the first error was reported
  files_->unlink(temporary_.c_str());
}

void FileInParts::append(std::string_view bytes) {
  if (const int error = write_all(*files_, descriptor_.get(), bytes))
    fail_file("write", path_, "write", error);
}

void FileInParts::finish() {
  const bool renames = !temporary_.empty();
  if (renames && sync_all(*files_, descriptor_.get()) < 0)
    fail_file("write", path_, "fsync", errno);
  if (descriptor_.close() < 0) fail_file("write", path_, "close", errno);
  if (!renames) return;
  if (files_->rename(temporary_.c_str(), path_.c_str()) < 0)
    fail_file("write", path_, "rename", errno);
  temporary_.clear();
  sync_folder(*files_, path_);
}

void write_file_atomically(FileSystem& files, const std::string& path, std::string_view bytes) {
  const auto write = [&] {
    FileInParts file(files, path);
    file.append(bytes);
    file.finish();
  };
  try {
    write();
  } catch (const FileError& e) {
    // After a failed fsync the kernel may have dropped unwritten data of the file, so only a new
    // file can be trusted. A failed fsync of the folder has another path.
    if (e.operation != "fsync" || e.path != path) throw;
    write();
  }
}

std::string read_file(FileSystem& files, const std::string& path, std::uint64_t max_bytes) {
  const Descriptor descriptor = open_file(files, "read", path, O_RDONLY);
  FileStatus status;
  if (files.fstat(descriptor.get(), status) < 0) fail_file("read", path, "stat", errno);
  if (status.kind == FileKind::folder) fail_file("read", path, "open", EISDIR);
  const auto too_large = [&] {
    return FileError(path, "read", EFBIG,
                     "[file] cannot read " + path + ": it has more than " +
                         std::to_string(max_bytes) +
                         " bytes, which is the limit; check that it is the right file");
  };
  if (status.size > max_bytes) throw too_large();
  // The memory is one byte larger than the file, so that the last read, which finds the end, has
  // room. The memory grows if the file grows meanwhile.
  std::string bytes;
  if (!resized(bytes, static_cast<std::size_t>(status.size) + 1))
    fail_file("read", path, "read", ENOMEM);
  std::size_t used = 0;
  while (true) {
    if (used == bytes.size() && !resized(bytes, 2 * bytes.size() + 4096))
      fail_file("read", path, "read", ENOMEM);
    const ssize_t count = files.read(descriptor.get(), bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_file("read", path, "read", errno);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used > max_bytes) throw too_large();
  }
  bytes.resize(used);
  return bytes;
}

std::string read_regular_file(FileSystem& files, const std::string& path, std::uint64_t max_bytes) {
  if (read_status(files, path).kind == FileKind::other)
    throw FileError(path, "stat", EINVAL,
                    "[file] cannot read " + path +
                        ": it is a pipe or a device, and a file is needed; put the file there");
  return read_file(files, path, max_bytes);
}

void make_folders(FileSystem& files, const std::string& path) {
  const FileKind kind = read_status(files, path).kind;
  if (kind == FileKind::folder) return;
  if (kind != FileKind::missing) fail_file("make the folder", path, "mkdir", ENOTDIR);
  const std::string above = folder_of(path);
  if (above != path) make_folders(files, above);
  if (files.mkdir(path.c_str(), folder_mode) == 0) return;
  const int error = errno;
  // Another program may have created the folder meanwhile. Anything else of this name, even a
  // broken link, is an error.
  if (error != EEXIST || read_status(files, path).kind != FileKind::folder)
    fail_file("make the folder", path, "mkdir", error);
}

std::vector<std::string> list_folder(FileSystem& files, const std::string& folder) {
  std::vector<std::string> names;
  if (files.list(folder.c_str(), names) < 0) fail_file("list the folder", folder, "opendir", errno);
  return names;
}

FileStatus read_status(FileSystem& files, const std::string& path) {
  FileStatus status;
  if (files.stat(path.c_str(), status) < 0) fail_file("look at", path, "stat", errno);
  return status;
}

bool is_link(const std::string& path) {
  struct ::stat raw;
  return ::lstat(path.c_str(), &raw) == 0 && S_ISLNK(raw.st_mode);
}

void remove_file(FileSystem& files, const std::string& path) {
  if (files.unlink(path.c_str()) < 0 && errno != ENOENT) fail_file("remove", path, "unlink", errno);
}

std::string folder_of(const std::string& path) {
  std::size_t end = path.size();
  while (end > 1 && path[end - 1] == '/') --end;
  const std::size_t slash = end == 0 ? std::string::npos : path.rfind('/', end - 1);
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string join_path(const std::string& folder, const std::string& name) {
  if (folder.empty() || folder == ".") return name;
  return folder.back() == '/' ? folder + name : folder + "/" + name;
}

bool is_temporary(std::string_view name) {
  return name.size() > temporary_prefix.size() + temporary_suffix.size() &&
         name.substr(0, temporary_prefix.size()) == temporary_prefix &&
         name.substr(name.size() - temporary_suffix.size()) == temporary_suffix;
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : files_(other.files_), descriptor_(std::exchange(other.descriptor_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    files_ = other.files_;
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() { close(); }

int Descriptor::close() {
  if (descriptor_ < 0) return 0;
  const int result = files_->close(std::exchange(descriptor_, -1));
  return result < 0 && errno == EINTR ? 0 : result;
}

Descriptor open_file(FileSystem& files, const char* verb, const std::string& path, int flags) {
  int descriptor = -1;
  do descriptor = files.open(path.c_str(), flags | O_CLOEXEC, file_mode);
  while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) fail_file(verb, path, "open", errno);
  return Descriptor(files, descriptor);
}

int sync_all(FileSystem& files, int descriptor) {
  int result = 0;
  do result = files.fsync(descriptor);
  while (result < 0 && errno == EINTR);
  return result;
}

int truncate_to(FileSystem& files, int descriptor, std::uint64_t size) {
  int result = 0;
  do result = files.truncate(descriptor, size);
  while (result < 0 && errno == EINTR);
  return result;
}

int write_all(FileSystem& files, int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = files.write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return EIO;  // a write of 0 bytes would loop forever
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace pushforward
