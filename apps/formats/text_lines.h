// Reads and writes text files with one sequence per line. A line end or backslash within a sequence
// is escaped as \n, \r or \\.
#pragma once

#include <string>
#include <vector>

namespace pushforward::app {

std::string escaped(const std::string& text);
std::string unescaped(const std::string& line);

// Writes the file atomically. Throws FileError.
void write_lines(const std::string& path, const std::vector<std::string>& texts);
// Reads the lines of a UTF-8 file (stored_text.h). Throws FileError if the file cannot be read, or
// Failure (exit 4) if it is not UTF-8 text.
std::vector<std::string> read_lines(const std::string& path);

}  // namespace pushforward::app
