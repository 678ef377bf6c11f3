#include "apps/globe/shapefile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "apps/failure.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

constexpr std::uint32_t kFileCode = 9994, kNull = 0, kPolyline = 3, kPolygon = 5;
constexpr std::size_t kHeader = 100, kRecordHeader = 8, kPoint = 16;

class ShapefileReader {
 public:
  ShapefileReader(std::string path, std::string_view bytes)
      : path_(std::move(path)), bytes_(bytes) {}

  std::vector<std::vector<Spot>> lines() {
    if (bytes_.size() < kHeader || big(0) != kFileCode)
      damaged(0, "it does not begin as a shapefile does; give a .shp file");
    for (std::size_t at = kHeader; at < bytes_.size();) {
      need(at, kRecordHeader);
      const std::size_t size = 2 * std::size_t{big(at + 4)};
      need(at + kRecordHeader, size);
      shape(at + kRecordHeader, size);
      at += kRecordHeader + size;
    }
    return std::move(lines_);
  }

 private:
  [[noreturn]] void damaged(std::size_t at, const std::string& why) const {
    throw Failure(Exit::file, fmt::format("[shapefile] {}: byte {}: {}", path_, at, why));
  }
  void need(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at)
      damaged(at, fmt::format("{} bytes should follow, and {} do; the file is damaged or cut off",
                              size, bytes_.size() - std::min(at, bytes_.size())));
  }
  std::uint32_t byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
  std::uint32_t big(std::size_t at) const {
    return byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
  }
  std::uint32_t little(std::size_t at) const {
    return byte(at + 3) << 24 | byte(at + 2) << 16 | byte(at + 1) << 8 | byte(at);
  }
  double number(std::size_t at) const {
    const std::uint64_t bits = std::uint64_t{little(at + 4)} << 32 | little(at);
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) damaged(at, "a coordinate is not finite; the file is damaged");
    return value;
  }

  // A polygon or polyline: its type, a box of 4 numbers, the numbers of parts and points, the first
  // point of each part, and the points.
  void shape(std::size_t at, std::size_t size) {
    if (size < 4) damaged(at, "a shape has no type; the file is damaged");
    const std::uint32_t type = little(at);
    if (type == kNull) return;
    if (type != kPolyline && type != kPolygon)
      damaged(at, fmt::format("a shape is of type {}; give polylines (3) or polygons (5)", type));
    if (size < 44) damaged(at, "a shape is cut off; the file is damaged");
    const std::size_t parts = little(at + 36), points = little(at + 40), first = at + 44;
    if (parts > size / 4 || points > size / kPoint || 44 + 4 * parts + kPoint * points > size)
      damaged(at,
              fmt::format("{} parts and {} points do not fit into a shape of {} bytes; the file "
                          "is damaged",
                          parts, points, size));
    for (std::size_t k = 0; k < parts; ++k) {
      const std::size_t begin = little(first + 4 * k),
                        end = k + 1 < parts ? little(first + 4 * k + 4) : points;
      if (begin > end || end > points)
        damaged(first + 4 * k, "the parts of a shape are not in order; the file is damaged");
      std::vector<Spot> line;
      for (std::size_t p = begin; p < end; ++p) {
        const std::size_t x = first + 4 * parts + kPoint * p;
        line.push_back({number(x), number(x + 8)});
      }
      lines_.push_back(std::move(line));
    }
  }

  std::string path_;
  std::string_view bytes_;
  std::vector<std::vector<Spot>> lines_;
};

}  // namespace

std::vector<std::vector<Spot>> read_shapefile(const std::string& path) {
  const std::string bytes = read_file(posix(), path);
  return ShapefileReader(path, bytes).lines();
}

}  // namespace pushforward::app
