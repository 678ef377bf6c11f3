#include "apps/formats/stored_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "apps/failure.h"
#include "apps/formats/gzip.h"
#include "nn/checkpoint/utf8.h"

namespace pushforward::app {
namespace {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// File formats that are not text. A file's first bytes show its format.
struct Foreign {
  std::string_view magic;
  const char* what;
  const char* cure;
};
constexpr const char* kUnpack = "unpack it first";
constexpr const char* kSaveTable = "save the table as CSV";
constexpr const char* kNoPicture = "give a table, or the folder of a run where a run is meant";
constexpr Foreign kForeign[] = {
    {"\x93NUMPY", "it is an array of NumPy (NPY)", "end its name in .npy, or set the type npy"},
    {"PK\x03\x04", "it is a workbook of a spreadsheet (.xlsx, .ods) or a ZIP archive",
     "save the sheet as CSV, or unpack the archive"},
    {"\xD0\xCF\x11\xE0", "it is an old workbook of a spreadsheet (.xls)", "save the sheet as CSV"},
    {"PAR1", "it is a Parquet file", kSaveTable},
    {"\x89HDF", "it is an HDF5 file", kSaveTable},
    {"SQLite format 3", "it is a data base of SQLite", kSaveTable},
    {"BZh", "it is packed by bzip2", kUnpack},
    {"\xFD"
     "7zXZ",
     "it is packed by xz", kUnpack},
    {"\x28\xB5\x2F\xFD", "it is packed by zstd", kUnpack},
    {"%PDF", "it is a PDF document", kSaveTable},
    {"\x89PNG", "it is a picture (PNG)", kNoPicture},
    {"\xFF\xD8\xFF", "it is a picture (JPEG)", kNoPicture},
    {"GIF89a", "it is a picture (GIF)", kNoPicture}};

// A text, and the checks of its content before it is used.
class TextCheck {
 public:
  TextCheck(std::string_view text, const std::string& file, const std::string& where)
      : text_(text), file_(file), where_(where) {}

  void check() const {
    check_foreign();
    if (is_utf16(text_))
      fault("it is UTF-16 text",
            fmt::format("convert it: iconv -f utf-16 -t utf-8 {} > utf8.txt", file_));
    if (const std::size_t zero = zero_at(); zero != std::string_view::npos)
      fault(fmt::format("byte {} is zero, so it is no text", zero), "give a file of text");
    if (const auto at = first_not_utf8()) {
      const auto [line, column] = place_of(*at);
      if (has_control_characters())
        fault(fmt::format("byte {} is 0x{:02X}, and control characters are among the others, so it "
                          "is no text",
                          *at, static_cast<unsigned char>(text_[*at])),
              "give a file of text");
      throw Failure(
          Exit::file,
          fmt::format("[{}] {}:{}:{}: byte 0x{:02X} is not UTF-8, so the text is probably Latin-1 "
                      "(Windows-1252); convert it: iconv -f cp1252 -t utf-8 {} > utf8.txt",
                      where_, file_, line, column, static_cast<unsigned char>(text_[*at]), file_));
    }
  }

 private:
  // The text is read in parts of this size, so that those of a large one can leave the memory.
  static constexpr std::size_t kPart = std::size_t{1} << 24;

  std::size_t zero_at() const {
    for (std::size_t from = 0; from < text_.size(); from += kPart) {
      const std::size_t zero = text_.substr(from, kPart).find('\0');
      if (zero != std::string_view::npos) return from + zero;
      if (text_.size() > kPart) release_pages();
    }
    return std::string_view::npos;
  }
  // As not_utf8_at. A part ends before a byte that begins a character.
  std::optional<std::size_t> first_not_utf8() const {
    for (std::size_t from = 0; from < text_.size();) {
      std::size_t end = std::min(from + kPart, text_.size());
      const std::size_t most = std::min(end + 4, text_.size());
      while (end < most && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
      if (const auto at = not_utf8_at(text_.substr(from, end - from))) return from + *at;
      from = end;
      if (text_.size() > kPart) release_pages();
    }
    return {};
  }

  std::string_view text_;
  const std::string& file_;
  const std::string& where_;

  [[noreturn]] void fault(const std::string& what, const std::string& cure) const {
    throw Failure(Exit::file, fmt::format("[{}] {}: {}; {}", where_, file_, what, cure));
  }
  void check_foreign() const {
    for (const Foreign& foreign : kForeign)
      if (text_.starts_with(foreign.magic)) fault(foreign.what, foreign.cure);
  }
  // Returns whether there are control characters that occur in no text, whatever its encoding.
  bool has_control_characters() const {
    return std::any_of(text_.begin(), text_.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 &&
             std::string_view("\t\n\v\f\r\x1b").find(c) == std::string_view::npos;
    });
  }
  std::pair<std::size_t, std::size_t> place_of(std::size_t at) const {
    std::string_view rest = text_;
    std::size_t line = 1, before = 0;
    while (true) {
      take_line(rest);
      const std::size_t end = text_.size() - rest.size();
      if (at < end || rest.empty()) return {line, at - before + 1};
      before = end;
      ++line;
    }
  }
};

}  // namespace

bool is_utf16(std::string_view bytes) {
  const auto zero = [&](std::size_t k) { return k < bytes.size() && bytes[k] == '\0'; };
  const bool marked = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  return marked ||
         (bytes.size() >= 4 && zero(0) != zero(1) && zero(0) == zero(2) && zero(1) == zero(3));
}

StoredText decode_text(std::string bytes, const std::string& file, const std::string& where) {
  StoredText stored{{}, mark_of(bytes)};
  stored.text = is_gzip(bytes) ? gunzip(bytes, file) : std::move(bytes);
  if (stored.text.starts_with(kByteOrderMark)) stored.text.erase(0, kByteOrderMark.size());
  TextCheck(stored.text, file, where).check();
  return stored;
}

StoredText read_stored_text(const std::string& file, const std::string& where, FileSystem& files) {
  return decode_text(read_file(files, file), file, where);
}

std::string_view LargeText::text() const {
  const std::string_view all = mapped_ ? mapped_->bytes()
                               : !unpacked_.empty()
                                   ? std::string_view(unpacked_.data(), unpacked_.size())
                                   : std::string_view(read_);
  return all.substr(begin_);
}

LargeText read_large_text(const std::string& file, const std::string& where, FileSystem& files) {
  LargeText large;
  const FileStatus status = read_status(files, file);
  if (&files == &posix() && status.kind == FileKind::regular)
    large.mapped_ = MappedFile::open(file);
  // A small compressed file may have a large content.
  const bool packed = large.mapped_ && is_gzip(large.mapped_->bytes());
  if (!packed && status.size < paged_settings().least) large.mapped_ = nullptr;
  if (!large.mapped_) {
    StoredText stored = read_stored_text(file, where, files);
    large.mark = stored.mark;
    large.read_ = std::move(stored.text);
    return large;
  }
  large.mark = mark_of_file(file);
  if (packed) {
    gunzip_to(large.mapped_->bytes(), file, [&](std::string_view part) {
      large.unpacked_.append({part.data(), part.size()});
    });
    large.mapped_ = nullptr;
  }
  if (large.text().starts_with(kByteOrderMark)) large.begin_ = kByteOrderMark.size();
  TextCheck(large.text(), file, where).check();
  release_pages();
  return large;
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end);
  rest.remove_prefix(rest.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, rest.size()));
  return line;
}

std::string with_newlines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (text[k] != '\r')
      out += text[k];
    else if (k + 1 == text.size() || text[k + 1] != '\n')
      out += '\n';
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (true) {
    if (!text.empty() && blank(text.front()))
      text.remove_prefix(1);
    else if (!text.empty() && blank(text.back()))
      text.remove_suffix(1);
    else if (text.starts_with(kNoBreakSpace))
      text.remove_prefix(kNoBreakSpace.size());
    else if (text.ends_with(kNoBreakSpace))
      text.remove_suffix(kNoBreakSpace.size());
    else
      return text;
  }
}

std::string shown_text(std::string_view text, std::size_t most) {
  const auto continues = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t end = std::min(most, text.size());
  while (end < text.size() && end > 0 && continues(end)) --end;
  std::string result(text.substr(0, end));
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '.';
  return result + (end < text.size() ? "..." : "");
}

}  // namespace pushforward::app
