// The main function, and the program's operator new, which refuses blocks of memory that are not
// free. All other code is in a library, so that the tests can call it.
#include <cstdlib>
#include <new>

#include "apps/cli/program.h"
#include "apps/run/free_memory.h"

int main(int argc, char** argv) { return pushforward::app::program(argc, argv); }

// The sanitizers of addresses and threads have an operator new of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PUSHFORWARD_SANITIZER_NEW
#endif
#endif
#else
#define PUSHFORWARD_SANITIZER_NEW
#endif

#ifndef PUSHFORWARD_SANITIZER_NEW

void* operator new(std::size_t size) {
  pushforward::app::check_free(size);
  if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  pushforward::app::check_free(size);
  const auto to = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(to, (size + to - 1) / to * to)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

#endif
