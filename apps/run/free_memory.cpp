#include "apps/run/free_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "apps/run/environment.h"

namespace pushforward::app {
namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

// Returns the number at `at` of a text after blanks, or kUnknown.
std::uint64_t number_at(const std::string& text, std::size_t at) {
  at = std::min(text.find_first_not_of(' ', at), text.size());
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data() + at, text.data() + text.size(), number);
  return read.ec == std::errc() ? number : kUnknown;
}

// Returns the memory that a control group still allows. The cache of files counts as used, but is
// given back when memory is needed.
std::uint64_t free_in_group(const std::string& folder) {
  const std::uint64_t most = number_at(system_text(folder + "/memory.max"), 0),
                      used = number_at(system_text(folder + "/memory.current"), 0);
  if (most == kUnknown || used == kUnknown) return kUnknown;
  const std::string parts = system_text(folder + "/memory.stat"), name = "\ninactive_file ";
  const std::size_t at = parts.find(name);
  std::uint64_t cache = at == std::string::npos ? 0 : number_at(parts, at + name.size());
  cache = cache == kUnknown ? 0 : std::min(cache, used);
  return most > used - cache ? most - (used - cache) : 0;
}

std::string gib(std::uint64_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / 0x1p30);
}

}  // namespace

std::uint64_t parse_meminfo(const std::string& text) {
  const auto bytes_of = [&](const std::string& name) {
    const std::size_t at = text.find(name);
    const std::uint64_t kib =
        at == std::string::npos ? kUnknown : number_at(text, at + name.size());
    return kib == kUnknown ? kUnknown : kib * 1024;
  };
  const std::uint64_t memory = bytes_of("MemAvailable:"), swap = bytes_of("SwapFree:");
  return memory == kUnknown ? kUnknown : memory + (swap == kUnknown ? 0 : swap);
}

std::uint64_t free_memory() {
  std::uint64_t least = parse_meminfo(system_text("/proc/meminfo"));
  for (const std::string& folder : cgroup_folders()) least = std::min(least, free_in_group(folder));
  return least;
}

MemoryRefused::MemoryRefused(std::uint64_t asked, std::uint64_t free)
    : text_(fmt::format("[memory] one array alone needs {}, but {} are free on this machine; ask "
                        "for fewer samples, a smaller batch or a smaller model",
                        gib(asked), gib(free))) {}

void check_free(std::size_t bytes) {
  if (bytes < kLargeBlock) return;
  if (const std::uint64_t free = free_memory(); bytes > free) throw MemoryRefused(bytes, free);
}

}  // namespace pushforward::app
