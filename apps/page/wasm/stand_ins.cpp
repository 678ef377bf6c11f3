// Replaces two things that do not exist in a browser's WebAssembly: signals, and the library zlib.
#ifdef __EMSCRIPTEN__
#include <sched.h>

#include "apps/failure.h"
#include "apps/formats/gzip.h"
#include "apps/formats/npz.h"
#include "apps/terminal/interrupt.h"

namespace pushforward::app {

// A browser sends no signals; the page ends its worker instead.
SignalHandler::SignalHandler(void (*)(int)) {}
SignalHandler::~SignalHandler() = default;
Interrupt::Interrupt() : handler_(nullptr) {}
bool Interrupt::requested() { return false; }

bool is_gzip(std::string_view bytes) {
  return bytes.size() > 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

std::string gunzip(std::string_view, const std::string& file, std::size_t) {
  throw Failure(Exit::file,
                "[gzip] " + file + ": the page reads no compressed files; decompress it first");
}

void gunzip_to(std::string_view bytes, const std::string& file,
               const std::function<void(std::string_view)>&, std::size_t most) {
  gunzip(bytes, file, most);
}

bool is_zip(std::string_view bytes) { return bytes.starts_with("PK"); }

std::string npz_member(std::string_view, const std::string& file, const std::string&) {
  throw Failure(Exit::file,
                "[npz] " + file + ": the page reads no archives of arrays; save one array as .npy");
}

}  // namespace pushforward::app

extern "C" {

// The worker of the page has one thread.
int sched_getaffinity(pid_t, std::size_t, cpu_set_t*) { return -1; }
int __sched_cpucount(std::size_t, const cpu_set_t*) { return 1; }
}
#endif
