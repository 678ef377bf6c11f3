// Files through one small POSIX interface, and the one
// way to write a file that matters: whole or not at all.
//
// Everything here goes through a FileSystem, so that a test
// can make the n-th call fail; the program passes `posix()`.
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

// What a path names.
enum class FileKind { missing, regular, folder, other };

// What `stat` says of a path: its kind, its size in bytes and which file it is.
struct FileStatus {
  FileKind kind = FileKind::missing;
  std::uint64_t size = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

// The calls that this project makes on files, each as POSIX has it: -1 and errno on failure. The
// default implementation is POSIX itself; a test overrides what it wants to fail.
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
                   FileStatus& status);  // follows links; a missing path is `missing`, not -1
  virtual int fstat(int descriptor, FileStatus& status);
  virtual int list(const char* folder,
                   std::vector<std::string>& names);  // without . and .., sorted
};

// The operating system's files.
FileSystem& posix();

// File trouble: which path, in which operation, with which errno (0 where the content is at fault).
struct FileError : std::runtime_error {
  FileError(std::string where, std::string operation_name, int error, const std::string& message);
  std::string path;
  std::string operation;
  int error_number;
};

// Throws FileError: "[file] cannot <verb> <path>: <errno text> (<operation>); <what to do>".
[[noreturn]] void fail_file(const char* verb, const std::string& path, const char* operation,
                            int error);

// Replaces `path` by `bytes`, whole or not at all: a temporary beside it (O_EXCL), write, fsync,
// close, rename, fsync of the folder. On any error the temporary is removed, the old file stays and
// FileError is thrown; if only the folder's fsync failed, the new file stands, whole, and FileError
// says so. A path that is a device or a pipe
// (/dev/stdout) is written straight into.
void write_file_atomically(FileSystem& files, const std::string& path, std::string_view bytes);

// The content of `path`; FileError if it can't be read or has more than `max_bytes` bytes.
std::string read_file(FileSystem& files, const std::string& path,
                      std::uint64_t max_bytes = std::uint64_t{1} << 34);

// Makes `path` and the folders above it, as far as
// they are missing; FileError if one can't be made.
void make_folders(FileSystem& files, const std::string& path);

// The names in `folder`, sorted; FileError if it can't be listed.
std::vector<std::string> list_folder(FileSystem& files, const std::string& folder);

// What `path` names, `missing` included; FileError if even that can't be said.
FileStatus read_status(FileSystem& files, const std::string& path);

// Removes the file `path` if it is there; FileError if it can't be removed.
void remove_file(FileSystem& files, const std::string& path);

// The folder of `path` ("." where it names none), and `folder` + "/" + `name`.
std::string folder_of(const std::string& path);
std::string join_path(const std::string& folder, const std::string& name);

// Whether `name` (without folder) is a temporary that a killed write_file_atomically left behind.
bool is_temporary(std::string_view name);

// A descriptor that is closed when it goes out of
// scope; `release` hands it over, `close` closes now.
class Descriptor {
 public:
  Descriptor(FileSystem& files, int descriptor) : files_(&files), descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return descriptor_; }
  int close();  // -1 and errno on failure; EINTR counts as closed, as Linux does

 private:
  FileSystem* files_;
  int descriptor_;
};

// Opens `path`, again after EINTR; FileError "cannot <verb> ..." on failure.
Descriptor open_file(FileSystem& files, const char* verb, const std::string& path, int flags);

// Writes all of `bytes`: over short writes and EINTR. 0, or the errno of the write that failed.
int write_all(FileSystem& files, int descriptor, std::string_view bytes);

}  // namespace pushforward
