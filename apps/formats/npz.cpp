#include "apps/formats/npz.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "apps/failure.h"
#include "apps/formats/gzip.h"
#include "apps/formats/stored_text.h"

namespace pushforward::app {
namespace {

[[noreturn]] void fail(const std::string& file, const std::string& what, const std::string& cure) {
  throw Failure(Exit::file, fmt::format("[npz] {}: {}; {}", file, what, cure));
}
[[noreturn]] void fail_damaged(const std::string& file, const std::string& what) {
  fail(file, what, "the file is damaged: write it again");
}

// Little-endian numbers of an archive. Throws if they lie outside of it.
class Fields {
 public:
  Fields(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  std::string_view part(std::uint64_t at, std::uint64_t length) const {
    if (at > bytes_.size() || length > bytes_.size() - at)
      fail_damaged(file_, "an entry lies outside of the file");
    return bytes_.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(length));
  }
  std::uint64_t number(std::uint64_t at, int bytes) const {
    const std::string_view text = part(at, static_cast<std::uint64_t>(bytes));
    std::uint64_t value = 0;
    for (int k = bytes - 1; k >= 0; --k)
      value = value << 8 | static_cast<unsigned char>(text[static_cast<std::size_t>(k)]);
    return value;
  }
  std::size_t size() const { return bytes_.size(); }
  const std::string& file() const { return file_; }

 private:
  std::string_view bytes_;
  const std::string& file_;
};

// An entry of the central directory (PKWARE's APPNOTE, 4.3.12).
struct NpzEntry {
  std::string name;
  std::uint64_t flags = 0, method = 0, packed = 0, size = 0, header = 0;
};

// Reads the sizes of at least 2^32 bytes, which stand in the extra field 1 (4.5.3).
void read_long_sizes(const Fields& f, std::uint64_t at, std::uint64_t length, NpzEntry& entry) {
  constexpr std::uint64_t kLong = 0xffffffff;
  for (const std::uint64_t end = at + length; at + 4 <= end;) {
    const std::uint64_t id = f.number(at, 2), bytes = f.number(at + 2, 2);
    std::uint64_t field = at + 4;
    for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.header})
      if (id == 1 && *value == kLong) {
        *value = f.number(field, 8);
        field += 8;
      }
    at += 4 + bytes;
  }
}

std::vector<NpzEntry> entries_of(const Fields& f, std::string_view bytes) {
  constexpr std::size_t kEnd = 22;  // the least size of the end record
  const std::size_t at = bytes.rfind(std::string_view("PK\x05\x06", 4));
  if (at == std::string_view::npos || at + kEnd > f.size())
    fail_damaged(f.file(), "it has no list of its arrays");
  const std::uint64_t count = f.number(at + 10, 2);
  std::uint64_t next = f.number(at + 16, 4);
  std::vector<NpzEntry> entries;
  for (std::uint64_t k = 0; k < count; ++k) {
    if (f.part(next, 4) != std::string_view("PK\x01\x02", 4))
      fail_damaged(f.file(), "its list of arrays is broken");
    const std::uint64_t name = f.number(next + 28, 2), extra = f.number(next + 30, 2),
                        comment = f.number(next + 32, 2);
    NpzEntry entry{std::string(f.part(next + 46, name)),
                   f.number(next + 8, 2),
                   f.number(next + 10, 2),
                   f.number(next + 20, 4),
                   f.number(next + 24, 4),
                   f.number(next + 42, 4)};
    read_long_sizes(f, next + 46 + name, extra, entry);
    if (entry.name.ends_with(".npy")) entry.name.resize(entry.name.size() - 4);
    entries.push_back(std::move(entry));
    next += 46 + name + extra + comment;
  }
  return entries;
}

std::string inflated(std::string_view packed, std::uint64_t size, const std::string& file) {
  std::string out(static_cast<std::size_t>(size), '\0');
  z_stream z{};
  if (inflateInit2(&z, -MAX_WBITS) != Z_OK) fail(file, "zlib could not start", "free memory");
  z.next_in = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(packed.data()));
  z.avail_in = static_cast<unsigned>(packed.size());
  z.next_out = reinterpret_cast<unsigned char*>(out.data());
  z.avail_out = static_cast<unsigned>(out.size());
  const int state = inflate(&z, Z_FINISH);
  const bool whole = state == Z_STREAM_END && z.total_out == out.size();
  inflateEnd(&z);
  if (!whole) fail_damaged(file, "its compressed data is damaged");
  return out;
}

std::string names_of(const std::vector<NpzEntry>& entries) {
  std::string names;
  for (const NpzEntry& entry : entries)
    names += (names.empty() ? "" : ", ") + shown_text(entry.name);
  return names;
}

const NpzEntry& chosen(const std::vector<NpzEntry>& entries, const std::string& file,
                       const std::string& name) {
  if (entries.empty()) fail(file, "it holds no array", "give a file that numpy.savez wrote");
  if (name.empty()) {
    if (entries.size() == 1) return entries.front();
    fail(file, fmt::format("it holds {} arrays, {}", entries.size(), names_of(entries)),
         "name one by the key `array` of the data, or give a file with one array");
  }
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const NpzEntry& entry) { return entry.name == name; });
  if (found != entries.end()) return *found;
  fail(file, fmt::format("it holds no array \"{}\"", shown_text(name)),
       "its arrays are " + names_of(entries));
}

}  // namespace

bool is_zip(std::string_view bytes) {
  return bytes.starts_with(std::string_view("PK\x03\x04", 4)) ||
         bytes.starts_with(std::string_view("PK\x05\x06", 4));
}

std::string npz_member(std::string_view bytes, const std::string& file, const std::string& name) {
  const Fields f(bytes, file);
  const std::vector<NpzEntry> entries = entries_of(f, bytes);
  const NpzEntry& entry = chosen(entries, file, name);
  if (entry.flags & 1) fail(file, "it is encrypted", "write it without a password");
  if (f.part(entry.header, 4) != std::string_view("PK\x03\x04", 4))
    fail_damaged(file, "the beginning of an array is broken");
  const std::uint64_t data =
      entry.header + 30 + f.number(entry.header + 26, 2) + f.number(entry.header + 28, 2);
  const std::string_view packed = f.part(data, entry.packed);
  if (entry.method == 0 && entry.packed == entry.size) return std::string(packed);
  if (entry.method != 8)
    fail(file, fmt::format("its compression (method {}) is not read", entry.method),
         "write it with numpy.savez or numpy.savez_compressed");
  constexpr std::uint64_t kMost = std::numeric_limits<unsigned>::max();
  if (entry.size > kMost || entry.packed > kMost || entry.size > kMostUnpacked)
    fail(file, "the array has more than 4 GiB", "write it with numpy.savez, or in parts");
  return inflated(packed, entry.size, file);
}

}  // namespace pushforward::app
