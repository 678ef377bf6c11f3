// Reads gzip: Debian keeps its longer documents compressed, and books among them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pushforward::app {

// Whether the bytes begin as a gzip file does (RFC 1952).
bool is_gzip(std::string_view bytes);

// What the members of a gzip file hold, one after the other. Throws Failure (exit 4), naming
// `file`, where the bytes are damaged or cut off, or hold more than `max_bytes` bytes.
std::string gunzip(std::string_view bytes, const std::string& file,
                   std::size_t max_bytes = std::size_t{256} << 20);

}  // namespace pushforward::app
