// Files through a small POSIX interface, with an atomic write for the files of a run.
//
// All functions take a FileSystem, so that a test can make the n-th call fail.
// The program passes `posix()`.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pushforward {

// The kind of thing that a path names.
enum class FileKind { missing, regular, folder, other };

// The result of `stat`: kind, size in bytes, and the identity of the file.
struct FileStatus {
  FileKind kind = FileKind::missing;
  std::uint64_t size = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

// The system calls that the project makes on files, with POSIX semantics: -1 and errno on failure.
// The default implementation is POSIX; a test overrides the calls that shall fail.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual int open(const char* path, int flags, mode_t mode);
  virtual ssize_t read(int descriptor, void* bytes, std::size_t count);
  virtual ssize_t write(int descriptor, const void* bytes, std::size_t count);
  virtual int fsync(int descriptor);
  virtual int close(int descriptor);
  virtual int truncate(int descriptor, std::uint64_t size);
  virtual int lock(int descriptor);  // exclusive, without waiting: flock(LOCK_EX | LOCK_NB)
  virtual int rename(const char* from, const char* to);
  virtual int unlink(const char* path);
  virtual int mkdir(const char* path, mode_t mode);
  virtual int stat(const char* path,
                   FileStatus& status);  // follows links; succeeds on a missing path
  virtual int fstat(int descriptor, FileStatus& status);
  virtual int list(const char* folder,
                   std::vector<std::string>& names);  // without . and .., sorted
};

// Returns the operating system's files.
FileSystem& posix();

// A failed file operation: the path, the operation and the errno. An errno of 0 means that the
// file's content is wrong. With any other errno the operation itself failed, and the content is
// unknown.
struct FileError : std::runtime_error {
  FileError(std::string where, std::string operation_name, int error, const std::string& message);
  std::string path;
  std::string operation;
  int error_number;
};

// Throws FileError: "[file] cannot <verb> <path>: <errno text> (<operation>); <what to do>".
[[noreturn]] void fail_file(const char* verb, const std::string& path, const char* operation,
                            int error);

// Replaces the file `path` by `bytes` atomically: creates a temporary file beside it (O_EXCL),
// writes, syncs and closes that file, renames it to `path`, and syncs the folder. On an error it
// removes the temporary file, keeps the old file and throws FileError. If only the sync of the
// folder failed, the new file is in place and complete, and the FileError says so. A device or pipe
// (/dev/stdout) is written to directly; it is an error if nobody reads the pipe, or if `path` is a
// link to it.
void write_file_atomically(FileSystem& files, const std::string& path, std::string_view bytes);

// Returns the content of `path`. Throws FileError if it cannot be read or has
// more than `max_bytes` bytes.
std::string read_file(FileSystem& files, const std::string& path,
                      std::uint64_t max_bytes = std::uint64_t{1} << 34);

// Returns the content of a file that this program wrote, such as a checkpoint, as read_file does. A
// pipe or device at `path` is an error too, because reading it could wait for ever.
std::string read_regular_file(FileSystem& files, const std::string& path,
                              std::uint64_t max_bytes = std::uint64_t{1} << 34);

// Creates the folder `path` and its missing parents. Throws FileError on failure.
void make_folders(FileSystem& files, const std::string& path);

// Returns the names in `folder`, sorted. Throws FileError if it cannot be listed.
std::vector<std::string> list_folder(FileSystem& files, const std::string& folder);

// Returns the status of `path`, which may be missing. Throws FileError on any other failure.
FileStatus read_status(FileSystem& files, const std::string& path);

// Returns whether `path` itself is a symbolic link.
bool is_link(const std::string& path);

// Removes the file `path` if it exists. Throws FileError if it cannot be removed.
void remove_file(FileSystem& files, const std::string& path);

// folder_of returns the folder of `path`, "." if it has none. join_path
// returns `folder` + "/" + `name`.
std::string folder_of(const std::string& path);
std::string join_path(const std::string& folder, const std::string& name);

// Returns whether `name` (without its folder) is a temporary file
// of an interrupted write_file_atomically.
bool is_temporary(std::string_view name);

// A file descriptor, closed at the end of its scope or earlier by `close`.
class Descriptor {
 public:
  Descriptor(FileSystem& files, int descriptor) : files_(&files), descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return descriptor_; }
  int close();  // -1 and errno on failure; EINTR counts as closed, as on Linux

 private:
  FileSystem* files_;
  int descriptor_;
};

// A file that is written in parts, for files that are too large for memory. It is written and
// renamed as write_file_atomically does, so that no incomplete file ever has the name `path`.
// Without `finish`, the temporary file is removed and an old file is kept. All members throw
// FileError. Only after a failed fsync is the file not written anew, since its bytes are gone.
class FileInParts {
 public:
  FileInParts(FileSystem& files, std::string path);
  ~FileInParts();
  FileInParts(const FileInParts&) = delete;
  FileInParts& operator=(const FileInParts&) = delete;

  void append(std::string_view bytes);
  // Gives the file its name. Nothing may be appended afterwards.
  void finish();

 private:
  FileSystem* files_;
  std::string path_, temporary_;  // temporary_ is empty for a device or pipe, and after the rename
  Descriptor descriptor_;
};

// Opens `path` and retries after EINTR. Throws FileError "cannot <verb> ..." on failure.
Descriptor open_file(FileSystem& files, const char* verb, const std::string& path, int flags);

// fsync and ftruncate, tried again after EINTR. They return 0, or -1 and errno.
int sync_all(FileSystem& files, int descriptor);
int truncate_to(FileSystem& files, int descriptor, std::uint64_t size);

// Writes all of `bytes` and continues after short writes and EINTR. Returns 0, or
// the errno of a failed write.
int write_all(FileSystem& files, int descriptor, std::string_view bytes);

}  // namespace pushforward
