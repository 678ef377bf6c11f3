#include "autograd/arena.h"

#include <algorithm>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define PF_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PF_ASAN 1
#endif
#endif
#ifdef PF_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace pushforward {
namespace {

constexpr std::size_t kAlign = 64;

void poison([[maybe_unused]] std::byte* p, [[maybe_unused]] std::size_t n) {
#ifdef PF_ASAN
  ASAN_POISON_MEMORY_REGION(p, n);
#endif
}
void unpoison([[maybe_unused]] std::byte* p, [[maybe_unused]] std::size_t n) {
#ifdef PF_ASAN
  ASAN_UNPOISON_MEMORY_REGION(p, n);
#endif
}

}  // namespace

void* Arena::bytes(std::size_t count) {
  count = (count + kAlign - 1) / kAlign * kAlign;
  if (blocks_.empty() || used_ + count > blocks_[block_].size) enter_block(count);
  std::byte* p = blocks_[block_].memory.get() + used_;
  used_ += count;
  peak_ = std::max(peak_, bytes_used());
  unpoison(p, count);
  return p;
}

// Makes the next block of at least `at_least` bytes the current one. Blocks that a rewind has left
// unused are reused if they are large enough; a new block is allocated if none is.
void Arena::enter_block(std::size_t at_least) {
  const std::size_t before = blocks_.empty() ? 0 : bytes_used();
  if (!blocks_.empty()) ++block_;
  while (block_ < blocks_.size() && blocks_[block_].size < at_least) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(block_));
  }
  if (block_ == blocks_.size()) {
    const std::size_t size = std::max(next_size_, at_least);
    Block fresh;
    fresh.memory.reset(static_cast<std::byte*>(::operator new[](size, std::align_val_t{kAlign})));
    fresh.size = size;
    poison(fresh.memory.get(), size);
    blocks_.push_back(std::move(fresh));
    next_size_ = 2 * size;
  }
  blocks_[block_].before = before;
  used_ = 0;
}

void Arena::rewind(Mark mark) {
  if (blocks_.empty()) return;
  for (std::size_t b = mark.block; b <= block_; ++b) {
    const std::size_t from = b == mark.block ? mark.used : 0;
    poison(blocks_[b].memory.get() + from, blocks_[b].size - from);
  }
  block_ = mark.block;
  used_ = mark.used;
}

std::size_t Arena::bytes_used() const {
  return blocks_.empty() ? 0 : blocks_[block_].before + used_;
}

std::size_t Arena::bytes_reserved() const {
  std::size_t n = 0;
  for (const Block& b : blocks_) n += b.size;
  return n;
}

}  // namespace pushforward
