#include "apps/formats/mapped_npy.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "apps/formats/npy_layout.h"

namespace pushforward::app {
namespace {

class MappedRows : public StoredRows {
 public:
  MappedRows(std::shared_ptr<const MappedFile> file, const NpyLayout& layout, std::size_t rows)
      : file_(std::move(file)),
        layout_(layout),
        rows_(static_cast<int>(rows)),
        columns_(static_cast<int>(layout.count / rows)) {}

  int rows() const override { return rows_; }
  int columns() const override { return columns_; }
  void read(int row, int first_column, int count, double* x) const override {
    const std::size_t first = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
                              static_cast<std::size_t>(first_column);
    const char* from = file_->bytes().data() + layout_.begin + first * layout_.element;
    for (int j = 0; j < count; ++j, from += layout_.element) x[j] = layout_.number(from);
  }

 private:
  std::shared_ptr<const MappedFile> file_;
  NpyLayout layout_;
  int rows_, columns_;
};

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path) {
  const FileStatus status = read_status(posix(), path);
  if (status.kind != FileKind::regular || status.size == 0) return nullptr;
  const Descriptor descriptor = open_file(posix(), "read", path, O_RDONLY);
  FileStatus opened;
  if (posix().fstat(descriptor.get(), opened) < 0) fail_file("read", path, "stat", errno);
  if (opened.size == 0) return nullptr;
  const auto size = static_cast<std::size_t>(opened.size);
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.get(), 0);
  if (memory == MAP_FAILED) fail_file("read", path, "mmap", errno);
  return std::shared_ptr<const MappedFile>(new MappedFile(static_cast<char*>(memory), size));
}

MappedFile::~MappedFile() {
  known_.reset();  // the range may be that of something else after munmap
  ::munmap(bytes_, size_);
}

void MappedFile::release() const { ::madvise(bytes_, size_, MADV_DONTNEED); }

MappedTable map_npy(const std::string& path, std::uint64_t least) {
  MappedTable table;
  if (const FileStatus status = read_status(posix(), path);
      status.kind != FileKind::regular || status.size < least)
    return table;
  table.file = MappedFile::open(path);
  if (!table.file || !is_npy(table.file->bytes())) return table;
  const NpyLayout layout = npy_layout(table.file->bytes(), table.file->bytes().size(), path);
  const std::vector<std::size_t>& shape = layout.shape;
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
  const bool flat = shape.size() < 2 || !layout.fortran_order;
  if (shape.empty() || layout.count == 0 || !flat || shape[0] > kMost ||
      layout.count / shape[0] > kMost)
    return table;
  NdArray about{shape, {}, layout.dtype};
  about.reading.layout = layout.words();
  about.file = path;
  about.mark = mark_of(table.file->bytes());
  const std::size_t columns = layout.count / shape[0];
  table.rows = std::make_shared<MappedRows>(table.file, layout, shape[0]);
  table.about = flattened(std::move(about), columns);
  table.file->release();
  return table;
}

}  // namespace pushforward::app
