// Unpacks gzip. Debian compresses its longer documents, and text data may be one of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pushforward::app {

// The largest unpacked size in bytes. It bounds the memory and is far above the
// size of training data.
constexpr std::size_t kMostUnpacked = std::size_t{1} << 32;

// Returns whether the bytes begin like a gzip file (RFC 1952).
bool is_gzip(std::string_view bytes);

// Returns the unpacked content of all members of a gzip file. Throws Failure (exit 4), naming
// `file`, if the bytes are damaged or truncated, or unpack to more than `max_bytes` bytes.
std::string gunzip(std::string_view bytes, const std::string& file,
                   std::size_t max_bytes = kMostUnpacked);

}  // namespace pushforward::app
