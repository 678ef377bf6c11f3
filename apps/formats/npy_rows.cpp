#include "apps/formats/npy_rows.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "apps/failure.h"

namespace pushforward::app {
namespace {

// Reads `count` bytes, or fewer where the file ends.
std::string read_bytes(FileSystem& files, const Descriptor& file, const std::string& path,
                       std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t used = 0;
  while (used < count) {
    const ssize_t got = files.read(file.get(), bytes.data() + used, count - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_file("read", path, "read", errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

std::optional<NpyRows> NpyRows::open(const std::string& path, FileSystem& files) {
  // Reading from a pipe would take its bytes away.
  if (read_status(files, path).kind != FileKind::regular) return std::nullopt;
  NpyRows rows(files, open_file(files, "read", path, O_RDONLY));
  FileStatus status;
  if (files.fstat(rows.file_.get(), status) < 0) fail_file("read", path, "stat", errno);
  // A header of version 1.0 has less than 2^16 bytes.
  std::string beginning = read_bytes(files, rows.file_, path, 10);
  if (beginning.size() < 10 || !beginning.starts_with(kNpyMagic) || beginning[6] != 1)
    return std::nullopt;
  const auto byte = [&](std::size_t k) {
    return static_cast<std::size_t>(static_cast<unsigned char>(beginning[k]));
  };
  beginning += read_bytes(files, rows.file_, path, byte(8) | byte(9) << 8);
  rows.layout_ = npy_layout(beginning, status.size, path);
  if (rows.layout_.shape.size() != 2 || rows.layout_.fortran_order || rows.layout_.count == 0)
    return std::nullopt;
  rows.table_.shape = rows.layout_.shape;
  rows.table_.dtype = rows.layout_.dtype;
  rows.table_.file = path;
  rows.table_.reading.layout = rows.layout_.words();
  return rows;
}

void NpyRows::check_all_finite(const std::string& what) const {
  constexpr std::size_t kNumbers = 1 << 18;  // of a block
  if (table_.dtype.find('f') == std::string::npos) return;
  std::optional<NpyRows> again = open(table_.file, *files_);
  while (again && again->rows_read() < again->rows()) {
    const std::size_t first = again->rows_read();
    check_finite(again->next(std::max<std::size_t>(1, kNumbers / table_.shape[1])), what, first);
  }
}

NdArray NpyRows::next(std::size_t rows) {
  NdArray block = table_;
  block.shape[0] = std::min(rows, table_.shape[0] - read_);
  const std::size_t numbers = block.shape[0] * block.shape[1];
  const std::string bytes = read_bytes(*files_, file_, table_.file, numbers * layout_.element);
  if (bytes.size() < numbers * layout_.element)
    throw Failure(Exit::file, "[npy] " + table_.file +
                                  ": the file became shorter while it was read; give it again "
                                  "when it is complete");
  block.values.resize(numbers);
  for (std::size_t k = 0; k < numbers; ++k)
    block.values[k] = layout_.number(bytes.data() + k * layout_.element);
  read_ += block.shape[0];
  return block;
}

}  // namespace pushforward::app
