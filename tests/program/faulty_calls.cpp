// A library to preload into the program (LD_PRELOAD). It makes system calls on files fail whose path
// contains FAULT_PATH.
//
// FAULT_CALL    the call: open, read, write, fsync, close, rename, unlink, mkdir or ftruncate
// FAULT_AT      the number of the call that fails, from 1; 0: every call
// FAULT_ERROR   its errno; "short": a write writes only half of the bytes; "interrupt": with FAULT_AT
//               0, every second write fails with EINTR
// FAULT_MARK    a file that is made after a call has failed
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

const char* text_of(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::array<std::atomic<bool>, 1024> tracked{};  // descriptors of files that FAULT_PATH selects
std::atomic<int> calls{0};

bool counts(const char* path) {
  const char* part = text_of("FAULT_PATH");
  return *part && path && std::strstr(path, part);
}
bool counts(int descriptor) {
  return descriptor >= 0 && descriptor < 1024 && tracked[static_cast<std::size_t>(descriptor)];
}

bool is(const char* name, const char* value) { return std::strcmp(text_of(name), value) == 0; }

// Counts a call of the function named `call` and returns whether it must fail according to the
// FAULT_ variables. If so, sets errno and makes the file FAULT_MARK.
bool fails(const char* call) {
  if (!is("FAULT_CALL", call)) return false;
  const int at = std::atoi(text_of("FAULT_AT")), number = ++calls;
  if (at > 0 && number != at) return false;
  if (const char* mark = text_of("FAULT_MARK"); *mark) {
    const long made = syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (made >= 0) syscall(SYS_close, made);
  }
  errno = std::atoi(text_of("FAULT_ERROR"));
  return true;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int open_counted(const char* name, const char* path, int flags, mode_t mode) {
  const bool mine = counts(path);
  if (mine && fails("open")) return -1;
  const int descriptor = next<int(const char*, int, ...)>(name)(path, flags, mode);
  if (descriptor >= 0 && descriptor < 1024) tracked[static_cast<std::size_t>(descriptor)] = mine;
  return descriptor;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_counted("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_counted("open64", path, flags, mode);
}
ssize_t read(int descriptor, void* bytes, size_t count) {
  if (counts(descriptor) && fails("read")) return -1;
  return next<ssize_t(int, void*, size_t)>("read")(descriptor, bytes, count);
}
ssize_t write(int descriptor, const void* bytes, size_t count) {
  const auto go_on = next<ssize_t(int, const void*, size_t)>("write");
  if (!counts(descriptor) || !fails("write")) return go_on(descriptor, bytes, count);
  if (is("FAULT_ERROR", "short")) return go_on(descriptor, bytes, count > 1 ? count / 2 : count);
  if (is("FAULT_ERROR", "interrupt")) {
    if (calls % 2 == 0) return go_on(descriptor, bytes, count);
    errno = EINTR;
  }
  return -1;
}
int fsync(int descriptor) {
  if (counts(descriptor) && fails("fsync")) return -1;
  return next<int(int)>("fsync")(descriptor);
}
int close(int descriptor) {
  const bool mine = counts(descriptor);
  if (mine) tracked[static_cast<std::size_t>(descriptor)] = false;
  const bool failing = mine && fails("close");
  const int error = errno;
  const int result = next<int(int)>("close")(descriptor);  // a failed close closes all the same
  if (failing) errno = error;
  return failing ? -1 : result;
}
int ftruncate(int descriptor, off_t size) noexcept {
  if (counts(descriptor) && fails("ftruncate")) return -1;
  return next<int(int, off_t)>("ftruncate")(descriptor, size);
}
int rename(const char* from, const char* to) noexcept {
  if (counts(to) && fails("rename")) return -1;
  return next<int(const char*, const char*)>("rename")(from, to);
}
int unlink(const char* path) noexcept {
  if (counts(path) && fails("unlink")) return -1;
  return next<int(const char*)>("unlink")(path);
}
int mkdir(const char* path, mode_t mode) noexcept {
  if (counts(path) && fails("mkdir")) return -1;
  return next<int(const char*, mode_t)>("mkdir")(path, mode);
}

}  // extern "C"
