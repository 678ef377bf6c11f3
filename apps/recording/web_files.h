// The files of the page that the build embeds in the program (embed.cmake).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace pushforward::app {

struct WebFile {
  std::string_view name;
  const unsigned char* bytes;
  std::size_t size;
};

extern const std::span<const WebFile> kWebFiles;

}  // namespace pushforward::app
