#include "apps/formats/paged_memory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>

#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// The ranges that release_pages() gives back, by their begin.
struct Ranges {
  std::mutex mutex;
  std::map<void*, std::size_t> sizes;
};
Ranges& ranges() {
  static Ranges all;
  return all;
}

void know(void* begin, std::size_t size) {
  const std::lock_guard lock(ranges().mutex);
  ranges().sizes[begin] = size;
}
void forget(void* begin) {
  const std::lock_guard lock(ranges().mutex);
  ranges().sizes.erase(begin);
}

[[noreturn]] void fail_paged(const std::string& path, const char* operation, int error,
                             std::size_t bytes) {
  throw FileError(
      path, operation, error,
      fmt::format(
          "[file] cannot write {}: {} ({}); a large table is put into a temporary file there, "
          "and one of its parts needs {} MiB; make room, or set TMPDIR to a folder that has it",
          path, std::generic_category().message(error), operation,
          (bytes + (std::size_t{1} << 20) - 1) >> 20));
}

// Takes the place on the disk for the first `bytes` bytes of a file, so that writing to its pages cannot
// fail later. Returns 0 or an errno.
int take_place(int descriptor, std::size_t bytes) {
  while (true) {
    const int error = ::posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
    if (error != EINTR) return error;
  }
}

}  // namespace

PagedSettings& paged_settings() {
  static PagedSettings settings;
  return settings;
}

std::string paged_folder() {
  if (!paged_settings().folder.empty()) return paged_settings().folder;
  const char* const named = std::getenv("TMPDIR");
  if (named && *named) return named;
  return ::access("/var/tmp", W_OK | X_OK) == 0 ? "/var/tmp" : "/tmp";
}

void release_pages() {
  const std::lock_guard lock(ranges().mutex);
  for (const auto& [begin, size] : ranges().sizes) ::madvise(begin, size, MADV_DONTNEED);
}

KnownPages::KnownPages(void* begin, std::size_t size) : begin_(begin) { know(begin, size); }
KnownPages::~KnownPages() { forget(begin_); }

PagedMemory::~PagedMemory() { drop(); }

PagedMemory::PagedMemory(PagedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      capacity_(std::exchange(other.capacity_, 0)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)) {}

PagedMemory& PagedMemory::operator=(PagedMemory&& other) noexcept {
  if (this == &other) return *this;
  drop();
  data_ = std::exchange(other.data_, nullptr);
  capacity_ = std::exchange(other.capacity_, 0);
  descriptor_ = std::exchange(other.descriptor_, -1);
  path_ = std::move(other.path_);
  return *this;
}

void PagedMemory::drop() noexcept {
  if (in_file()) {
    if (data_) {
      forget(data_);
      ::munmap(data_, capacity_);
    }
    ::close(descriptor_);
  } else {
    ::operator delete(data_);
  }
  data_ = nullptr;
  capacity_ = 0;
  descriptor_ = -1;
}

void PagedMemory::reserve(std::size_t bytes, std::size_t used) {
  if (bytes <= capacity_) return;
  if (in_file()) return grow_file(bytes);
  PagedMemory larger;
  if (bytes < paged_settings().least) {
    larger.data_ = static_cast<char*>(::operator new(bytes));
    larger.capacity_ = bytes;
  } else {
    larger.grow_file(bytes);
  }
  if (used > 0) std::memcpy(larger.data_, data_, used);
  *this = std::move(larger);
}

void PagedMemory::grow_file(std::size_t bytes) {
  if (!in_file()) {
    path_ = join_path(paged_folder(), ".pushforward-XXXXXX");
    descriptor_ = ::mkstemp(path_.data());
    if (descriptor_ < 0) fail_paged(path_, "open", errno, bytes);
    ::unlink(path_.c_str());
    ::fcntl(descriptor_, F_SETFD, FD_CLOEXEC);
  }
  if (const int error = take_place(descriptor_, bytes))
    fail_paged(path_, "posix_fallocate", error, bytes);
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
  if (memory == MAP_FAILED) fail_paged(path_, "mmap", errno, bytes);
  if (data_) {
    forget(data_);
    ::munmap(data_, capacity_);
  }
  data_ = static_cast<char*>(memory);
  capacity_ = bytes;
  know(data_, capacity_);
}

}  // namespace pushforward::app
