// Reads text files: UTF-8 with or without a byte-order mark, compressed by gzip or not, with the
// line ends of any system. For a file in another format, the error names the format.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "apps/formats/file_mark.h"
#include "apps/formats/mapped_npy.h"
#include "apps/formats/paged_list.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// The text of a file without its byte-order mark, and the mark (size and checksum) of the bytes in
// the file.
struct StoredText {
  std::string text;
  FileMark mark;
};

// Returns the text in `bytes`, which are the content of `file`. Throws Failure (exit 4) "[where]
// <file>: <fault>; <what to do>" if they are UTF-16, Latin-1, an archive, a spreadsheet or no text
// at all.
StoredText decode_text(std::string bytes, const std::string& file, const std::string& where);

// Reads `file` and decodes it. Throws Failure as decode_text does, or FileError if the file cannot
// be read.
StoredText read_stored_text(const std::string& file, const std::string& where,
                            FileSystem& files = posix());

// A text that may be larger than the memory: it is mapped from its file, or unpacked into a temporary file.
class LargeText {
 public:
  // Has the text of a file. The views of `text` are valid as long as the object is.
  std::string_view text() const;
  FileMark mark;

 private:
  friend LargeText read_large_text(const std::string& file, const std::string& where,
                                   FileSystem& files);
  std::string read_;
  std::shared_ptr<const MappedFile> mapped_;
  PagedList<char> unpacked_;
  std::size_t begin_ = 0;  // after the byte-order mark
};

// Reads `file` as read_stored_text does. A regular file of PagedSettings::least bytes or more is mapped, and
// must not become shorter while it is read. Throws FileError, too, if the place for an unpacked text cannot
// be had.
LargeText read_large_text(const std::string& file, const std::string& where,
                          FileSystem& files = posix());

// Returns whether the bytes are UTF-16: they begin with the byte-order mark of UTF-16, or either
// the first and third or the second and fourth byte are zero.
bool is_utf16(std::string_view bytes);

// Removes the first line from `rest` and returns it without its line end (\n, \r\n or \r).
std::string_view take_line(std::string_view& rest);

// Returns the text with \n for every line end.
std::string with_newlines(std::string_view text);

// Returns the text without blanks at its ends: spaces, tabs and no-break spaces.
std::string_view trimmed(std::string_view text);

// Returns at most `most` bytes of the text for a message. It is cut between characters, "..." marks
// the cut, and a dot replaces each control character.
std::string shown_text(std::string_view text, std::size_t most = 40);

}  // namespace pushforward::app
