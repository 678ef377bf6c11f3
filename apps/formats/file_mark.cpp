#include "apps/formats/file_mark.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace pushforward::app {

FileMark mark_of(std::string_view bytes) {
  return {bytes.size(), XXH3_64bits(bytes.data(), bytes.size())};
}

}  // namespace pushforward::app
