#include "flow/discrete/path.h"

namespace pushforward {

void draw_between(const TokenPath& path, double kappa, Stream stream, std::uint32_t row,
                  std::span<const int> x1, std::span<int> xt) {
  for (std::size_t l = 0; l < x1.size(); ++l) {
    const std::uint32_t at = static_cast<std::uint32_t>(l);
    if (stream.uniform(row, 2 * at) < kappa) {
      xt[l] = x1[l];
    } else if (path.source == SourceKind::mask) {
      xt[l] = path.mask();
    } else if (path.source == SourceKind::uniform) {
      xt[l] = stream.integer(path.vocabulary, row, 2 * at + 1);
    }
  }
}

}  // namespace pushforward
