// A bump allocator for the values of a tape: rewinding it to an earlier position (a Mark) frees
// everything that was allocated since.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace pushforward {

// Blocks of memory, filled from front to back. Rewinding keeps the blocks for later use, so a
// training loop makes no heap allocation after its first step. Not thread-safe: use one arena per
// thread.
class Arena {
 public:
  struct Mark {
    std::size_t block = 0, used = 0;
  };

  // `first_block` is the size of the first block in bytes. Each new block is at least twice
  // as large as the last one.
  explicit Arena(std::size_t first_block = std::size_t{1} << 18) : next_size_(first_block) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Returns `count` uninitialised elements, aligned to 64 bytes (a cache
  // line, and the widest vector).
  template <class T>
  T* array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>, "nothing in an arena is ever destroyed");
    return static_cast<T*>(bytes(count * sizeof(T)));
  }

  Mark mark() const { return {block_, used_}; }
  // Frees everything that was allocated after `mark` was taken. In a build with AddressSanitizer,
  // an access to the freed memory is an error. The function does not check that `mark` is valid.
  void rewind(Mark mark);

  std::size_t bytes_used() const;      // bytes in use
  std::size_t bytes_reserved() const;  // allocated from the heap
  std::size_t bytes_peak() const { return peak_; }

 private:
  struct Block {
    struct Free {
      void operator()(std::byte* p) const { ::operator delete[](p, std::align_val_t{64}); }
    };
    std::unique_ptr<std::byte[], Free> memory;
    std::size_t size = 0;
    std::size_t before = 0;  // bytes in use in all earlier blocks when this block is entered
  };

  void* bytes(std::size_t count);
  void enter_block(std::size_t at_least);

  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0, next_size_, peak_ = 0;
};

}  // namespace pushforward
