#include "apps/formats/file_mark.h"

#define XXH_INLINE_ALL
#include <fcntl.h>
#include <xxhash.h>

#include <cerrno>
#include <memory>
#include <new>
#include <vector>

namespace pushforward::app {

FileMark mark_of(std::string_view bytes) {
  return {bytes.size(), XXH3_64bits(bytes.data(), bytes.size())};
}

FileMark mark_of_file(const std::string& path, FileSystem& files) {
  const Descriptor file = open_file(files, "read", path, O_RDONLY);
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  if (!state) throw std::bad_alloc();
  XXH3_64bits_reset(state.get());
  FileMark mark;
  std::vector<char> part(1 << 20);
  while (true) {
    const ssize_t count = files.read(file.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_file("read", path, "read", errno);
    if (count == 0) break;
    mark.size += static_cast<std::uint64_t>(count);
    XXH3_64bits_update(state.get(), part.data(), static_cast<std::size_t>(count));
  }
  mark.checksum = XXH3_64bits_digest(state.get());
  return mark;
}

}  // namespace pushforward::app
