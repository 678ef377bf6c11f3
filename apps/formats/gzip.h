// Decompresses gzip files. Text data may be compressed, as long documents of Debian packages are.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace pushforward::app {

// The largest decompressed size in bytes. It limits the memory, and is far above the size of
// training data.
constexpr std::size_t kMostUnpacked = static_cast<std::size_t>(0xffffffff);

// Returns whether the bytes begin like a gzip file (RFC 1952).
bool is_gzip(std::string_view bytes);

// Returns the decompressed content of all members of a gzip file. Throws Failure (exit 4), naming
// `file`, if the bytes are damaged or truncated, or if the content has more than `max_bytes` bytes.
std::string gunzip(std::string_view bytes, const std::string& file,
                   std::size_t max_bytes = kMostUnpacked);

// Does the same, and gives the content to `take` in parts.
void gunzip_to(std::string_view bytes, const std::string& file,
               const std::function<void(std::string_view)>& take,
               std::size_t max_bytes = kMostUnpacked);

// Returns the version of the library that decompresses.
std::string gzip_library_version();

}  // namespace pushforward::app
