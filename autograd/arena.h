// A bump allocator: memory for the values of a tape, given back all at once by rewinding to a mark.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace pushforward {

// Blocks of memory, filled front to back. After the first step of a training
// loop it has all it needs: rewinding keeps the blocks, so the steady state
// makes no heap allocation. Not thread-safe: one arena, one thread.
class Arena {
 public:
  struct Mark {
    std::size_t block = 0, used = 0;
  };

  // `first_block`: bytes of the first block; each new block is at least twice the last.
  explicit Arena(std::size_t first_block = std::size_t{1} << 18) : next_size_(first_block) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // `count` uninitialised elements, aligned to 64 bytes (a cache line, and the widest vector).
  template <class T>
  T* array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>, "nothing in an arena is ever destroyed");
    return static_cast<T*>(bytes(count * sizeof(T)));
  }

  Mark mark() const { return {block_, used_}; }
  // Forgets everything allocated since `mark`, which must be one of this arena's that is not
  // forgotten itself: it is not checked. Under AddressSanitizer the forgotten memory is poisoned.
  void rewind(Mark mark);

  std::size_t bytes_used() const;      // since the arena was made or rewound to its start
  std::size_t bytes_reserved() const;  // held from the heap
  std::size_t bytes_peak() const { return peak_; }

 private:
  struct Block {
    struct Free {
      void operator()(std::byte* p) const { ::operator delete[](p, std::align_val_t{64}); }
    };
    std::unique_ptr<std::byte[], Free> memory;
    std::size_t size = 0;
    std::size_t before = 0;  // bytes used in the blocks before this one, when it was entered
  };

  void* bytes(std::size_t count);
  void enter_block(std::size_t at_least);

  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0, next_size_, peak_ = 0;
};

}  // namespace pushforward
