// Compares the memory that is asked for with the memory that is free, so that the program refuses a
// request that is too large instead of being killed by the system in the middle of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

namespace pushforward::app {

// Blocks of memory of at least this size in bytes are compared with the free memory.
constexpr std::size_t kLargeBlock = std::size_t{64} << 20;

// Returns the memory in bytes that this process can still get: what the system calls available and
// the free swap (/proc/meminfo), and no more than its control groups (version 2) leave it. Returns
// the largest number if the system says nothing.
std::uint64_t free_memory();

// Returns the bytes of MemAvailable and SwapFree in a text of /proc/meminfo, or the largest number if
// MemAvailable is not in it.
std::uint64_t parse_meminfo(const std::string& text);

// A block of memory was refused. what() says how much was asked for and how much is free.
class MemoryRefused : public std::bad_alloc {
 public:
  MemoryRefused(std::uint64_t asked, std::uint64_t free);
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

// Throws MemoryRefused if a block of `bytes` is large and is not free. The program calls it for each
// block that it allocates (apps/main.cpp).
void check_free(std::size_t bytes);

}  // namespace pushforward::app
